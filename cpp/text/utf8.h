#pragma once
// UTF-8 as a table of states (RFC 3629): which byte may follow which.
#include <string_view>

namespace mini_llm {

/// What must come next: the beginning of a character, or the rest of one. Each state with a name of a byte
/// narrows what may follow that byte, so that no character is written in more bytes than it needs and none is
/// a surrogate or beyond U+10FFFF.
enum class Utf8State : signed char {
  invalid = -1,
  boundary,
  one_more,
  two_more,
  three_more,
  after_e0,
  after_ed,
  after_f0,
  after_f4,
  count
};

Utf8State next_state(Utf8State state, unsigned char byte);

/// After these bytes; invalid once one of them fits nowhere.
Utf8State next_state(Utf8State state, std::string_view bytes);

/// After any bytes: where one fits nowhere, a new character begins.
Utf8State state_after(std::string_view bytes);

}  // namespace mini_llm
