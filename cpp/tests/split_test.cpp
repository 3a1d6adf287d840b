// GPT-2's split into words, against cases derived by hand from its pattern.
#include "text/split.h"

#include "kernels/random.h"
#include "tests/support.h"
#include "text/characters.h"

namespace mini_llm {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view text, Split kind = Split::gpt2) {
  Words words;
  while (!text.empty()) {
    const std::size_t n = word_length(text, kind);
    EXPECT_TRUE(n > 0 && n <= text.size());
    words.emplace_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return words;
}

TEST(Split, AWordTakesOneSpaceBeforeIt) {
  EXPECT_EQ(split("Hello world"), (Words{"Hello", " world"}));
  EXPECT_EQ(split(" a b"), (Words{" a", " b"}));
  EXPECT_EQ(split("a\tb"), (Words{"a", "\t", "b"}));
}

TEST(Split, LettersNumbersAndTheRestArePartedFromEachOther) {
  EXPECT_EQ(split("abc123!?x"), (Words{"abc", "123", "!?", "x"}));
  EXPECT_EQ(split("in 1984: yes"), (Words{"in", " 1984", ":", " yes"}));
  EXPECT_EQ(split("a_b"), (Words{"a", "_", "b"}));
}

TEST(Split, LeavesTheLastWhiteSpaceCharacterToTheWord) {
  EXPECT_EQ(split("a   b"), (Words{"a", "  ", " b"}));
  EXPECT_EQ(split("a\n\nb"), (Words{"a", "\n", "\n", "b"}));
  EXPECT_EQ(split("a \nb"), (Words{"a", " ", "\n", "b"}));
  EXPECT_EQ(split("a  "), (Words{"a", "  "}));
  EXPECT_EQ(split(" "), (Words{" "}));
  EXPECT_EQ(split("\r\n x"), (Words{"\r\n", " x"}));
}

TEST(Split, EnglishEndingsAreWords) {
  EXPECT_EQ(split("don't we'll I'm"), (Words{"don", "'t", " we", "'ll", " I", "'m"}));
  EXPECT_EQ(split("they've he'd you're it's"),
            (Words{"they", "'ve", " he", "'d", " you", "'re", " it", "'s"}));
  EXPECT_EQ(split("'tis"), (Words{"'t", "is"}));
  EXPECT_EQ(split("DON'T"), (Words{"DON", "'", "T"}));
  EXPECT_EQ(split(" 's"), (Words{" '", "s"}));
  EXPECT_EQ(split("''s"), (Words{"''", "s"}));
  EXPECT_EQ(split("'"), (Words{"'"}));
}

TEST(Split, RecognizesTheLettersAndNumbersOfEveryScript) {
  EXPECT_EQ(split("Привет, мир"), (Words{"Привет", ",", " мир"}));
  EXPECT_EQ(split("学而时习之，不亦说乎"), (Words{"学而时习之", "，", "不亦说乎"}));
  EXPECT_EQ(split("한국어 문장"), (Words{"한국어", " 문장"}));
  EXPECT_EQ(split("العربية ٣٤"), (Words{"العربية", " ٣٤"}));
  EXPECT_EQ(split("हिन्दी"), (Words{"ह", "ि", "न", "्", "द", "ी"}));  // the signs between are marks
  EXPECT_EQ(split("x²½Ⅷ"), (Words{"x", "²½Ⅷ"}));
  EXPECT_EQ(split("𝒳𐐷🐈"), (Words{"𝒳𐐷", "🐈"}));
}

TEST(Split, RecognizesUnicodeWhiteSpace) {
  EXPECT_EQ(split("a\u3000b"), (Words{"a", "\u3000", "b"}));
  EXPECT_EQ(split("a\u00a0\u2003b"), (Words{"a", "\u00a0", "\u2003", "b"}));
  EXPECT_EQ(split("a\u0085"), (Words{"a", "\u0085"}));
  EXPECT_EQ(split("a\u200b\ufeff"), (Words{"a", "\u200b\ufeff"}));  // which is not white space
}

TEST(Split, TreatsInvalidBytesAsKindOther) {
  EXPECT_EQ(split("a\xff\xfe b"), (Words{"a", "\xff\xfe", " b"}));
  EXPECT_EQ(split("\xe2\x82"), (Words{"\xe2\x82"}));          // cut off
  EXPECT_EQ(split("\xc1\xa1x"), (Words{"\xc1\xa1", "x"}));    // an "a" in two bytes
  EXPECT_EQ(split("\xed\xa0\x80"), (Words{"\xed\xa0\x80"}));  // half of a pair
  EXPECT_EQ(split("\xf4\x90\x80\x80"), (Words{"\xf4\x90\x80\x80"}));
}

TEST(Split, CharactersHaveTheirLengthsAndKinds) {
  const auto is = [](std::string_view text, CharacterKind kind, std::size_t length) {
    const Character c = character_at(text, 0);
    return c.kind == kind && c.length == length;
  };
  EXPECT_TRUE(is("A", CharacterKind::letter, 1));
  EXPECT_TRUE(is("7", CharacterKind::number, 1));
  EXPECT_TRUE(is("\n", CharacterKind::space, 1));
  EXPECT_TRUE(is(std::string_view("\0", 1), CharacterKind::other, 1));
  EXPECT_TRUE(is("ß", CharacterKind::letter, 2));
  EXPECT_TRUE(is("한", CharacterKind::letter, 3));
  EXPECT_TRUE(is("\U000323af", CharacterKind::letter, 4));  // the last of an extension of Han
  EXPECT_TRUE(is("\U0010ffff", CharacterKind::other, 4));
  EXPECT_TRUE(is("\xff", CharacterKind::other, 1));
}

TEST(Split, CutsAnyBytesIntoWordsWithoutLosingOne) {
  Rng rng(1, Stream::batch);
  for (int i = 0; i < 200; ++i) {
    std::string noise(rng.below(200), '\0');
    for (char& byte : noise) byte = static_cast<char>(rng.next_u32());
    std::string joined;
    for (const std::string& word : split(noise)) joined += word;
    EXPECT_EQ(joined, noise);
  }
}

Words qwen2(std::string_view text) { return split(text, Split::qwen2); }

TEST(Qwen2Split, AWordTakesOneCharacterBeforeItThatIsNoLetterNumberOrLineEnd) {
  EXPECT_EQ(qwen2("Hello world"), (Words{"Hello", " world"}));
  EXPECT_EQ(qwen2("a\tb(c"), (Words{"a", "\tb", "(c"}));
  EXPECT_EQ(qwen2("a_b"), (Words{"a", "_b"}));
  EXPECT_EQ(qwen2("a\nb"), (Words{"a", "\n", "b"}));
  EXPECT_EQ(qwen2("学，不"), (Words{"学", "，不"}));
  EXPECT_EQ(qwen2("!!x"), (Words{"!!", "x"}));
}

TEST(Qwen2Split, EachDigitIsAWord) {
  EXPECT_EQ(qwen2("in 1984:"), (Words{"in", " ", "1", "9", "8", "4", ":"}));
  EXPECT_EQ(qwen2("٣٤"), (Words{"٣", "٤"}));
}

TEST(Qwen2Split, MarksTakeTheLineEndsAfterThem) {
  EXPECT_EQ(qwen2("a.\r\n\nb"), (Words{"a", ".\r\n\n", "b"}));
  EXPECT_EQ(qwen2("a !!\n b"), (Words{"a", " !!\n", " b"}));
}

TEST(Qwen2Split, WhiteSpaceEndsAfterItsLastLineEndOrOneCharacterEarly) {
  EXPECT_EQ(qwen2("a \n \n  b"), (Words{"a", " \n \n", " ", " b"}));
  EXPECT_EQ(qwen2("a   b"), (Words{"a", "  ", " b"}));
  EXPECT_EQ(qwen2("a  1"), (Words{"a", " ", " ", "1"}));
  EXPECT_EQ(qwen2("  "), (Words{"  "}));
}

TEST(Qwen2Split, EnglishEndingsAreWordsInAnyCase) {
  EXPECT_EQ(qwen2("don't WE'LL I'M"), (Words{"don", "'t", " WE", "'LL", " I", "'M"}));
  EXPECT_EQ(qwen2("'Tis"), (Words{"'T", "is"}));
  EXPECT_EQ(qwen2("x'y"), (Words{"x", "'y"}));
  EXPECT_EQ(qwen2("a'"), (Words{"a", "'"}));
}

TEST(Qwen2Split, JoinsToTheText) {
  Rng rng(3, Stream::batch);
  constexpr std::string_view kPieces[] = {" ", "\n", "\r", "\t", "a", "'", "S", "1", ".", "é", "学", "\xff"};
  for (int round = 0; round < 2000; ++round) {
    std::string text, joined;
    for (std::uint32_t n = rng.below(12); n > 0; --n) text += kPieces[rng.below(std::size(kPieces))];
    for (const std::string& word : qwen2(text)) joined += word;
    EXPECT_EQ(joined, text);
  }
}

}  // namespace
}  // namespace mini_llm
