#include "text/byte_characters.h"

namespace mini_llm {

namespace {

/// Three ranges of bytes have no visible character.
int character_of(int byte) {
  constexpr int kFirst = 0x100, kControls = 0x21, kMore = 0xA1 - 0x7F;
  if (byte < 0x21) return kFirst + byte;
  if (byte >= 0x7F && byte < 0xA1) return kFirst + kControls + (byte - 0x7F);
  return byte == 0xAD ? kFirst + kControls + kMore : byte;
}

}  // namespace

std::string spelled(std::string_view token) {
  std::string text;
  for (const char byte : token) {
    const int character = character_of(static_cast<unsigned char>(byte));
    if (character < 0x80) {
      text += static_cast<char>(character);
    } else {  // below U+0800, so two bytes
      text += static_cast<char>(0xC0 | character >> 6);
      text += static_cast<char>(0x80 | (character & 0x3F));
    }
  }
  return text;
}

}  // namespace mini_llm
