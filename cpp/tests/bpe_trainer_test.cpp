// Learned merges: by hand, against a naive implementation, and from hostile texts.
#include "text/bpe_trainer.h"

#include <algorithm>
#include <map>

#include "kernels/random.h"
#include "tests/memory_probe.h"
#include "tests/support.h"
#include "text/split.h"

namespace mini_llm {
namespace {

using Merges = std::vector<TokenPair>;

Merges learned(const std::string& text, std::size_t vocab_size, double max_ms = 1e9) {
  BpeTrainer trainer(text, vocab_size);
  double before = 0;
  for (bool done = false; !done; before = trainer.progress()) {
    done = trainer.advance(max_ms);
    EXPECT_GE(trainer.progress(), before);
  }
  EXPECT_EQ(before, 1);
  return trainer.tokenizer().merges();
}

/// Counts all pairs again for every merge. A pair that overlaps itself counts once for each place.
Merges learned_naively(const std::string& text, std::size_t vocab_size) {
  std::vector<std::vector<Token>> words;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = rest.substr(0, word_length(rest));
    rest.remove_prefix(word.size());
    words.emplace_back();
    for (const char byte : word) words.back().push_back(static_cast<unsigned char>(byte));
  }
  Merges merges;
  while (256 + merges.size() < vocab_size) {
    std::map<TokenPair, int> counts;
    for (const auto& word : words)
      for (std::size_t i = 0; i + 1 < word.size(); ++i) ++counts[{word[i], word[i + 1]}];
    std::pair<TokenPair, int> most = {{}, 1};
    for (const auto& pair : counts)
      if (pair.second > most.second) most = pair;
    if (most.second < 2) break;
    for (auto& word : words)
      for (std::size_t i = 0; i + 1 < word.size(); ++i)
        if (TokenPair{word[i], word[i + 1]} == most.first) {
          word[i] = static_cast<Token>(256 + merges.size());
          word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    merges.push_back(most.first);
  }
  return merges;
}

TEST(BpeTrainer, LearnsTheMostFrequentPairsFirst) {
  // " l", "lo" and "ow" occur six times, "we" and "er" twice; merging the first leaves no "lo".
  const Merges merges = learned(" low low low low lower lower", 300);
  EXPECT_EQ(merges, (Merges{{' ', 'l'}, {'o', 'w'}, {256, 257}, {'e', 'r'}, {258, 259}}));
}

TEST(BpeTrainer, MergesTheLowestOfEquallyFrequentPairsFirst) {
  EXPECT_EQ(learned("yz.yz.xy.xy", 257), (Merges{{'x', 'y'}}));
  EXPECT_EQ(learned("xz.xz.xy.xy", 257), (Merges{{'x', 'y'}}));
}

TEST(BpeTrainer, AgreesWithThePlainestWay) {
  Rng rng(3, Stream::batch);
  for (int i = 0; i < 30; ++i) {
    std::string text = i % 2 == 0 ? test::sample_text(200) : "";
    for (int n = 0; n < 400; ++n) text += "aaabbc d\xe3\x81"[rng.below(10)];
    EXPECT_EQ(learned(text, 340), learned_naively(text, 340)) << i;
  }
}

TEST(BpeTrainer, LearnsTheSameMergesInSlicesOfAnyLength) {
  std::string text;
  Rng rng(4, Stream::batch);
  for (int n = 0; n < 200'000; ++n) text += "the quick brown fox"[rng.below(19)];
  EXPECT_EQ(learned(text, 400, 0), learned(text, 400));
}

TEST(BpeTrainer, EndsWhenNoPairOccursTwice) {
  EXPECT_EQ(learned("abcdefg", 300), Merges{});
  EXPECT_EQ(learned("", 300), Merges{});
  EXPECT_EQ(learned("a", 300), Merges{});
  EXPECT_EQ(learned("ab ab", 300).size(), 1U);
}

TEST(BpeTrainer, ALongRunWithoutSpacesIsLearnedInPieces) {
  const Tokenizer tokenizer(learned(std::string(1 << 20, 'a'), 300));
  EXPECT_EQ(tokenizer.vocab_size(), 256U + 8);  // of 2, 4 … 256 bytes
  EXPECT_EQ(tokenizer.decode(263), std::string(Tokenizer::kLongestToken, 'a'));
}

TEST(BpeTrainer, ManyMegabytesWithoutARepeatedWordTakeABoundedTimeAndMemory) {
  std::string text;
  Rng rng(5, Stream::batch);
  while (text.size() < 12'000'000) text += static_cast<char>(33 + rng.below(94));
  const test::MemoryProbe probe;
  BpeTrainer trainer(std::move(text), 2000);
  while (!trainer.advance(1e9)) continue;
  EXPECT_EQ(trainer.tokenizer().vocab_size(), 2000U);
  EXPECT_LT(probe.peak(), 250'000'000U);
}

TEST(BpeTrainer, SamplesPiecesFromAllOfAVeryLongText) {
  std::string text(40'000'000, ' ');
  for (std::size_t i = 0; i < text.size(); i += 4) text.replace(i, 4, i < 39'000'000 ? "ab, " : "xyz ");
  const Merges merges = learned(text, 262);
  EXPECT_EQ(merges.front(), (TokenPair{' ', 'a'}));
  EXPECT_NE(std::find(merges.begin(), merges.end(), TokenPair{' ', 'x'}), merges.end());
}

TEST(BpeTrainer, RefusesVocabulariesThatThereCannotBe) {
  for (const std::size_t size : {0, 256, 262145}) {
    const std::string refusal =
        test::message_of<std::invalid_argument>([&] { BpeTrainer refused("a text", size); });
    EXPECT_NE(refusal.find("from 257 to 262144, not " + std::to_string(size)), std::string::npos);
  }
}

}  // namespace
}  // namespace mini_llm
