// Stop strings against a plain search, for all ways to split the text and for overlapping strings.
#include "generate/stop_strings.h"

#include "kernels/random.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

struct Outcome {
  std::string text;
  bool stopped = false;

  bool operator==(const Outcome&) const = default;
};

/// The text released of `text` if its bytes arrive `at_once` at a time.
Outcome taken(const std::vector<std::string>& strings, const std::string& text, std::size_t at_once = 1) {
  StopStrings stop(strings);
  Outcome outcome;
  for (std::size_t i = 0; i < text.size() && !outcome.stopped; i += at_once)
    outcome.stopped = stop.take(std::string_view(text).substr(i, at_once), outcome.text);
  if (!outcome.stopped) stop.finish(outcome.text);
  return outcome;
}

/// The text before the match that ends first, or the longest of those that end together.
Outcome searched(const std::vector<std::string>& strings, const std::string& text) {
  std::size_t first_end = text.size() + 1, begin = text.size();
  for (const std::string& s : strings) {
    const std::size_t at = s.empty() ? std::string::npos : text.find(s);
    if (at == std::string::npos) continue;
    const std::size_t end = at + s.size();
    if (end < first_end || (end == first_end && at < begin)) {
      first_end = end;
      begin = at;
    }
  }
  return {text.substr(0, begin), first_end <= text.size()};
}

TEST(StopStrings, EndBeforeTheFirstMatch) {
  EXPECT_EQ(taken({"cd"}, "abcdefcd"), (Outcome{"ab", true}));
  EXPECT_EQ(taken({"ef", "cd"}, "abcdef"), (Outcome{"ab", true}));
  EXPECT_EQ(taken({"a"}, "abc"), (Outcome{"", true}));
  EXPECT_EQ(taken({"\n\n", "\n"}, "one\ntwo"), (Outcome{"one", true}));
  EXPECT_EQ(taken({std::string(1, '\0')}, std::string("a\0b", 3)), (Outcome{"a", true}));
}

TEST(StopStrings, ReleaseEverythingIfThereIsNone) {
  EXPECT_EQ(taken({}, "abc"), (Outcome{"abc", false}));
  EXPECT_EQ(taken({"", ""}, "abc"), (Outcome{"abc", false}));
  EXPECT_EQ(taken({"abcd", "x"}, "abc"), (Outcome{"abc", false}));
}

TEST(StopStrings, TheFirstCompleteOneOfOverlappingStringsWins) {
  EXPECT_EQ(taken({"abcd", "bc"}, "xabcd"), (Outcome{"xa", true}));
  EXPECT_EQ(taken({"bc", "abcd"}, "xabcd"), (Outcome{"xa", true}));
  // Both are complete at the same byte; the longer one began earlier.
  EXPECT_EQ(taken({"c", "bc", "abc"}, "xabc"), (Outcome{"x", true}));
  // The first breaks off after the second has begun.
  EXPECT_EQ(taken({"aab!", "ab?"}, "aaab?"), (Outcome{"aa", true}));
}

TEST(StopStrings, HoldBackTheLongestPossibleBeginning) {
  StopStrings stop({"ab?", "aab!"});
  std::string out;
  EXPECT_FALSE(stop.take("xaa", out));
  EXPECT_EQ(out, "x");
  EXPECT_FALSE(stop.take("a", out));
  EXPECT_EQ(out, "xa");
  EXPECT_FALSE(stop.take("b", out));
  EXPECT_EQ(out, "xa");
  EXPECT_FALSE(stop.take("ba", out));
  EXPECT_EQ(out, "xaaabb");
  stop.finish(out);
  EXPECT_EQ(out, "xaaabba");
}

TEST(StopStrings, AgreeWithAPlainSearchHoweverTheBytesArrive) {
  Rng rng(5, Stream::batch);
  const auto letters = [&](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('a' + rng.below(2));
    return text;
  };
  int stopped = 0;
  for (int i = 0; i < 300; ++i) {
    const std::vector<std::string> strings = {letters(1 + rng.below(8)), letters(2 + rng.below(9)),
                                              letters(rng.below(12))};
    const std::string text = letters(25);
    const Outcome expected = searched(strings, text);
    stopped += expected.stopped;
    for (const std::size_t at_once : {1, 2, 7, 25})
      ASSERT_EQ(taken(strings, text, at_once), expected)
          << text << " with " << strings[0] << ", " << strings[1] << ", " << strings[2];
  }
  EXPECT_GT(stopped, 50);
  EXPECT_LT(stopped, 300);
}

}  // namespace
}  // namespace mini_llm
