#pragma once
// Where a text that is generated from nothing begins.
#include <cstdint>
#include <string>
#include <string_view>

#include "text/tokenizer.h"

namespace mini_llm {

/// What a model that was trained on `text` goes on from when it gets no prompt: the line feeds, one or two,
/// before a line of the text drawn by the seed; or, of a text that is one line, its first characters, at
/// least a token.
std::string choose_start(const Tokenizer& tokenizer, std::string_view text, std::uint32_t seed);

/// As much of a start as belongs to the generated text: line feeds only lead up to it.
std::string_view visible_start(std::string_view start);

}  // namespace mini_llm
