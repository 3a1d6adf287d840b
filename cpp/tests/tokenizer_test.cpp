// Encoding and decoding: bytes, and merges against a naive implementation.
#include "text/tokenizer.h"

#include <algorithm>
#include <limits>

#include "kernels/random.h"
#include "tests/support.h"
#include "text/bpe_trainer.h"
#include "text/split.h"

namespace mini_llm {
namespace {

using Tokens = std::vector<Token>;

std::string decoded(const Tokenizer& tokenizer, const Tokens& tokens) {
  std::string text;
  for (const Token token : tokens) text += tokenizer.decode(token);
  return text;
}

/// Few different bytes, so that pairs repeat; some begin characters of several bytes.
std::string noise(std::size_t size, std::uint32_t seed) {
  const std::string alphabet = "aaaabbc '\n1\xe3\x81\x82\xff";
  Rng rng(seed, Stream::batch);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = alphabet[rng.below(alphabet.size())];
  return bytes;
}

Tokenizer trained(const std::string& text, std::size_t vocab_size) {
  BpeTrainer trainer(text, vocab_size);
  while (!trainer.advance(1e9)) continue;
  return trainer.tokenizer();
}

/// By definition: repeats the earliest merge that fits anywhere, at its leftmost place.
Tokens plainly_encoded(const Tokenizer& tokenizer, std::string_view text) {
  Tokens all;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, word_length(text));
    text.remove_prefix(word.size());
    Tokens tokens;
    for (const char byte : word) tokens.push_back(static_cast<unsigned char>(byte));
    for (std::size_t merge = 0; merge < tokenizer.merges().size(); ++merge)
      for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (TokenPair{tokens[i], tokens[i + 1]} == tokenizer.merges()[merge]) {
          tokens[i] = static_cast<Token>(256 + merge);
          tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    all.insert(all.end(), tokens.begin(), tokens.end());
  }
  return all;
}

TEST(Tokenizer, WithoutMergesTokensAreBytes) {
  const Tokenizer tokenizer;
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const Tokens tokens = tokenizer.encode(all);
  ASSERT_EQ(tokens.size(), 256U);
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(tokens[i], i);
  EXPECT_EQ(decoded(tokenizer, tokens), all);
  EXPECT_STREQ(tokenizer.name(), "byte");
  EXPECT_EQ(tokenizer.vocab_size(), 256U);
}

TEST(Tokenizer, MergesInTheOrderOfTheMergesAndNotOfTheText) {
  const Tokenizer tokenizer({{'b', 'c'}, {'a', 'b'}, {'a', 256}});
  EXPECT_STREQ(tokenizer.name(), "bpe");
  EXPECT_EQ(tokenizer.vocab_size(), 259U);
  EXPECT_EQ(tokenizer.encode("abc"), (Tokens{258}));
  EXPECT_EQ(tokenizer.encode("abab"), (Tokens{257, 257}));
  EXPECT_EQ(tokenizer.encode("cab"), (Tokens{'c', 257}));
  EXPECT_EQ(tokenizer.decode(258), "abc");
}

TEST(Tokenizer, MergesTheLeftmostOfOverlappingPairs) {
  const Tokenizer tokenizer({{'a', 'a'}, {256, 'a'}});
  EXPECT_EQ(tokenizer.encode("a"), (Tokens{'a'}));
  EXPECT_EQ(tokenizer.encode("aaa"), (Tokens{257}));
  EXPECT_EQ(tokenizer.encode("aaaa"), (Tokens{256, 256}));
  EXPECT_EQ(tokenizer.encode("aaaaa"), (Tokens{256, 257}));
}

TEST(Tokenizer, NeverMergesBeyondAWord) {
  const Tokenizer tokenizer({{'a', ' '}, {' ', 'b'}, {'.', 'a'}});
  EXPECT_EQ(tokenizer.encode("a b.a"), (Tokens{'a', 257, '.', 'a'}));
}

TEST(Tokenizer, EncodesAsThePlainestWayDoes) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Tokenizer tokenizer = trained(noise(3000, seed), 256 + 20 * (seed + 1));
    const std::string text = noise(1000, 100 + seed) + std::string(50, 'a') + test::sample_text(300);
    EXPECT_EQ(tokenizer.encode(text), plainly_encoded(tokenizer, text));
  }
}

TEST(Tokenizer, RoundTripsEveryStringOfBytes) {
  const Tokenizer tokenizer = trained(test::sample_text(5000) + noise(5000, 1), 600);
  Rng rng(7, Stream::batch);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(rng.below(300), '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.next_u32());
    EXPECT_EQ(decoded(tokenizer, tokenizer.encode(bytes)), bytes);
  }
  EXPECT_TRUE(tokenizer.encode("").empty());
}

TEST(Tokenizer, AppendsToExistingTokens) {
  const Tokenizer tokenizer({{'a', 'b'}});
  Tokens tokens = {1, 2};
  tokenizer.encode("ab ab ab", tokens);
  EXPECT_EQ(tokens, (Tokens{1, 2, 256, ' ', 256, ' ', 256}));
}

TEST(Tokenizer, AWordOfMegabytesTakesNoLongerThanManyWords) {
  const Tokenizer tokenizer = trained(test::sample_text(5000), 400);
  const std::string word(3'000'000, 'o');  // by squares it would take an hour
  EXPECT_EQ(decoded(tokenizer, tokenizer.encode(word)), word);
}

TEST(Tokenizer, RefusesMergesThatMakeNoSense) {
  const auto refusal = [](std::vector<TokenPair> merges) {
    return test::message_of<std::invalid_argument>([&] { Tokenizer refused(std::move(merges)); });
  };
  EXPECT_NE(refusal({{'a', 'b'}, {'a', 257}}).find("merge 1"), std::string::npos);
  EXPECT_NE(refusal({{256, 'b'}}).find("merge 0 joins a token that does not exist yet"), std::string::npos);
  EXPECT_NE(refusal({{'a', 'b'}, {'a', 'b'}}).find("merge 1"), std::string::npos);
  EXPECT_NE(refusal({{'a', 'b'}, {'b', 'c'}, {256, 'c'}, {'a', 257}}).find("merge 3"), std::string::npos);
  std::vector<TokenPair> doubling;  // 2^40 bytes, if anybody believed it
  for (int i = 0; i < 40; ++i) {
    const auto last = static_cast<Token>(i == 0 ? 'a' : 255 + i);
    doubling.emplace_back(last, last);
  }
  EXPECT_NE(refusal(doubling).find("merge 8 makes a token that is too long"), std::string::npos);
  EXPECT_NE(refusal(std::vector<TokenPair>(300000, {'a', 'b'})).find("merge 261888 is one too many"),
            std::string::npos);
}

using Kind = ExtraToken::Kind;

TEST(Tokenizer, ExtraTokensAreFoundWhereverTheyOccurAndTheLongestWins) {
  const Tokenizer tokenizer(
      {{'a', 'b'}}, Split::gpt2,
      {{"<e>", Kind::end}, {"", Kind::unused}, {"<ee>", Kind::text}, {"<e", Kind::special}});
  EXPECT_EQ(tokenizer.vocab_size(), 261U);
  EXPECT_STREQ(tokenizer.name(), "bpe");
  EXPECT_EQ(tokenizer.encode("ab<e>ab"), (Tokens{256, 257, 256}));
  EXPECT_EQ(tokenizer.encode("<ee><e<"), (Tokens{259, 260, '<'}));
  EXPECT_EQ(tokenizer.encode("a<e>b"), (Tokens{'a', 257, 'b'}));
  const std::string text = "x <ee> y<e>\n<e";
  EXPECT_EQ(decoded(tokenizer, tokenizer.encode(text)), text);
  EXPECT_EQ(tokenizer.decode(258), "");
  EXPECT_EQ(tokenizer.kind(257), Kind::end);
  EXPECT_EQ(tokenizer.kind(256), Kind::text);
}

TEST(Tokenizer, RefusesExtraTokensThatMakeNoSense) {
  const auto refusal = [](std::vector<ExtraToken> extra) {
    return test::message_of<std::invalid_argument>(
        [&] { Tokenizer refused({{'a', 'b'}}, Split::gpt2, std::move(extra)); });
  };
  EXPECT_NE(refusal({{"<e>", Kind::end}, {"<e>", Kind::text}}).find("\"<e>\" occurs twice"),
            std::string::npos);
  EXPECT_NE(refusal({{"ab", Kind::text}}).find("occurs twice"), std::string::npos);
  EXPECT_NE(refusal({{"", Kind::text}}).find("against its kind"), std::string::npos);
  EXPECT_NE(refusal({{"x", Kind::unused}}).find("against its kind"), std::string::npos);
  EXPECT_NE(refusal({{std::string(300, 'x'), Kind::text}}).find("is too long"), std::string::npos);
  EXPECT_NE(refusal(std::vector<ExtraToken>(Tokenizer::kLargestVocabulary - 256)).find("is one too many"),
            std::string::npos);
}

TEST(Tokenizer, RefusesToDecodeATokenThatThereIsNot) {
  EXPECT_NE(test::message_of<std::out_of_range>([] { Tokenizer().decode(256); }).find("256"),
            std::string::npos);
}

}  // namespace
}  // namespace mini_llm
