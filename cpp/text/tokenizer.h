#pragma once
// Text to token ids and back. A token is a byte, ids 0-255, or, from 256 on, two earlier tokens merged into
// one (byte pair encoding, Sennrich et al. 2016): merge i makes token 256 + i. So every string of bytes can
// be encoded and round-trips exactly. Without merges tokens are bytes.
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

  /// Throws std::invalid_argument with a sentence unless each merge joins two earlier tokens into one that is
  /// new and not too long.
  explicit Tokenizer(std::vector<TokenPair> merges = {});

  /// "byte" or "bpe".
  const char* name() const { return merges_.empty() ? "byte" : "bpe"; }
  std::size_t vocab_size() const { return kBytes + merges_.size(); }
  const std::vector<TokenPair>& merges() const { return merges_; }

  std::vector<Token> encode(std::string_view text) const;
  /// Encodes to the end of `tokens`, for which room for text.size() more is reserved.
  void encode(std::string_view text, std::vector<Token>& tokens) const;

  /// The bytes that a token stands for; throws std::out_of_range for one that there is not.
  std::string_view decode(Token token) const;

 private:
  std::string_view bytes_of(std::size_t token) const {
    return std::string_view(bytes_).substr(ends_[token], ends_[token + 1] - ends_[token]);
  }
  void add(std::string_view bytes);
  void refuse_equals() const;

  std::vector<TokenPair> merges_;
  PairTable ranks_;                        // of the pairs: their places among the merges
  std::string bytes_;                      // of all tokens, one after the other
  std::vector<std::uint32_t> ends_ = {0};  // of token i in bytes_: from ends_[i] to ends_[i + 1]
};

/// A tokenizer does not change once it is made, so whoever needs it may hold it.
using TokenizerPtr = std::shared_ptr<const Tokenizer>;

inline TokenizerPtr byte_tokenizer() { return std::make_shared<const Tokenizer>(); }

}  // namespace mini_llm
