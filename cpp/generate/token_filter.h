#pragma once
// Decides which tokens may come next: those that keep the text valid UTF-8 and, while token healing chooses
// the prompt's last tokens again, those that repeat or continue the prompt.
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

/// Takes back the longest end of the prompt's last word with which a longer token begins ("token healing",
/// after the library guidance).
HealedPrompt heal(const Tokenizer& tokenizer, std::string_view prompt);

class TokenFilter {
 public:
  /// vocab_size is the model's, which may be smaller than the tokenizer's.
  TokenFilter(TokenizerPtr tokenizer, std::size_t vocab_size);

  /// For each token whether it may follow in this state [V]; empty if all may, or none.
  std::span<const std::uint8_t> allowed(Utf8State state) const;
  /// The same while `rest` of a prompt must be repeated, by `token` or by one that begins with all of it.
  /// Valid until the next call.
  std::span<const std::uint8_t> allowed(Utf8State state, std::string_view rest, Token token);

 private:
  std::string_view bytes_of(std::size_t token) const;
  const std::vector<std::uint8_t>& table(Utf8State state) const;

  TokenizerPtr tokenizer_;
  std::size_t vocab_size_;
  std::array<std::vector<std::uint8_t>, static_cast<std::size_t>(Utf8State::count)> tables_;  // [V] each
  std::vector<std::uint8_t> continuing_;
};

}  // namespace mini_llm
