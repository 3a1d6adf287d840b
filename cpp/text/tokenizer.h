#pragma once
// Text to token ids and back, by byte pair encoding (Sennrich et al. 2016): ids 0-255 are bytes, merge i
// joins two earlier tokens into token 256 + i, and tokens that no merge makes follow. Every string of bytes
// round-trips exactly. Without merges tokens are bytes.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/pair_table.h"
#include "text/split.h"

namespace mini_llm {

/// A token of an imported vocabulary that no merge makes.
struct ExtraToken {
  enum class Kind {
    text,     // as a whole, wherever its text occurs
    special,  // likewise, but never generated
    end,      // likewise, and generating it ends the text
    unused,   // a row of the embedding without a token; its text is empty
  };
  friend constexpr std::array<const char*, 4> names_of(Kind) { return {"text", "special", "end", "unused"}; }

  std::string text;
  Kind kind = Kind::unused;

  bool operator==(const ExtraToken&) const = default;
};

class Tokenizer {
 public:
  static constexpr std::size_t kBytes = 256;
  static constexpr std::size_t kLargestVocabulary = 1 << 18;
  static constexpr std::size_t kLongestToken = 256;  // in bytes

  /// Throws std::invalid_argument with a sentence unless each merge joins two earlier tokens into a new one
  /// that is not too long, and the extra tokens have texts of their own.
  explicit Tokenizer(std::vector<TokenPair> merges = {}, Split split = Split::gpt2,
                     std::vector<ExtraToken> extra = {});

  /// "byte" or "bpe".
  const char* name() const { return vocab_size() == kBytes ? "byte" : "bpe"; }
  std::size_t vocab_size() const { return first_extra() + extra_.size(); }
  const std::vector<TokenPair>& merges() const { return merges_; }
  Split split() const { return split_; }
  /// Their ids follow those of the merges.
  const std::vector<ExtraToken>& extra() const { return extra_; }
  std::size_t first_extra() const { return kBytes + merges_.size(); }

  std::vector<Token> encode(std::string_view text) const;
  /// Appends to `tokens`, whose capacity grows by text.size().
  void encode(std::string_view text, std::vector<Token>& tokens) const;

  /// The bytes of a token; throws std::out_of_range for an unknown one.
  std::string_view decode(Token token) const;
  /// Of an extra token; text for all others.
  ExtraToken::Kind kind(std::size_t token) const {
    return token < first_extra() ? ExtraToken::Kind::text : extra_[token - first_extra()].kind;
  }

  bool operator==(const Tokenizer& other) const {
    return merges_ == other.merges_ && split_ == other.split_ && extra_ == other.extra_;
  }

 private:
  class Words;
  struct Found {
    std::size_t at;  // npos: nowhere
    std::size_t extra;
  };

  std::string_view bytes_of(std::size_t token) const {
    return std::string_view(bytes_).substr(ends_[token], ends_[token + 1] - ends_[token]);
  }
  void add(std::string_view bytes);
  void require_distinct_tokens() const;
  Found find_extra(std::string_view text) const;

  std::vector<TokenPair> merges_;
  Split split_;
  std::vector<ExtraToken> extra_;
  PairTable ranks_;                        // from pairs to their indices among the merges
  std::string bytes_;                      // of all tokens, concatenated
  std::vector<std::uint32_t> ends_ = {0};  // token i is bytes_[ends_[i]] to bytes_[ends_[i + 1]]
  std::array<bool, kBytes> begins_extra_{};
};

/// Shared freely: a tokenizer never changes.
using TokenizerPtr = std::shared_ptr<const Tokenizer>;

inline TokenizerPtr byte_tokenizer() { return std::make_shared<const Tokenizer>(); }

}  // namespace mini_llm
