// Softmax and cross-entropy against the reference, on odd sizes.
#include "kernels/softmax.h"

#include <cmath>

#include "kernels/random.h"
#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;
using Targets = std::vector<std::int32_t>;

/// Targets of which every fifth is left out.
Targets random_targets(std::size_t rows, std::size_t vocab) {
  Rng rng(1, Stream::batch);
  Targets targets(rows);
  for (std::size_t i = 0; i < rows; ++i)
    targets[i] = i % 5 == 4 ? -1 : static_cast<std::int32_t>(rng.below(vocab));
  return targets;
}

TEST(Exponentials, FillTheRowWithExpAndZeros) {
  for (std::size_t n = 1; n <= 40; ++n) {
    const Floats scores = test::random_floats(n, 1, 4);
    const std::size_t padded = (n + 7) / 8 * 8;
    Floats row = scores;
    row.resize(padded + 1, 123);
    const SoftmaxSums sums = exponentials(row.data(), n, padded);
    EXPECT_EQ(sums.max, *std::max_element(scores.begin(), scores.end()));
    const reference::Matrix x = test::matrix_of(scores, n);
    const double total = std::exp(reference::log_sum_exp(x)(0, 0) - sums.max);
    Doubles expected = test::flat(reference::softmax(x));
    for (double& e : expected) e *= total;
    expected.resize(padded, 0.0);
    EXPECT_EQ(row.back(), 123) << "wrote past the padding";
    row.pop_back();
    EXPECT_TRUE(test::near(row, expected, 3e-7));
    EXPECT_NEAR(sums.sum, total, 1e-6 * total);
  }
}

TEST(Exponentials, ARowsBitsDoNotDependOnItsPadding) {
  const Floats scores = test::random_floats(13, 2);
  Floats narrow = scores, wide = scores;
  narrow.resize(16);
  wide.resize(40);
  const SoftmaxSums a = exponentials(narrow.data(), 13, 16), b = exponentials(wide.data(), 13, 40);
  EXPECT_EQ(a.sum, b.sum);
  EXPECT_TRUE(test::same_bits(narrow, {wide.begin(), wide.begin() + 16}));
}

TEST(CrossEntropyKernel, ForwardEqualsTheFormula) {
  for (std::size_t vocab : {1, 2, 3, 5, 65, 255, 256, 257})
    for (std::size_t rows : {1, 3, 33, 70}) {
      const Floats logits = test::random_floats(rows * vocab, 3, 3);
      const Targets targets = random_targets(rows, vocab);
      Floats losses(rows), log_sum_exp(rows);
      const reference::Matrix x = test::matrix_of(logits, vocab);
      cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), rows, vocab);
      EXPECT_TRUE(test::near(losses, test::flat(reference::cross_entropy(x, targets)), 1e-6))
          << rows << " x " << vocab;
      EXPECT_TRUE(test::near(log_sum_exp, test::flat(reference::log_sum_exp(x)), 1e-6))
          << rows << " x " << vocab;
    }
}

TEST(CrossEntropyKernel, BackwardEqualsTheFormulaAndAdds) {
  for (std::size_t vocab : {1, 2, 3, 5, 65, 257})
    for (std::size_t rows : {1, 33, 70}) {
      const Floats logits = test::random_floats(rows * vocab, 4, 3);
      const Targets targets = random_targets(rows, vocab);
      Floats losses(rows), log_sum_exp(rows), dlogits = test::random_floats(logits.size(), 5);
      const Doubles expected = test::added(
          dlogits, reference::cross_entropy_backward(test::matrix_of(logits, vocab), targets), 0.25);
      cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), rows, vocab);
      cross_entropy_backward(dlogits.data(), logits.data(), log_sum_exp.data(), targets.data(), rows, vocab,
                             0.25f);
      EXPECT_TRUE(test::near(dlogits, expected, 1e-6)) << rows << " x " << vocab;
    }
}

TEST(CrossEntropyKernel, TakesHugeLogits) {
  const Floats logits = {1e30f, -1e30f, 0, 5000, 4999, -5000};
  const Targets targets = {0, 0};
  Floats losses(2), log_sum_exp(2);
  cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), 2, 3);
  EXPECT_TRUE(test::near(losses, {0, std::log(1 + std::exp(-1.0))}, 1e-3));
}

TEST(CrossEntropyKernel, ANaNOrInfiniteLogitShowsInTheLoss) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
    for (std::size_t place = 0; place < 7; ++place) {
      Floats logits = test::random_floats(7, 6), losses(1), log_sum_exp(1);
      logits[place] = bad;
      const Targets targets = {3};
      cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), 1, 7);
      EXPECT_FALSE(std::isfinite(losses[0])) << bad << " at " << place;
    }
}

}  // namespace
}  // namespace mini_llm
