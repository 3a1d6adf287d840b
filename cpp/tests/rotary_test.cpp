// QK-norm and rotary positions against the reference, and their purpose: only distances matter.
#include "kernels/rotary.h"

#include <cmath>

#include "tests/reference_support.h"

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
      const reference::Angles angles = reference::rotary_angles(first, 4, dim, kTheta);
      for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t i = 0; i < dim / 2; ++i) {
          EXPECT_NEAR(table[row * dim + i], angles.cos(row, i), 1e-7);
          EXPECT_NEAR(table[row * dim + dim / 2 + i], angles.sin(row, i), 1e-7);
        }
    }
}

const AttentionShape kShapes[] = {{1, 1, 1, 2},      {2, 3, 2, 6},     {1, 37, 4, 8, 2},
                                  {3, 20, 3, 10, 1}, {2, 9, 2, 32, 2}, {1, 5, 6, 4, 3}};

reference::Heads heads_of(const AttentionShape& s) { return {s.n_head, s.n_kv_head, s.head_dim}; }

/// The inputs of one call, also in the form of the reference, which takes one sequence at a time.
struct Inputs {
  AttentionShape shape;
  Floats qkv, q_weight, k_weight, table;
  reference::Angles angles;

  explicit Inputs(const AttentionShape& s)
      : shape(s),
        qkv(test::random_floats(s.batch * s.time * s.qkv_width(), 1, 2)),
        q_weight(test::random_floats(s.head_dim, 2)),
        k_weight(test::random_floats(s.head_dim, 3)),
        table(table_of(2, s.time, s.head_dim)),
        angles(reference::rotary_angles(2, s.time, s.head_dim, kTheta)) {}

  std::size_t rows() const { return shape.batch * shape.time; }
  std::size_t heads_with_rstd() const { return shape.n_head + shape.n_kv_head; }
  /// x [batch · time, qkv_width] of sequence `batch`.
  reference::Matrix sequence(const Floats& x, std::size_t batch) const {
    const auto size = static_cast<std::ptrdiff_t>(shape.time * shape.qkv_width());
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(batch) * size;
    return test::matrix_of({begin, begin + size}, shape.qkv_width());
  }
};

TEST(Rotary, NormalizesAndTurnsQueriesAndKeysAndLeavesValues) {
  for (const AttentionShape& s : kShapes) {
    const Inputs in(s);
    SCOPED_TRACE(std::to_string(in.rows()) + " rows of heads of " + std::to_string(s.head_dim));
    Floats out(in.qkv.size()), rstd(in.rows() * in.heads_with_rstd()), alone(out.size());
    rotary_forward(out.data(), rstd.data(), in.qkv.data(), in.q_weight.data(), in.k_weight.data(),
                   in.table.data(), s);
    rotary_forward(alone.data(), nullptr, in.qkv.data(), in.q_weight.data(), in.k_weight.data(),
                   in.table.data(), s);
    Doubles expected;
    for (std::size_t batch = 0; batch < s.batch; ++batch) {
      const Doubles more =
          test::flat(reference::qk_norm_and_rotate(in.sequence(in.qkv, batch), test::vector_of(in.q_weight),
                                                   test::vector_of(in.k_weight), in.angles, heads_of(s)));
      expected.insert(expected.end(), more.begin(), more.end());
    }
    // The rstd of each row's heads, all of the same width.
    const Doubles rstds = test::flat(reference::normalize_rms(test::matrix_of(in.qkv, s.head_dim)).rstd);
    Doubles of_queries_and_keys;
    const std::size_t all_heads = s.n_head + 2 * s.n_kv_head;
    for (std::size_t i = 0; i < rstds.size(); ++i)
      if (i % all_heads < in.heads_with_rstd()) of_queries_and_keys.push_back(rstds[i]);
    EXPECT_TRUE(test::near(out, expected, 2e-6));
    EXPECT_TRUE(test::near(rstd, of_queries_and_keys, 2e-6));
    EXPECT_TRUE(test::same_bits(alone, out));
  }
}

TEST(Rotary, BackwardEqualsTheFormulaAndAddsTheWeights) {
  for (const AttentionShape& s : kShapes) {
    const Inputs in(s);
    SCOPED_TRACE(std::to_string(in.rows()) + " rows of heads of " + std::to_string(s.head_dim));
    const Floats dout = test::random_floats(in.qkv.size(), 4);
    Floats out(in.qkv.size()), rstd(in.rows() * in.heads_with_rstd()), dqkv = dout;
    Floats dq_weight(s.head_dim, 1.0f), dk_weight(s.head_dim, 1.0f);
    rotary_forward(out.data(), rstd.data(), in.qkv.data(), in.q_weight.data(), in.k_weight.data(),
                   in.table.data(), s);
    rotary_backward(dqkv.data(), dq_weight.data(), dk_weight.data(), in.qkv.data(), rstd.data(),
                    in.q_weight.data(), in.k_weight.data(), in.table.data(), s);
    Doubles expected, expected_q(s.head_dim, 1.0), expected_k(s.head_dim, 1.0);
    for (std::size_t batch = 0; batch < s.batch; ++batch) {
      const reference::QkGradients gradients = reference::qk_norm_and_rotate_backward(
          in.sequence(dout, batch), in.sequence(in.qkv, batch), test::vector_of(in.q_weight),
          test::vector_of(in.k_weight), in.angles, heads_of(s));
      const Doubles more = test::flat(gradients.qkv);
      expected.insert(expected.end(), more.begin(), more.end());
      for (std::size_t i = 0; i < s.head_dim; ++i) {
        expected_q[i] += gradients.q_weight(i);
        expected_k[i] += gradients.k_weight(i);
      }
    }
    EXPECT_TRUE(test::near(dqkv, expected, 1e-5));
    EXPECT_TRUE(test::near(dq_weight, expected_q, 1e-5));
    EXPECT_TRUE(test::near(dk_weight, expected_k, 1e-5));
  }
}

TEST(Rotary, ScoresDependOnlyOnTheDistanceOfQueryAndKey) {
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
