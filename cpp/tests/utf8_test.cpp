// The UTF-8 state machine accepts every Unicode character and nothing else.
#include "text/utf8.h"

#include <string>

#include "tests/support.h"

namespace mini_llm {
namespace {

std::string encoded(std::uint32_t c) {
  const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
  const auto rest = [&](int shift) { return byte(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), rest(0)};
  if (c < 0x10000) return {byte(0xE0 | c >> 12), rest(6), rest(0)};
  return {byte(0xF0 | c >> 18), rest(12), rest(6), rest(0)};
}

TEST(Utf8, EveryCharacterEndsAtABoundaryAndNotBefore) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string bytes = encoded(c);
    ASSERT_EQ(next_state(Utf8State::boundary, bytes), Utf8State::boundary) << c;
    for (std::size_t n = 1; n < bytes.size(); ++n)
      ASSERT_GT(next_state(Utf8State::boundary, bytes.substr(0, n)), Utf8State::boundary) << c;
  }
}

TEST(Utf8, SurrogatesOverlongFormsAndNumbersBeyondUnicodeAreInvalid) {
  for (const std::string bytes :
       {"\xED\xA0\x80", "\xED\xBF\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xFF", "\xC3(", "a\x80"})
    EXPECT_EQ(next_state(Utf8State::boundary, bytes), Utf8State::invalid);
}

TEST(Utf8, AfterAByteThatFitsNowhereACharacterBegins) {
  EXPECT_EQ(state_after("\xFF"), Utf8State::boundary);
  EXPECT_EQ(state_after("\xE2\x82("), Utf8State::boundary);
  EXPECT_EQ(state_after("\xE2\xC3"), Utf8State::one_more);
  EXPECT_EQ(state_after("\xE2\x82"), Utf8State::one_more);
}

}  // namespace
}  // namespace mini_llm
