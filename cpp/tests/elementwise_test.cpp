// The kernels that touch each element once, against the reference.
#include "kernels/elementwise.h"

#include <cmath>

#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

// The vectors' remainders, and both sides of the pool's chunks.
constexpr std::size_t kSizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 33, 16384, 16389, 40001};

TEST(Add, AddsAndDeposits) {
  for (std::size_t n : kSizes) {
    const Floats a = test::random_floats(n, 1), b = test::random_floats(n, 2);
    Floats out(n), sum(n), accumulated = a, written = a;
    for (std::size_t i = 0; i < n; ++i) sum[i] = a[i] + b[i];
    add(out.data(), a.data(), b.data(), n);
    accumulate({accumulated.data(), true}, b.data(), n);
    accumulate({written.data(), false}, b.data(), n);
    EXPECT_TRUE(test::same_bits(out, sum));
    EXPECT_TRUE(test::same_bits(accumulated, sum));
    EXPECT_TRUE(test::same_bits(written, b));
  }
}

TEST(AccumulateColumns, SumsOverRowsInTheirOrder) {
  for (std::size_t rows : {1, 2, 7, 40})
    for (std::size_t columns : {1, 3, 4, 5, 63, 64, 65, 131}) {
      const Floats x = test::random_floats(rows * columns, 7);
      Floats out = test::random_floats(columns, 8), expected = out;
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) expected[j] += x[i * columns + j];
      accumulate_columns(out.data(), x.data(), rows, columns);
      EXPECT_TRUE(test::same_bits(out, expected)) << rows << " x " << columns;
    }
}

TEST(Embed, TakesRowsAndGivesGradientsBackToThem) {
  for (std::size_t width : {1, 5, 64, 70}) {
    const std::vector<std::int32_t> ids = {3, 0, 3, 2, 3};
    const Floats table = test::random_floats(4 * width, 9),
                 dout = test::random_floats(ids.size() * width, 10);
    const Doubles expected = test::flat(reference::embedding(test::matrix_of(table, width), ids));
    Floats out(ids.size() * width), dtable = test::random_floats(table.size(), 11), in_order = dtable;
    const Doubles expected_gradient = test::added(
        dtable, reference::embedding_backward(test::matrix_of(dout, width), ids, table.size() / width));
    for (std::size_t i = 0; i < dout.size(); ++i)
      in_order[static_cast<std::size_t>(ids[i / width]) * width + i % width] += dout[i];
    embed(out.data(), table.data(), ids.data(), ids.size(), width);
    embed_backward(dtable.data(), dout.data(), ids.data(), ids.size(), width);
    EXPECT_TRUE(test::near(out, expected, 0)) << width;
    EXPECT_TRUE(test::near(dtable, expected_gradient, 1e-6)) << width;
    EXPECT_TRUE(test::same_bits(dtable, in_order))
        << width << ": a row's gradients add up in the text's order";
  }
}

TEST(SumOfSquares, EqualsTheSumInDoubles) {
  for (std::size_t n : {0, 1, 3, 4, 5, 1023, 1024, 1025, 5000}) {
    const Floats x = test::random_floats(n, 12);
    const double norm = reference::global_norm({test::vector_of(x)}), expected = norm * norm;
    EXPECT_NEAR(sum_of_squares(x.data(), n), expected, 1e-6 * expected) << n;
  }
}

TEST(AdamWKernel, FollowsThePaperForTenSteps) {
  const double lr = 0.01, clip = 0.5;
  const reference::AdamWOptions options{.beta1 = 0.9, .beta2 = 0.99, .weight_decay = 0.1};
  for (std::size_t n : {1, 4, 7, 37, 16390}) {
    Floats weight = test::random_floats(n, 13), first(n, 0.0f), second(n, 0.0f);
    reference::Vector expected = test::vector_of(weight);
    reference::AdamWState state{test::vector_of(first), test::vector_of(second)};
    for (int step = 1; step <= 10; ++step) {
      Floats gradient = test::random_floats(n, static_cast<std::uint32_t>(100 + step));
      reference::Vector clipped = test::vector_of(gradient);
      for (double& g : clipped) g *= clip;
      reference::adamw(expected, state, clipped, step, lr, options);
      const Floats before = weight;
      adamw(weight.data(), first.data(), second.data(), gradient.data(), gradient.data(), n,
            {.lr = static_cast<float>(lr),
             .beta1 = static_cast<float>(options.beta1),
             .beta2 = static_cast<float>(options.beta2),
             .eps = static_cast<float>(options.eps),
             .weight_decay = static_cast<float>(options.weight_decay),
             .bias_correction1 = static_cast<float>(1 - std::pow(options.beta1, step)),
             .bias_correction2 = static_cast<float>(1 - std::pow(options.beta2, step)),
             .gradient_scale = static_cast<float>(clip)});
      EXPECT_TRUE(test::same_bits(gradient, before)) << n;
    }
    EXPECT_TRUE(test::near(weight, test::flat(expected), 2e-6)) << n;
    EXPECT_TRUE(test::near(first, test::flat(state.exp_avg), 2e-6)) << n;
    EXPECT_TRUE(test::near(second, test::flat(state.exp_avg_sq), 2e-6)) << n;
  }
}

}  // namespace
}  // namespace mini_llm
