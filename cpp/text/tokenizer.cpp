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

[[noreturn]] void refuse_extra(const ExtraToken& token, const char* why) {
  throw std::invalid_argument("The tokenizer is damaged: its token \"" + token.text + "\" " + why + ".");
}

[[noreturn]] void refuse_merge(std::size_t merge, const char* why) {
  throw std::invalid_argument("The tokenizer is damaged: its merge " + std::to_string(merge) + " " + why +
                              ".");
}

}  // namespace

Tokenizer::Tokenizer(std::vector<TokenPair> merges, Split split, std::vector<ExtraToken> extra)
    : merges_(std::move(merges)), split_(split), extra_(std::move(extra)) {
  if (first_extra() > kLargestVocabulary) refuse_merge(kLargestVocabulary - kBytes, "is one too many");
  if (vocab_size() > kLargestVocabulary) refuse_extra(extra_.back(), "is one too many");
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
  for (const ExtraToken& token : extra_) {
    if (token.text.empty() != (token.kind == ExtraToken::Kind::unused))
      refuse_extra(token, "has a text, or none, against its kind");
    if (token.text.size() > kLongestToken) refuse_extra(token, "is too long");
    add(token.text);
    if (!token.text.empty()) begins_extra_[static_cast<unsigned char>(token.text[0])] = true;
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
    if (bytes_of(token).empty()) continue;
    if (seen.find(bytes_of(token)) != WordTable::kNone) {
      if (token < first_extra()) refuse_merge(token - kBytes, "makes the same token as another merge");
      refuse_extra(extra_[token - first_extra()], "occurs twice");
    }
    seen.add(bytes_of(token));
  }
}

/// The first place of an extra token in a text; of those that begin there, the longest.
Tokenizer::Found Tokenizer::find_extra(std::string_view text) const {
  Found found{std::string_view::npos, 0};
  if (extra_.empty()) return found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!begins_extra_[static_cast<unsigned char>(text[at])]) continue;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < extra_.size(); ++i) {
      const std::string& extra = extra_[i].text;
      if (extra.size() <= longest || !text.substr(at).starts_with(extra)) continue;
      longest = extra.size();
      found = {at, i};
    }
    if (longest > 0) break;
  }
  return found;
}

/// Encodes word by word, and remembers the short ones.
class Tokenizer::Words {
 public:
  Words(const Tokenizer& tokenizer, std::vector<Token>& tokens)
      : tokenizer_(tokenizer), encoder_(tokenizer.merges_, tokenizer.ranks_), tokens_(tokens) {}

  void encode(std::string_view text) {
    while (!text.empty()) {
      const std::string_view word = text.substr(0, word_length(text, tokenizer_.split_));
      text.remove_prefix(word.size());
      add(word);
    }
  }

 private:
  struct Place {
    std::size_t begin, end;  // of a word's tokens
  };

  void add(std::string_view word) {
    const std::uint32_t number = word.size() > kLongestCachedWord ? WordTable::kNone : words_.find(word);
    if (number != WordTable::kNone) {
      for (std::size_t i = places_[number].begin; i < places_[number].end; ++i) tokens_.push_back(tokens_[i]);
      return;
    }
    const std::size_t begin = tokens_.size();
    encoder_.encode(word, tokens_);
    if (word.size() > kLongestCachedWord || words_.size() == kMostCachedWords) return;
    words_.add(word);
    places_.push_back({begin, tokens_.size()});
  }

  const Tokenizer& tokenizer_;
  BpeEncoder encoder_;
  std::vector<Token>& tokens_;
  WordTable words_;
  std::vector<Place> places_;
};

std::vector<Token> Tokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  encode(text, tokens);
  return tokens;
}

void Tokenizer::encode(std::string_view text, std::vector<Token>& tokens) const {
  tokens.reserve(tokens.size() + text.size());  // so that copying words never reallocates
  if (vocab_size() == kBytes) {
    for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
    return;
  }
  Words words(*this, tokens);
  for (;;) {
    const Found found = find_extra(text);
    words.encode(text.substr(0, found.at));
    if (found.at == std::string_view::npos) return;
    tokens.push_back(static_cast<Token>(first_extra() + found.extra));
    text.remove_prefix(found.at + extra_[found.extra].text.size());
  }
}

std::string_view Tokenizer::decode(Token token) const {
  if (token >= vocab_size())
    throw std::out_of_range("Token id " + std::to_string(token) + " is outside the vocabulary of " +
                            std::to_string(vocab_size()) + ".");
  return bytes_of(token);
}

}  // namespace mini_llm
