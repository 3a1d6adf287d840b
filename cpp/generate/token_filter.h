#pragma once
// Which tokens may come next: those that keep the text valid UTF-8 and, while the end of a prompt is chosen
// anew, those that repeat it or go on from it.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "text/utf8.h"

namespace mini_llm {

/// A prompt whose end may be in the middle of a token that training would have seen whole: "the capital of "
/// ends in a space that belongs to the next word.
struct HealedPrompt {
  std::vector<Token> context;  // what the model reads
  std::vector<Token> tail;  // what is chosen anew together with what follows; empty where nothing has to be
};

/// Takes back as much of the prompt's last word as some longer token of the vocabulary begins with ("token
/// healing", after the library guidance).
HealedPrompt heal(const Tokenizer& tokenizer, std::string_view prompt);

class TokenFilter {
 public:
  /// Of a model's vocabulary, which may be smaller than its tokenizer's.
  TokenFilter(TokenizerPtr tokenizer, std::size_t vocab_size);

  /// For each token whether it may follow in this state [V]; empty where all may, or none.
  std::span<const std::uint8_t> allowed(Utf8State state) const;
  /// The same while `rest` of a prompt has still to be repeated, by `token` or by one that begins with all of
  /// it. Valid until the next call.
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
