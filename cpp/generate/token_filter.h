#pragma once
// Decides which tokens may come next: those that keep the text valid UTF-8, without special ones, and, while
// token healing chooses the prompt's last tokens again, those that repeat or continue the prompt.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "text/utf8.h"

namespace mini_llm {

/// A prompt may end inside a token that training saw whole: in "the capital of ", the last space belongs to
/// the next word.
struct HealedPrompt {
  std::vector<Token> context;  // the model's input
  std::vector<Token> tail;     // chosen again together with the next token; may be empty
};

/// Takes back the longest suffix of the prompt's last word that begins a longer token ("token healing", as in
/// the library guidance).
HealedPrompt heal(const Tokenizer& tokenizer, std::string_view prompt);

class TokenFilter {
 public:
  /// vocab_size is the model's, which may be smaller than the tokenizer's.
  TokenFilter(TokenizerPtr tokenizer, std::size_t vocab_size);

  /// [V]: whether each token may follow in this state; empty if all or none may.
  std::span<const std::uint8_t> allowed(Utf8State state) const;
  /// As above, while `rest` of a prompt must be repeated by `token` or by a token that begins with all of
  /// `rest`. Valid until the next call.
  std::span<const std::uint8_t> allowed(Utf8State state, std::string_view rest, Token token);

  /// Whether this token ends a text.
  bool is_end(std::size_t token) const { return tokenizer_->kind(token) == ExtraToken::Kind::end; }

 private:
  std::string_view bytes_of(std::size_t token) const;
  const std::vector<std::uint8_t>& table(Utf8State state) const;

  TokenizerPtr tokenizer_;
  std::size_t vocab_size_;
  std::array<std::vector<std::uint8_t>, static_cast<std::size_t>(Utf8State::count)> tables_;  // [V] each
  std::vector<std::uint8_t> continuing_;
};

}  // namespace mini_llm
