// The text's split and the windows of its parts. Tokens are numbered, so a window shows its position.
#include "train/dataset.h"

#include <algorithm>
#include <set>

#include "tests/support.h"

namespace mini_llm {
namespace {

Dataset numbered(std::size_t size, std::size_t context, double val_fraction, std::size_t stride = 0) {
  std::vector<Token> tokens(size);
  for (std::size_t i = 0; i < size; ++i) tokens[i] = static_cast<Token>(i);
  if (val_fraction == 0) return {tokens, std::nullopt, context};
  return {tokens, static_cast<std::size_t>(static_cast<double>(size) * val_fraction), context, stride};
}

/// The start of each window of a batch; checks that inputs and targets are consecutive tokens, one apart.
std::vector<std::size_t> starts(const Batch& batch, std::size_t context) {
  EXPECT_EQ(batch.inputs.size(), batch.count * context);
  EXPECT_EQ(batch.targets.size(), batch.count * context);
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < batch.count; ++i) {
    result.push_back(static_cast<std::size_t>(batch.inputs[i * context]));
    for (std::size_t t = 0; t < context; ++t) {
      EXPECT_EQ(batch.inputs[i * context + t], batch.inputs[i * context] + static_cast<std::int32_t>(t));
      EXPECT_EQ(batch.targets[i * context + t], batch.inputs[i * context + t] + 1);
    }
  }
  return result;
}

TEST(Dataset, TrainingWindowsStayInTheFirstPartAndReachAllOfIt) {
  const Dataset data = numbered(100, 8, 0.3);
  std::set<std::size_t> seen;
  for (std::uint64_t index = 0; index < 300; ++index)
    for (const std::size_t start : starts(data.train_batch(1, index, 4), 8)) seen.insert(start);
  EXPECT_EQ(*seen.begin(), 0U);
  EXPECT_EQ(*seen.rbegin(), 61U);  // whose last target is token 69, the part's last
  EXPECT_EQ(seen.size(), 62U);
}

TEST(Dataset, APassTakesEveryWindowOnceInAnotherOrderAndAtOtherPlaces) {
  const std::size_t context = 8, windows = 11;
  const Dataset data = numbered(140, context, 0.3);  // 98 tokens for training
  std::set<std::vector<std::size_t>> orders;
  std::set<std::size_t> firsts;
  for (std::uint64_t pass = 0; pass < 50; ++pass) {
    const auto order = starts(data.train_batch(7, pass, windows), context);
    std::vector<std::size_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 1; i < windows; ++i) EXPECT_EQ(sorted[i], sorted[i - 1] + context);
    firsts.insert(sorted.front());
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 50U);
  EXPECT_EQ(*firsts.rbegin(), 9U);  // then the last target is the part's last token
  EXPECT_EQ(firsts.size(), 10U);
}

TEST(Dataset, BatchesGoOnWithinAPassWhateverTheirSize) {
  const Dataset data = numbered(1000, 8, 0.1);
  const auto of_size = [&](std::size_t count) {
    std::vector<std::size_t> all;
    for (std::uint64_t index = 0; index < 360 / count; ++index)
      for (const std::size_t start : starts(data.train_batch(3, index, count), 8)) all.push_back(start);
    return all;
  };
  EXPECT_EQ(of_size(12), of_size(5));
}

TEST(Dataset, ManyValidationWindowsAreStillTheRightOnes) {
  // More than 65,536, whose square does not fit into 32 bits.
  const std::size_t context = 2, windows = 200'000, training = 100;
  std::vector<Token> tokens(training + windows * context + 1);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<Token>(i * 40503 % 65536);
  const Dataset data(tokens, tokens.size() - training, context);
  ASSERT_EQ(data.validation_windows(0), windows);
  for (const std::size_t wanted : {std::size_t{0}, windows / 2})
    for (const std::size_t i : {std::size_t{0}, std::size_t{21'475}, std::size_t{65'537}, windows / 2 - 1}) {
      const std::size_t at = training + i * (wanted == 0 ? 1 : 2) * context;
      const Batch batch = data.validation_batch(wanted, i, 1);
      const std::vector<std::int32_t> expected(tokens.begin() + static_cast<std::ptrdiff_t>(at),
                                               tokens.begin() + static_cast<std::ptrdiff_t>(at + 2));
      EXPECT_EQ(batch.inputs, expected) << i << " of " << wanted;
    }
}

TEST(Dataset, ABatchIsAFunctionOfSeedAndIndex) {
  const Dataset data = numbered(10000, 8, 0.1);
  const auto inputs = [&](std::uint32_t seed, std::uint64_t index) {
    return data.train_batch(seed, index, 5).inputs;
  };
  EXPECT_EQ(inputs(1, 2), inputs(1, 2));
  EXPECT_NE(inputs(1, 2), inputs(1, 3));
  EXPECT_NE(inputs(1, 2), inputs(2, 2));
}

TEST(Dataset, ValidationWindowsAreDisjointAndInsideTheLastPart) {
  for (const std::size_t size : {100, 101, 107, 108, 500})
    for (const std::size_t wanted : {0, 1, 2, 3, 5, 1000}) {
      const Dataset data = numbered(size, 8, 0.3);
      const std::size_t validation = static_cast<std::size_t>(static_cast<double>(size) * 0.3);
      const std::size_t windows = data.validation_windows(wanted);
      EXPECT_EQ(data.validation_windows(0), (validation - 1) / 8);
      EXPECT_EQ(windows, wanted == 0 ? (validation - 1) / 8 : std::min(wanted, (validation - 1) / 8));
      // In batches of three; the last may be shorter.
      std::vector<std::size_t> all;
      for (std::size_t first = 0; first < windows; first += 3)
        for (const std::size_t start : starts(data.validation_batch(wanted, first, 3), 8))
          all.push_back(start);
      ASSERT_EQ(all.size(), windows);
      EXPECT_EQ(all.front(), size - validation);
      EXPECT_LE(all.back() + 8, size - 1) << "reaches past the text";
      for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i], all[i - 1] + 8) << "windows overlap";
    }
}

TEST(Dataset, OverlappingWindowsCountEachTokenOnceWithMoreBeforeIt) {
  for (const std::size_t stride : {1, 3, 4, 7}) {
    const Dataset data = numbered(500, 8, 0.3, stride);
    const std::size_t windows = data.validation_windows(0);
    EXPECT_EQ(windows, (150 - 1 - 8) / stride + 1);
    const Batch batch = data.validation_batch(0, 0, windows);
    std::vector<std::int32_t> counted;
    for (std::size_t i = 0; i < batch.targets.size(); ++i) {
      if (batch.targets[i] < 0) continue;
      counted.push_back(batch.targets[i]);
      EXPECT_EQ(batch.targets[i], batch.inputs[i] + 1);
      EXPECT_TRUE(i < 8 || i % 8 >= 8 - stride);
    }
    // Token i of the text is i: each of the validation part's once, up to what the last window leaves over.
    ASSERT_EQ(counted.size(), 8 + (windows - 1) * stride);
    for (std::size_t i = 0; i < counted.size(); ++i)
      EXPECT_EQ(counted[i], static_cast<std::int32_t>(351 + i));
  }
  for (const std::size_t stride : {0, 8, 9})
    EXPECT_EQ(numbered(500, 8, 0.3, stride).validation_windows(0), (150U - 1) / 8);
}

TEST(Dataset, FewWindowsAreSpreadOverTheWholePart) {
  const Dataset data = numbered(10000, 8, 0.5);
  const auto places = starts(data.validation_batch(4, 0, 4), 8);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(static_cast<double>(places[i]), 5000 + 1250.0 * static_cast<double>(i), 10);
}

TEST(Dataset, RefusesATextShorterThanTheContextNamingTheNumbers) {
  EXPECT_NE(test::message_of<std::invalid_argument>([] { numbered(0, 8, 0.1); }).find("empty"),
            std::string::npos);
  const std::string message = test::message_of<std::invalid_argument>([] { numbered(8, 8, 0.1); });
  EXPECT_NE(message.find("8 tokens"), std::string::npos);
  EXPECT_NE(message.find("at least 9"), std::string::npos);
}

TEST(Dataset, TrainsOnAllTokensWithANoteIfValidationWouldBeTooShort) {
  const Dataset data = numbered(9, 8, 0.1);
  EXPECT_FALSE(data.has_validation());
  EXPECT_TRUE(test::is_sentence(data.note()));
  EXPECT_EQ(data.validation_windows(0), 0U);
  EXPECT_EQ(data.validation_batch(0, 0, 5).count, 0U);
  EXPECT_EQ(starts(data.train_batch(1, 0, 3), 8), (std::vector<std::size_t>{0, 0, 0}));
  // A validation part that would leave too little to train on.
  EXPECT_FALSE(numbered(40, 8, 0.9).has_validation());
  EXPECT_TRUE(numbered(90, 8, 0.9).has_validation());
}

TEST(Dataset, WithoutAValidationFractionThereIsNoneAndNoNote) {
  const Dataset data = numbered(1000, 8, 0);
  EXPECT_FALSE(data.has_validation());
  EXPECT_EQ(data.note(), "");
}

TEST(Dataset, TheValidationPartIsTheSameBytesWithEveryTokenizer) {
  const std::string text = test::sample_text(2000);
  const Tokenizer bpe({{'e', ' '}, {'t', 'h'}, {257, 256}});
  const Dataset bytes = make_dataset(Tokenizer(), text, 8, 0.25), merged = make_dataset(bpe, text, 8, 0.25);
  const auto validation_text = [](const Dataset& data, const Tokenizer& tokenizer) {
    const Batch batch = data.validation_batch(0, 0, 1000);
    std::string decoded(tokenizer.decode(static_cast<Token>(batch.inputs.front())));
    for (const std::int32_t target : batch.targets) decoded += tokenizer.decode(static_cast<Token>(target));
    return decoded;
  };
  EXPECT_EQ(training_part(text, 0.25).size(), 1500U);
  for (const std::string& decoded : {validation_text(bytes, Tokenizer()), validation_text(merged, bpe)}) {
    EXPECT_TRUE(text.substr(1500).starts_with(decoded));
    EXPECT_GT(decoded.size(), 450U);  // all but the last incomplete window
  }
  EXPECT_LT(merged.validation_windows(0), bytes.validation_windows(0));
}

}  // namespace
}  // namespace mini_llm
