// QK-norm and rotary positions against plain formulas in double, and what they are for: only distances count.
#include "kernels/rotary.h"

#include <cmath>

#include "kernels/norm.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

constexpr double kTheta = 10000;

Floats table_of(std::size_t first, std::size_t count, std::size_t head_dim, double theta = kTheta) {
  Floats frequencies(head_dim / 2), table(count * head_dim);
  rotary_frequencies(frequencies.data(), head_dim, theta);
  rotary_table(table.data(), first, count, frequencies.data(), head_dim);
  return table;
}

TEST(RotaryTable, HoldsCosinesAndSinesOfPositionTimesFrequency) {
  for (const std::size_t dim : {2, 10, 64})
    for (const std::size_t first : {0, 5, 1000, 10'000'000}) {
      const Floats table = table_of(first, 4, dim);
      for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t i = 0; i < dim / 2; ++i) {
          const auto frequency =
              static_cast<float>(std::pow(kTheta, -2.0 * static_cast<double>(i) / static_cast<double>(dim)));
          const double angle = static_cast<double>(first + row) * static_cast<double>(frequency);
          EXPECT_NEAR(table[row * dim + i], std::cos(angle), 1e-7);
          EXPECT_NEAR(table[row * dim + dim / 2 + i], std::sin(angle), 1e-7);
        }
    }
}

/// One head by the book: its RMSNorm, then each pair of numbers turned.
struct PlainHead {
  double rstd = 0;
  Doubles out;

  PlainHead(const float* x, const Floats& weight, const float* table) : out(weight.size()) {
    const std::size_t dim = weight.size(), half = dim / 2;
    for (std::size_t i = 0; i < dim; ++i) rstd += static_cast<double>(x[i]) * x[i] / static_cast<double>(dim);
    rstd = 1 / std::sqrt(rstd + kRmsNormEps);
    for (std::size_t i = 0; i < half; ++i) {
      const double a = x[i] * rstd * weight[i], b = x[half + i] * rstd * weight[half + i];
      out[i] = a * table[i] - b * table[half + i];
      out[half + i] = b * table[i] + a * table[half + i];
    }
  }
};

const AttentionShape kShapes[] = {{1, 1, 1, 2},      {2, 3, 2, 6},     {1, 37, 4, 8, 2},
                                  {3, 20, 3, 10, 1}, {2, 9, 2, 32, 2}, {1, 5, 6, 4, 3}};

TEST(Rotary, NormalisesAndTurnsQueriesAndKeysAndLeavesValues) {
  for (const AttentionShape& s : kShapes) {
    const std::size_t rows = s.batch * s.time, heads = s.n_head + 2 * s.n_kv_head, dim = s.head_dim;
    SCOPED_TRACE(std::to_string(rows) + " rows of " + std::to_string(heads) + " x " + std::to_string(dim));
    const Floats qkv = test::random_floats(rows * s.qkv_width(), 1, 2),
                 q_weight = test::random_floats(dim, 2), k_weight = test::random_floats(dim, 3),
                 table = table_of(2, s.time, dim);
    Floats out(qkv.size()), rstd(rows * (s.n_head + s.n_kv_head)), alone(qkv.size());
    Doubles expected, rstds;
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t head = 0; head < heads; ++head) {
        const float* x = &qkv[row * s.qkv_width() + head * dim];
        if (head >= s.n_head + s.n_kv_head) {
          expected.insert(expected.end(), x, x + dim);
          continue;
        }
        const PlainHead plain(x, head < s.n_head ? q_weight : k_weight, &table[row % s.time * dim]);
        expected.insert(expected.end(), plain.out.begin(), plain.out.end());
        rstds.push_back(plain.rstd);
      }
    rotary_forward(out.data(), rstd.data(), qkv.data(), q_weight.data(), k_weight.data(), table.data(), s);
    rotary_forward(alone.data(), nullptr, qkv.data(), q_weight.data(), k_weight.data(), table.data(), s);
    EXPECT_TRUE(test::near(out, expected, 2e-6));
    EXPECT_TRUE(test::near(rstd, rstds, 2e-6));
    EXPECT_TRUE(test::same_bits(alone, out));
  }
}

TEST(Rotary, BackwardEqualsTheFormulaAndAddsTheWeights) {
  for (const AttentionShape& s : kShapes) {
    const std::size_t rows = s.batch * s.time, dim = s.head_dim, turned = s.n_head + s.n_kv_head;
    SCOPED_TRACE(std::to_string(rows) + " rows of heads of " + std::to_string(dim));
    const Floats qkv = test::random_floats(rows * s.qkv_width(), 1, 2),
                 q_weight = test::random_floats(dim, 2), k_weight = test::random_floats(dim, 3),
                 table = table_of(2, s.time, dim), dout = test::random_floats(qkv.size(), 4);
    Floats out(qkv.size()), rstd(rows * turned), dqkv = dout, dq_weight(dim, 1.0f), dk_weight(dim, 1.0f);
    rotary_forward(out.data(), rstd.data(), qkv.data(), q_weight.data(), k_weight.data(), table.data(), s);
    rotary_backward(dqkv.data(), dq_weight.data(), dk_weight.data(), qkv.data(), rstd.data(), q_weight.data(),
                    k_weight.data(), table.data(), s);
    Doubles expected(dout.begin(), dout.end()), expected_q(dim, 1.0), expected_k(dim, 1.0);
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t head = 0; head < turned; ++head) {
        const std::size_t at = row * s.qkv_width() + head * dim;
        const Floats& weight = head < s.n_head ? q_weight : k_weight;
        Doubles& dweight = head < s.n_head ? expected_q : expected_k;
        const float* turn = &table[row % s.time * dim];
        const double r = PlainHead(&qkv[at], weight, turn).rstd;
        Doubles d(dim);
        double along = 0;
        for (std::size_t i = 0; i < dim; ++i) {
          const double cos = turn[i % (dim / 2)], sin = turn[dim / 2 + i % (dim / 2)];
          d[i] = i < dim / 2 ? dout[at + i] * cos + dout[at + dim / 2 + i] * sin
                             : dout[at + i] * cos - dout[at + i - dim / 2] * sin;
          dweight[i] += d[i] * qkv[at + i] * r;
          along += d[i] * weight[i] * qkv[at + i];
        }
        for (std::size_t i = 0; i < dim; ++i)
          expected[at + i] =
              d[i] * weight[i] * r - along * qkv[at + i] * r * r * r / static_cast<double>(dim);
      }
    EXPECT_TRUE(test::near(dqkv, expected, 1e-5));
    EXPECT_TRUE(test::near(dq_weight, expected_q, 1e-5));
    EXPECT_TRUE(test::near(dk_weight, expected_k, 1e-5));
  }
}

TEST(Rotary, AQueryAndAKeyMeetAsTheirDistanceSays) {
  const std::size_t dim = 16;
  const Floats x = test::random_floats(3 * dim, 5), ones(dim, 1.0f);
  const auto turned = [&](std::size_t position) {
    const Floats table = table_of(position, 1, dim);
    Floats out(3 * dim);
    rotary_forward(out.data(), nullptr, x.data(), ones.data(), ones.data(), table.data(), {1, 1, 1, dim});
    return out;
  };
  const auto score = [&](std::size_t query, std::size_t key) {
    const Floats q = turned(query), k = turned(key);
    double sum = 0;
    for (std::size_t i = 0; i < dim; ++i) sum += static_cast<double>(q[i]) * k[dim + i];
    return sum;
  };
  for (const std::size_t shift : {1, 100, 100'000}) {
    EXPECT_NEAR(score(9 + shift, 4 + shift), score(9, 4), 2e-5) << shift;
    EXPECT_NE(score(9 + shift, 4), score(9, 4)) << shift;
  }
}

TEST(Rotary, TheNumberOfThreadsDoesNotChangeTheBits) {
  const AttentionShape s{3, 70, 4, 12, 2};
  const std::size_t rows = s.batch * s.time, turned = s.n_head + s.n_kv_head;
  const Floats qkv = test::random_floats(rows * s.qkv_width(), 6), weight = test::random_floats(12, 7),
               table = table_of(0, s.time, 12), dout = test::random_floats(qkv.size(), 8);
  Floats first, first_gradient;
  for (int threads = 1; threads <= 4; ++threads) {
    const test::ThreadScope scope(threads);
    Floats out(qkv.size()), rstd(rows * turned), dqkv = dout, dweights(24, 0.0f);
    rotary_forward(out.data(), rstd.data(), qkv.data(), weight.data(), weight.data(), table.data(), s);
    rotary_backward(dqkv.data(), dweights.data(), dweights.data() + 12, qkv.data(), rstd.data(),
                    weight.data(), weight.data(), table.data(), s);
    dqkv.insert(dqkv.end(), dweights.begin(), dweights.end());
    if (threads == 1) first = out, first_gradient = dqkv;
    EXPECT_TRUE(test::same_bits(out, first)) << threads;
    EXPECT_TRUE(test::same_bits(dqkv, first_gradient)) << threads;
  }
}

}  // namespace
}  // namespace mini_llm
