// The suffix array and what is found with it, compared with plain searches.
#include "text/suffix_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace mini_llm {
namespace {

std::vector<std::int32_t> sorted_plainly(std::string_view text) {
  std::vector<std::int32_t> order(text.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](auto a, auto b) { return text.substr(a) < text.substr(b); });
  return order;
}

std::string random_text(std::mt19937& random, std::size_t size, unsigned symbols) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(256 - symbols + random() % symbols);
  return text;
}

TEST(SuffixArray, EqualsASortOfAllSuffixes) {
  for (const std::string text : {"", "a", "aa", "ab", "ba", "banana", "mississippi", "aaaaaaaaaaaaaaaa",
                                 "abababababab", "cabbage cabbage cabbage"})
    EXPECT_EQ(suffix_array(text), sorted_plainly(text)) << text;
}

TEST(SuffixArray, OfRandomTexts) {
  std::mt19937 random(1);
  for (const unsigned symbols : {1u, 2u, 3u, 26u, 256u})
    for (int i = 0; i < 200; ++i) {
      const std::string text = random_text(random, random() % 120, symbols);
      ASSERT_EQ(suffix_array(text), sorted_plainly(text)) << symbols << " symbols, text " << i;
    }
}

TEST(SuffixArray, OfRepetitiveTexts) {
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    const std::string part = random_text(random, 1 + random() % 30, 3);
    std::string text;
    for (int n = 0; n < 20; ++n) text += part;
    text[random() % text.size()] = 'x';
    ASSERT_EQ(suffix_array(text), sorted_plainly(text)) << "text " << i;
  }
}

std::size_t longest_plainly(std::string_view text, std::string_view wanted) {
  std::size_t length = 0;
  while (length < wanted.size() && text.find(wanted.substr(0, length + 1)) != std::string_view::npos)
    ++length;
  return length;
}

TEST(SuffixIndex, FindsTheLongestPiecesOfRandomTexts) {
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    std::string text(300, '\0'), sample(80, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    for (char& c : sample) c = static_cast<char>('a' + random() % 3);
    const SuffixIndex index(text);
    std::size_t covered = 0, found = 0;
    const auto pieces = index.copied(sample, 6);
    for (std::size_t start = 0; start < sample.size(); ++start) {
      const std::size_t length = longest_plainly(text, std::string_view(sample).substr(start));
      if (length < 6 || start + length <= covered) continue;
      covered = start + length;
      ASSERT_LT(found, pieces.size());
      EXPECT_EQ(pieces[found].start, start);
      EXPECT_EQ(pieces[found].length, length);
      EXPECT_EQ(text.substr(pieces[found].source, length), sample.substr(start, length));
      ++found;
    }
    EXPECT_EQ(found, pieces.size());
  }
}

TEST(SuffixIndex, KeepsCharactersWhole) {
  // 각 and 간 share their first two bytes.
  const SuffixIndex index("하나 각");
  const auto pieces = index.copied("하나 간", 3);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].start, 0u);
  EXPECT_EQ(pieces[0].length, std::string("하나 ").size());
}

TEST(SuffixIndex, OfNothingFindsNothing) {
  EXPECT_TRUE(SuffixIndex("").copied("abc", 1).empty());
  EXPECT_TRUE(SuffixIndex("abc").copied("", 1).empty());
  EXPECT_TRUE(SuffixIndex("abc").copied("xyz", 1).empty());
  EXPECT_TRUE(SuffixIndex("abc").copied("abc", 4).empty());
  EXPECT_EQ(SuffixIndex("abc").copied("abc", 3).size(), 1u);
}

}  // namespace
}  // namespace mini_llm
