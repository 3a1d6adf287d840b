#include "text/tokenizer.h"

#include <stdexcept>

#include "text/bpe_encoder.h"
#include "text/split.h"
#include "text/word_table.h"

namespace mini_llm {

namespace {

/// Limits of the cache of encoded words.
constexpr std::size_t kMostCachedWords = 1 << 16;
constexpr std::size_t kLongestCachedWord = 64;

[[noreturn]] void refuse_merge(std::size_t merge, const char* why) {
  throw std::invalid_argument("The tokenizer is damaged: its merge " + std::to_string(merge) + " " + why +
                              ".");
}

}  // namespace

Tokenizer::Tokenizer(std::vector<TokenPair> merges) : merges_(std::move(merges)) {
  if (vocab_size() > kLargestVocabulary) refuse_merge(kLargestVocabulary - kBytes, "is one too many");
  for (std::size_t byte = 0; byte < kBytes; ++byte) add(std::string(1, static_cast<char>(byte)));
  for (std::size_t i = 0; i < merges_.size(); ++i) {
    const auto [first, second] = merges_[i];
    const std::size_t known = kBytes + i;
    if (first >= known || second >= known) refuse_merge(i, "joins a token that does not exist yet");
    const std::string bytes = std::string(bytes_of(first)) + std::string(bytes_of(second));
    if (bytes.size() > kLongestToken) refuse_merge(i, "makes a token that is too long");
    add(bytes);
    if (ranks_.find(merges_[i]) == PairTable::kNone) ranks_.add(merges_[i], static_cast<std::uint32_t>(i));
  }
  require_distinct_tokens();
}

void Tokenizer::add(std::string_view bytes) {
  bytes_ += bytes;
  ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

/// Training never makes the same bytes twice, and tokenizer.json could not hold them.
void Tokenizer::require_distinct_tokens() const {
  WordTable seen;
  for (std::size_t token = 0; token < vocab_size(); ++token) {
    if (seen.find(bytes_of(token)) != WordTable::kNone)
      refuse_merge(token - kBytes, "makes the same token as another merge");
    seen.add(bytes_of(token));
  }
}

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  encode(text, tokens);
  return tokens;
}

void Tokenizer::encode(std::string_view text, std::vector<Token>& tokens) const {
  tokens.reserve(tokens.size() + text.size());  // so that copying words never reallocates
  if (merges_.empty()) {
    for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
    return;
  }
  struct Place {
    std::size_t begin, end;  // of a word's tokens
  };
  BpeEncoder encoder(merges_, ranks_);
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
    encoder.encode(word, tokens);
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
