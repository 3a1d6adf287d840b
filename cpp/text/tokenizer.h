#pragma once
// Text to token ids and back, by byte pair encoding (Sennrich et al. 2016): ids 0-255 are bytes, and merge i
// joins two earlier tokens into token 256 + i. Every string of bytes round-trips exactly. Without merges
// tokens are bytes.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/pair_table.h"

namespace mini_llm {

class Tokenizer {
 public:
  static constexpr std::size_t kBytes = 256;
  static constexpr std::size_t kLargestVocabulary = 32768;
  static constexpr std::size_t kLongestToken = 256;  // in bytes

  /// Throws std::invalid_argument with a sentence unless each merge joins two earlier tokens into a new one
  /// that is not too long.
  explicit Tokenizer(std::vector<TokenPair> merges = {});

  /// "byte" or "bpe".
  const char* name() const { return merges_.empty() ? "byte" : "bpe"; }
  std::size_t vocab_size() const { return kBytes + merges_.size(); }
  const std::vector<TokenPair>& merges() const { return merges_; }

  std::vector<Token> encode(std::string_view text) const;
  /// Appends to `tokens`, whose capacity grows by text.size().
  void encode(std::string_view text, std::vector<Token>& tokens) const;

  /// The bytes of a token; throws std::out_of_range for an unknown one.
  std::string_view decode(Token token) const;

 private:
  std::string_view bytes_of(std::size_t token) const {
    return std::string_view(bytes_).substr(ends_[token], ends_[token + 1] - ends_[token]);
  }
  void add(std::string_view bytes);
  void require_distinct_tokens() const;

  std::vector<TokenPair> merges_;
  PairTable ranks_;                        // from pairs to their indices among the merges
  std::string bytes_;                      // of all tokens, concatenated
  std::vector<std::uint32_t> ends_ = {0};  // token i is bytes_[ends_[i]] to bytes_[ends_[i + 1]]
};

/// Shared freely: a tokenizer never changes.
using TokenizerPtr = std::shared_ptr<const Tokenizer>;

inline TokenizerPtr byte_tokenizer() { return std::make_shared<const Tokenizer>(); }

}  // namespace mini_llm
