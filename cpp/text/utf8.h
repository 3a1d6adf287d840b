#pragma once
// UTF-8 (RFC 3629) as a state machine.
#include <string_view>

namespace mini_llm {

/// What must come next: a new character (boundary) or that many more bytes of one. The states after_xx
/// restrict the byte after xx: no overlong forms, no surrogates, nothing beyond U+10FFFF.
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

/// The state after these bytes; invalid once a byte does not fit.
Utf8State next_state(Utf8State state, std::string_view bytes);

/// The state after any bytes: a byte that does not fit begins a new character.
Utf8State state_after(std::string_view bytes);

}  // namespace mini_llm
