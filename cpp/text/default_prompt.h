#pragma once
// The default prompt, which generation continues if none is given.
#include <cstdint>
#include <string>
#include <string_view>

#include "text/tokenizer.h"

namespace mini_llm {

/// For a model that was trained on `text`: the one or two line feeds before a line that the seed draws; if
/// the text is a single line, its first characters, at least a token.
std::string make_default_prompt(const Tokenizer& tokenizer, std::string_view text, std::uint32_t seed);

/// The part of a default prompt that belongs to the generated text: all of it, or nothing of line feeds.
std::string_view visible_part(std::string_view default_prompt);

}  // namespace mini_llm
