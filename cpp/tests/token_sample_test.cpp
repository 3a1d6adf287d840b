// A softmax over some tokens of the vocabulary, against the softmax over all of them.
#include "nn/token_sample.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

using Targets = std::vector<std::int32_t>;

const Targets kTargets = {7, 3, 7, 90, 0};

TEST(TokenSample, HoldsTheTargetsAndOthersInOrder) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const TokenSample sample = sample_tokens(kTargets, 100, 20, Rng(seed, Stream::softmax));
    ASSERT_EQ(sample.tokens.size(), 20U);
    EXPECT_TRUE(std::is_sorted(sample.tokens.begin(), sample.tokens.end()));
    EXPECT_EQ(std::set(sample.tokens.begin(), sample.tokens.end()).size(), 20U);
    ASSERT_EQ(sample.targets.size(), kTargets.size());
    for (std::size_t i = 0; i < kTargets.size(); ++i)
      EXPECT_EQ(sample.tokens[static_cast<std::size_t>(sample.targets[i])], kTargets[i]);
    const std::set<std::int32_t> certain(kTargets.begin(), kTargets.end());
    // 96 tokens are no targets, and 16 of them were drawn.
    for (std::size_t i = 0; i < 20; ++i)
      EXPECT_FLOAT_EQ(sample.log_weights[i], certain.contains(sample.tokens[i]) ? 0 : std::log(6.0f));
  }
}

TEST(TokenSample, AQuarterIsLeftToChanceAndNoTokenIsTakenTwice) {
  Targets many(64);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int32_t>(i);
  EXPECT_EQ(sample_tokens(many, 100, 16, Rng(1, Stream::softmax)).tokens.size(), 68U);
  EXPECT_EQ(sample_tokens(many, 66, 16, Rng(1, Stream::softmax)).tokens.size(), 66U);
  EXPECT_EQ(sample_tokens(many, 64, 16, Rng(1, Stream::softmax)).tokens.size(), 64U);
}

TEST(TokenSample, ItsWeightedSumIsOnAverageThatOfAllTokens) {
  const test::Floats logits = test::random_floats(100, 1, 2);
  double whole = 0, mean = 0;
  for (const float logit : logits) whole += std::exp(logit);
  constexpr std::uint32_t kDraws = 4000;
  for (std::uint32_t seed = 0; seed < kDraws; ++seed) {
    const TokenSample sample = sample_tokens(kTargets, 100, 40, Rng(seed, Stream::softmax));
    for (std::size_t i = 0; i < sample.tokens.size(); ++i)
      mean += std::exp(logits[static_cast<std::size_t>(sample.tokens[i])] + sample.log_weights[i]) / kDraws;
  }
  EXPECT_NEAR(mean / whole, 1, 0.02);
}

struct LossAndGradient {
  float loss;
  test::Floats gradient;  // of the head's table, which is also the embedding's
};

LossAndGradient of_sample(const TokenSample* sample) {
  Gpt model(test::tiny_config());
  model.initialize(1);
  const Targets ids = {1, 2, 3, 4, 5, 6, 7, 8}, targets = {2, 3, 4, 5, 6, 7, 8, 9};
  Tape tape(Tape::Mode::recording);
  ForwardContext ctx{tape};
  Tensor x;
  model.forward_by_layer(ctx, ids, 1, x).finish();
  Tensor loss = sample ? model.loss(ctx, x, *sample) : model.loss(ctx, x, targets);
  loss.grad()[0] = 1;
  while (tape.backward_step()) continue;
  return {loss.data()[0], test::gradient_of(model.parameters().front())};
}

TEST(TokenSample, OfAllTokensGivesTheLossAndGradientsOfAllTokens) {
  const Targets targets = {2, 3, 4, 5, 6, 7, 8, 9};
  const std::size_t vocab = test::tiny_config().vocab_size;
  const TokenSample all = sample_tokens(targets, vocab, vocab, Rng(1, Stream::softmax));
  ASSERT_EQ(all.tokens.size(), vocab);
  const LossAndGradient expected = of_sample(nullptr), actual = of_sample(&all);
  EXPECT_NEAR(actual.loss, expected.loss, 1e-6);
  const test::Doubles gradient(expected.gradient.begin(), expected.gradient.end());
  EXPECT_TRUE(test::near(actual.gradient, gradient, 1e-6));
}

TEST(TokenSample, ItsLossIsAboutThatOfAllTokens) {
  const Targets targets = {2, 3, 4, 5, 6, 7, 8, 9};
  const std::size_t vocab = test::tiny_config().vocab_size;
  double mean = 0;
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const TokenSample sample = sample_tokens(targets, vocab, 64, Rng(seed, Stream::softmax));
    mean += of_sample(&sample).loss / 50;
  }
  EXPECT_NEAR(mean, of_sample(nullptr).loss, 0.02);
}

TrainOptions sampled_run() {
  TrainOptions options = test::short_run(10, 0.1);
  options.softmax_tokens = 40;
  return options;
}

std::string trained(const TrainOptions& options) {
  Trainer trainer(test::tiny_config(), options, test::kText, "sha");
  test::run_all(trainer);
  return test::saved(trainer);
}

TEST(SampledSoftmax, ThreadsDoNotChangeABit) {
  const std::string one = trained(sampled_run());
  const test::ThreadScope scope(2);
  EXPECT_TRUE(trained(sampled_run()) == one);
}

TEST(SampledSoftmax, TheLastFifthOfTheStepsComparesAllTokens) {
  TrainOptions sampled = sampled_run(), whole = sampled;
  whole.softmax_tokens = 0;
  Trainer a(test::tiny_config(), sampled, test::kText, "sha"),
      b(test::tiny_config(), whole, test::kText, "sha");
  test::run_to(a, 8);
  test::run_to(b, 8);
  EXPECT_NE(a.state().progress.last.train_loss, b.state().progress.last.train_loss);
  // From the same state on, both do the same.
  RunState state = a.state();
  b.restore(state);
  test::run_to(a, 9);
  test::run_to(b, 9);
  EXPECT_EQ(a.state().progress.last.train_loss, b.state().progress.last.train_loss);
}

TEST(SampledSoftmax, ASampleAsLargeAsTheVocabularyIsNone) {
  TrainOptions all = sampled_run(), none = all;
  all.softmax_tokens = test::tiny_config().vocab_size;
  none.softmax_tokens = 0;
  Trainer a(test::tiny_config(), all, test::kText, "sha"), b(test::tiny_config(), none, test::kText, "sha");
  test::run_all(a);
  test::run_all(b);
  EXPECT_EQ(a.state().progress.last.train_loss, b.state().progress.last.train_loss);
}

}  // namespace
}  // namespace mini_llm
