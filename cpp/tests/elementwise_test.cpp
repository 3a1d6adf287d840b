// The kernels that touch each element once, against plain formulas in double.
#include "kernels/elementwise.h"

#include <cmath>

#include "tests/support.h"

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
    Floats out(ids.size() * width), expected(out.size());
    Floats dtable = test::random_floats(table.size(), 11), expected_gradient = dtable;
    for (std::size_t i = 0; i < ids.size(); ++i)
      for (std::size_t j = 0; j < width; ++j) {
        const std::size_t row = static_cast<std::size_t>(ids[i]) * width;
        expected[i * width + j] = table[row + j];
        expected_gradient[row + j] += dout[i * width + j];
      }
    embed(out.data(), table.data(), ids.data(), ids.size(), width);
    embed_backward(dtable.data(), dout.data(), ids.data(), ids.size(), width);
    EXPECT_TRUE(test::same_bits(out, expected)) << width;
    EXPECT_TRUE(test::same_bits(dtable, expected_gradient)) << width;
  }
}

TEST(SumOfSquares, IsThatOfDoubles) {
  for (std::size_t n : {0, 1, 3, 4, 5, 1023, 1024, 1025, 5000}) {
    const Floats x = test::random_floats(n, 12);
    double expected = 0;
    for (float v : x) expected += static_cast<double>(v) * v;
    EXPECT_NEAR(sum_of_squares(x.data(), n), expected, 1e-6 * expected) << n;
  }
}

TEST(AdamWKernel, FollowsThePaperOverSeveralSteps) {
  const double lr = 0.01, beta1 = 0.9, beta2 = 0.99, eps = 1e-8, decay = 0.1, clip = 0.5;
  for (std::size_t n : {1, 4, 7, 37, 16390}) {
    Floats weight = test::random_floats(n, 13), first(n, 0.0f), second(n, 0.0f);
    Doubles w(weight.begin(), weight.end()), m(n, 0.0), v(n, 0.0);
    for (int step = 1; step <= 5; ++step) {
      Floats gradient = test::random_floats(n, static_cast<std::uint32_t>(100 + step));
      const Floats before = weight;
      const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
      for (std::size_t i = 0; i < n; ++i) {
        const double g = clip * gradient[i];
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        w[i] -= lr * decay * w[i] + lr * (m[i] / correction1) / (std::sqrt(v[i] / correction2) + eps);
      }
      adamw(weight.data(), first.data(), second.data(), gradient.data(), gradient.data(), n,
            {static_cast<float>(lr), static_cast<float>(beta1), static_cast<float>(beta2),
             static_cast<float>(eps), static_cast<float>(decay), static_cast<float>(correction1),
             static_cast<float>(correction2), static_cast<float>(clip)});
      EXPECT_TRUE(test::same_bits(gradient, before)) << n;
    }
    EXPECT_TRUE(test::near(weight, w, 2e-6)) << n;
    EXPECT_TRUE(test::near(first, m, 2e-6)) << n;
    EXPECT_TRUE(test::near(second, v, 2e-6)) << n;
  }
}

}  // namespace
}  // namespace mini_llm
