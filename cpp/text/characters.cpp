#include "text/characters.h"

#include <string>

namespace mini_llm {

namespace {

/// The kinds of all characters in order, run-length encoded: each run is a varint of 4·length + kind.
constexpr std::uint8_t kRuns[] = {
#include "text/character_kinds.inc"
};

/// The kind of each character as a byte, up to the last that is not other.
std::string unpacked_kinds() {
  std::string kinds;
  for (std::size_t at = 0; at < sizeof kRuns; ++at) {
    std::uint32_t run = kRuns[at] & 0x7f;
    for (int shift = 7; kRuns[at] & 0x80; shift += 7) run |= (kRuns[++at] & 0x7fu) << shift;
    kinds.append(run / 4, static_cast<char>(run % 4));
  }
  return kinds;
}

CharacterKind kind_of(std::uint32_t character) {
  static const std::string kinds = unpacked_kinds();
  return character < kinds.size() ? static_cast<CharacterKind>(kinds[character]) : CharacterKind::other;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {kind_of(first), 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  constexpr Character kBroken = {CharacterKind::other, 1};
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return kBroken;
  std::uint32_t character = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kBroken;
    character = character << 6 | (byte(i) & 0x3f);
  }
  // Overlong, half of a surrogate pair, or beyond Unicode.
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < kSmallest[length] || character > 0x10ffff || (character >> 11) == 0xd800 >> 11)
    return kBroken;
  return {kind_of(character), length};
}

}  // namespace mini_llm
