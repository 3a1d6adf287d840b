#include "text/utf8.h"

namespace mini_llm {

namespace {

using enum Utf8State;

Utf8State first_byte(unsigned char byte) {
  if (byte < 0x80) return boundary;
  if (byte < 0xC2) return invalid;
  if (byte < 0xE0) return one_more;
  if (byte == 0xE0) return after_e0;
  if (byte == 0xED) return after_ed;
  if (byte < 0xF0) return two_more;
  if (byte == 0xF0) return after_f0;
  if (byte < 0xF4) return three_more;
  return byte == 0xF4 ? after_f4 : invalid;
}

/// The bytes allowed in a state, and the state after them.
struct Continuation {
  unsigned char low, high;
  Utf8State next;
};
constexpr Continuation kContinuations[] = {{0, 0, invalid},          // boundary: first_byte
                                           {0x80, 0xBF, boundary},   // one_more
                                           {0x80, 0xBF, one_more},   // two_more
                                           {0x80, 0xBF, two_more},   // three_more
                                           {0xA0, 0xBF, one_more},   // after_e0
                                           {0x80, 0x9F, one_more},   // after_ed
                                           {0x90, 0xBF, two_more},   // after_f0
                                           {0x80, 0x8F, two_more}};  // after_f4

}  // namespace

Utf8State next_state(Utf8State state, unsigned char byte) {
  if (state == invalid) return invalid;
  if (state == boundary) return first_byte(byte);
  const Continuation& c = kContinuations[static_cast<int>(state)];
  return byte >= c.low && byte <= c.high ? c.next : invalid;
}

Utf8State next_state(Utf8State state, std::string_view bytes) {
  for (const char byte : bytes) state = next_state(state, static_cast<unsigned char>(byte));
  return state;
}

Utf8State state_after(std::string_view bytes) {
  Utf8State state = boundary;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const Utf8State next = next_state(state, byte);
    state = next == invalid ? first_byte(byte) : next;
    if (state == invalid) state = boundary;
  }
  return state;
}

}  // namespace mini_llm
