#include "text/tokenizer.h"

#include <stdexcept>

#include "text/split.h"
#include "text/word_merger.h"
#include "text/word_table.h"

namespace mini_llm {

namespace {

/// How many words of a text, and up to which length, are encoded once and then copied.
constexpr std::size_t kMostCachedWords = 1 << 16;
constexpr std::size_t kLongestCachedWord = 64;

[[noreturn]] void refuse(std::size_t merge, const char* why) {
  throw std::invalid_argument("The tokenizer is damaged: its merge " + std::to_string(merge) + " " + why +
                              ".");
}

}  // namespace

Tokenizer::Tokenizer(std::vector<TokenPair> merges) : merges_(std::move(merges)) {
  if (vocab_size() > kLargestVocabulary) refuse(kLargestVocabulary - kBytes, "is one too many");
  for (std::size_t byte = 0; byte < kBytes; ++byte) add(std::string(1, static_cast<char>(byte)));
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    const auto [first, second] = merges_[i];
    const std::size_t known = kBytes + i;
    if (first >= known || second >= known) refuse(i, "joins a token that there is not by then");
    const std::string bytes = std::string(bytes_of(first)) + std::string(bytes_of(second));
    if (bytes.size() > kLongestToken) refuse(i, "makes a token that is too long");
    add(bytes);
    if (ranks_.find(merges_[i]) == PairTable::kNone) ranks_.add(merges_[i], static_cast<std::uint32_t>(i));
  }
  refuse_equals();
}

void Tokenizer::add(std::string_view bytes) {
  bytes_ += bytes;
  ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

/// Training never makes two tokens of the same bytes, and tokenizer.json could not hold them.
void Tokenizer::refuse_equals() const {
  WordTable seen;
  for (std::size_t token = 0; token < vocab_size(); ++token) {
    if (seen.find(bytes_of(token)) != WordTable::kNone)
      refuse(token - kBytes, "makes a token that another one makes too");
    seen.add(bytes_of(token));
  }
}

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  encode(text, tokens);
  return tokens;
}

void Tokenizer::encode(std::string_view text, std::vector<Token>& tokens) const {
  tokens.reserve(tokens.size() + text.size());  // so that nothing moves while words are copied
  if (merges_.empty()) {
    for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
    return;
  }
  struct Place {
    std::size_t begin, end;  // of a word's tokens
  };
  WordMerger merger(merges_, ranks_);
  WordTable words;
  std::vector<Place> places;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, word_length(text));
    text.remove_prefix(word.size());
    const std::uint32_t number = word.size() > kLongestCachedWord ? WordTable::kNone : words.find(word);
    if (number != WordTable::kNone) {
      for (std::size_t i = places[number].begin; i < places[number].end; ++i) tokens.push_back(tokens[i]);
      continue;
    }
    const std::size_t begin = tokens.size();
    merger.encode(word, tokens);
    if (word.size() > kLongestCachedWord || words.size() == kMostCachedWords) continue;
    words.add(word);
    places.push_back({begin, tokens.size()});
  }
}

std::string_view Tokenizer::decode(Token token) const {
  if (token >= vocab_size())
    throw std::out_of_range("Token id " + std::to_string(token) + " is outside the vocabulary of " +
                            std::to_string(vocab_size()) + ".");
  return bytes_of(token);
}

}  // namespace mini_llm
