#pragma once
// Characters of UTF-8 text and their kinds, which decide where the text is split into words.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mini_llm {

/// Unicode's classes \p{L}, \p{N} and White_Space, and the rest.
enum class CharacterKind : std::uint8_t { other, letter, number, space };

struct Character {
  CharacterKind kind;
  std::size_t length;  // in bytes
};

/// The character that begins at text[at]. A byte that is not valid UTF-8 is a character of kind other.
Character character_at(std::string_view text, std::size_t at);

}  // namespace mini_llm
