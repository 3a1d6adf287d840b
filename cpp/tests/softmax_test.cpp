// Softmax and cross-entropy against the reference, on odd sizes.
#include "kernels/softmax.h"

#include <cmath>

#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

TEST(CausalExponentials, FillEachRowWithExpAndZeros) {
  constexpr std::size_t kRows = 3;
  for (std::size_t n = 1; n <= 40; ++n) {
    const std::size_t padded = (n + kRows - 1 + 7) / 8 * 8, stride = padded + 1;
    const Floats scores = test::random_floats(kRows * stride, 1, 4);
    Floats rows = scores;
    SoftmaxSums sums[kRows];
    causal_exponentials(sums, rows.data(), stride, kRows, n, padded);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto from = scores.begin() + static_cast<std::ptrdiff_t>(r * stride);
      const auto seen = from + static_cast<std::ptrdiff_t>(n + r);
      EXPECT_EQ(sums[r].max, *std::max_element(from, seen));
      const reference::Matrix x = test::matrix_of({from, seen}, n + r);
      const double total = std::exp(reference::log_sum_exp(x)(0, 0) - sums[r].max);
      Doubles expected = test::flat(reference::softmax(x));
      for (double& e : expected) e *= total;
      expected.resize(padded, 0.0);
      const auto row = rows.begin() + static_cast<std::ptrdiff_t>(r * stride);
      const auto end = row + static_cast<std::ptrdiff_t>(padded);
      EXPECT_EQ(*end, scores[r * stride + padded]) << "wrote past the padding";
      EXPECT_TRUE(test::near({row, end}, expected, 3e-7));
      EXPECT_NEAR(sums[r].sum, total, 1e-6 * total);
    }
  }
}

TEST(CausalExponentials, ARowsBitsDoNotDependOnItsPadding) {
  const Floats scores = test::random_floats(13, 2);
  Floats narrow = scores, wide = scores;
  narrow.resize(16);
  wide.resize(40);
  SoftmaxSums a, b;
  causal_exponentials(&a, narrow.data(), 16, 1, 13, 16);
  causal_exponentials(&b, wide.data(), 40, 1, 13, 40);
  EXPECT_EQ(a.sum, b.sum);
  EXPECT_TRUE(test::same_bits(narrow, {wide.begin(), wide.begin() + 16}));
}

TEST(CrossEntropyRow, LossAndGradientEqualTheFormula) {
  for (std::size_t vocab : {1, 2, 3, 5, 65, 255, 256, 257}) {
    const std::size_t padded = (vocab + 3) / 4 * 4;
    const Floats logits = test::random_floats(vocab, 3, 3);
    const reference::Ids targets = {static_cast<std::int32_t>(vocab / 2)};
    Floats row = logits;
    row.resize(padded);
    const float loss = cross_entropy_in_place(row.data(), vocab, padded, targets[0], 0.25f);
    const reference::Matrix x = test::matrix_of(logits, vocab);
    EXPECT_NEAR(loss, reference::cross_entropy(x, targets)(0, 0), 1e-6 * std::max(1.0f, loss)) << vocab;
    Doubles expected = test::flat(reference::cross_entropy_backward(x, targets));
    for (double& e : expected) e *= 0.25;
    row.resize(vocab);
    EXPECT_TRUE(test::near(row, expected, 1e-6)) << vocab;
  }
}

TEST(CrossEntropyRow, WithoutATargetLossAndGradientAreZero) {
  Floats row = test::random_floats(8, 4);
  EXPECT_EQ(cross_entropy_in_place(row.data(), 7, 8, -1, 1), 0);
  EXPECT_EQ(row, Floats(8, 0.0f));
}

TEST(CrossEntropyRow, TakesHugeLogits) {
  Floats first = {1e30f, -1e30f, 0, 0}, second = {5000, 4999, -5000, 0};
  EXPECT_EQ(cross_entropy_in_place(first.data(), 3, 4, 0, 1), 0);
  EXPECT_NEAR(cross_entropy_in_place(second.data(), 3, 4, 0, 1), std::log(1 + std::exp(-1.0)), 1e-3);
}

TEST(CrossEntropyRow, ANaNOrInfiniteLogitShowsInTheLoss) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
    for (std::size_t place = 0; place < 7; ++place) {
      Floats row = test::random_floats(8, 6);
      row[place] = bad;
      EXPECT_FALSE(std::isfinite(cross_entropy_in_place(row.data(), 7, 8, 3, 1))) << bad << " at " << place;
    }
}

}  // namespace
}  // namespace mini_llm
