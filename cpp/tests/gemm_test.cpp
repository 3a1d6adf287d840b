// The matrix multiplication against the reference, and the promise that an element's bits depend on
// nothing but its row of A and its column of B.
#include "kernels/gemm.h"

#include <cmath>

#include "kernels/random.h"
#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Floats;

/// One product: the layouts of A and B, and the terms added to C.
struct Problem {
  std::size_t m, n, k;
  bool a_transposed = false, b_transposed = false, bias = false, accumulate = false;
  std::size_t padding = 0;  // floats between the rows of A, B and C
};

std::string describe(const Problem& p) {
  return std::to_string(p.m) + "x" + std::to_string(p.n) + "x" + std::to_string(p.k) +
         (p.a_transposed ? " T" : " N") + (p.b_transposed ? "T" : "N") + (p.bias ? " bias" : "") +
         (p.accumulate ? " accumulate" : "") + " padding " + std::to_string(p.padding);
}

/// The matrices of a problem; C is surrounded by floats that must not change.
struct Matrices {
  std::size_t a_stride, b_stride, c_stride;
  Floats a, b, c, bias;

  explicit Matrices(const Problem& p)
      : a_stride((p.a_transposed ? p.m : p.k) + p.padding),
        b_stride((p.b_transposed ? p.k : p.n) + p.padding),
        c_stride(p.n + p.padding),
        a(test::random_floats((p.a_transposed ? p.k : p.m) * a_stride, 1)),
        b(test::random_floats((p.b_transposed ? p.n : p.k) * b_stride, 2)),
        c(test::random_floats(p.m * c_stride, 3)),
        bias(test::random_floats(p.n, 4)) {}

  MatrixView a_view(const Problem& p) const {
    return p.a_transposed ? transposed(a.data(), a_stride) : row_major(a.data(), a_stride);
  }
  MatrixView b_view(const Problem& p) const {
    return p.b_transposed ? transposed(b.data(), b_stride) : row_major(b.data(), b_stride);
  }
  Output output(const Problem& p) {
    return {c.data(), c_stride, p.bias ? bias.data() : nullptr, p.accumulate ? c.data() : nullptr};
  }
};

/// The matrix that a view shows, or the magnitudes of its elements.
reference::Matrix matrix_of(MatrixView v, std::size_t rows, std::size_t columns, bool magnitudes = false) {
  auto matrix = reference::Matrix::from_shape({rows, columns});
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const double x = v.data[i * v.row_stride + j * v.col_stride];
      matrix(i, j) = magnitudes ? std::abs(x) : x;
    }
  return matrix;
}

void check(const Problem& p) {
  SCOPED_TRACE(describe(p));
  Matrices matrices(p);
  const Floats before = matrices.c;
  gemm(matrices.output(p), matrices.a_view(p), matrices.b_view(p), p.m, p.n, p.k);
  const auto product = [&](bool magnitudes) {
    return reference::matmul(matrix_of(matrices.a_view(p), p.m, p.k, magnitudes),
                             matrix_of(matrices.b_view(p), p.k, p.n, magnitudes));
  };
  const reference::Matrix products = product(false), magnitudes = product(true);
  for (std::size_t i = 0; i < p.m; ++i)
    for (std::size_t j = 0; j < matrices.c_stride; ++j) {
      const std::size_t index = i * matrices.c_stride + j;
      if (j >= p.n) {
        ASSERT_EQ(matrices.c[index], before[index]) << "the padding after row " << i << " was written to";
        continue;
      }
      const double plus = (p.bias ? matrices.bias[j] : 0.0f) + (p.accumulate ? before[index] : 0.0f);
      ASSERT_NEAR(matrices.c[index], products(i, j) + plus, 1e-6 * (magnitudes(i, j) + std::abs(plus)) + 1e-6)
          << "row " << i << ", column " << j;
    }
}

void check_all_forms(std::size_t m, std::size_t n, std::size_t k, std::size_t padding) {
  for (int form = 0; form < 16 && !::testing::Test::HasFailure(); ++form)
    check({m, n, k, (form & 1) != 0, (form & 2) != 0, (form & 4) != 0, (form & 8) != 0, padding});
}

TEST(Gemm, EqualsTheReferenceOnOddSizes) {
  Rng rng(7, Stream::batch);
  const auto size = [&] { return static_cast<std::size_t>(1 + rng.below(70)); };
  for (int i = 0; i < 40; ++i) {
    const std::size_t m = size(), n = size(), k = size();
    check_all_forms(m, n, k, rng.below(4));
  }
}

TEST(Gemm, EqualsTheReferenceOnTheSmallestSizes) {
  for (std::size_t m = 1; m <= 5; ++m)
    for (std::size_t n : {1, 4, 7, 8, 9}) check_all_forms(m, n, m + n - 1, 1);
}

TEST(Gemm, EqualsTheReferenceWhereKIsCutIntoBlocks) {
  for (std::size_t k : {255, 256, 257, 512, 600}) check_all_forms(6, 13, k, 3);
  check_all_forms(1, 70, 300, 0);
}

TEST(Gemm, EqualsTheReferenceWhereItIsCutIntoTasks) { check_all_forms(130, 270, 19, 2); }

TEST(Gemm, WithoutAnyKIsTheBias) { check_all_forms(3, 9, 0, 1); }

/// C for the given rows only.
Floats rows_alone(const Problem& p, Matrices matrices, std::size_t first, std::size_t count) {
  const Output c = matrices.output(p).at(first, 0);
  MatrixView a = matrices.a_view(p);
  a.data += first * a.row_stride;
  gemm(c, a, matrices.b_view(p), count, p.n, p.k);
  return {c.data, c.data + count * c.row_stride};
}

TEST(Gemm, ARowsBitsDoNotDependOnHowManyRowsAreComputed) {
  for (const Problem& p :
       {Problem{70, 37, 300}, Problem{70, 64, 40, false, true, true, true},
        Problem{70, 70, 513, false, false, true, false}, Problem{70, 37, 300, true, false, true}}) {
    SCOPED_TRACE(describe(p));
    const Matrices matrices(p);
    const Floats all = rows_alone(p, matrices, 0, p.m);
    for (std::size_t count : {1, 2, 3, 4, 5, 64})
      for (std::size_t first = 0; first + count <= p.m; ++first)
        ASSERT_TRUE(test::same_bits(rows_alone(p, matrices, first, count),
                                    {all.begin() + static_cast<std::ptrdiff_t>(first * p.n),
                                     all.begin() + static_cast<std::ptrdiff_t>((first + count) * p.n)}))
            << count << " rows from " << first;
  }
}

TEST(Gemm, AnElementsBitsDoNotDependOnHowManyColumnsAreComputed) {
  const Problem wide{6, 71, 300, false, false, true};
  Matrices all(wide);
  gemm(all.output(wide), all.a_view(wide), all.b_view(wide), wide.m, wide.n, wide.k);
  for (std::size_t n : {1, 7, 8, 9, 31, 32, 33, 70}) {
    Matrices some(wide);
    gemm(some.output(wide), some.a_view(wide), some.b_view(wide), wide.m, n, wide.k);
    for (std::size_t i = 0; i < wide.m; ++i) {
      const auto row = [&](const Floats& c) {
        const auto begin = c.begin() + static_cast<std::ptrdiff_t>(i * wide.n);
        return Floats(begin, begin + static_cast<std::ptrdiff_t>(n));
      };
      ASSERT_TRUE(test::same_bits(row(some.c), row(all.c))) << n << " columns, row " << i;
    }
  }
}

TEST(Gemm, HowAMatrixIsStoredDoesNotChangeTheBits) {
  const Problem p{21, 30, 290};
  Matrices matrices(p);
  gemm(matrices.output(p), matrices.a_view(p), matrices.b_view(p), p.m, p.n, p.k);
  Floats a_columns(matrices.a.size()), b_columns(matrices.b.size()), c(matrices.c.size());
  for (std::size_t i = 0; i < p.m; ++i)
    for (std::size_t j = 0; j < p.k; ++j) a_columns[j * p.m + i] = matrices.a[i * p.k + j];
  for (std::size_t i = 0; i < p.k; ++i)
    for (std::size_t j = 0; j < p.n; ++j) b_columns[j * p.k + i] = matrices.b[i * p.n + j];
  gemm({c.data(), p.n}, transposed(a_columns.data(), p.m), transposed(b_columns.data(), p.k), p.m, p.n, p.k);
  EXPECT_TRUE(test::same_bits(c, matrices.c));
}

TEST(Gemm, TheNumberOfThreadsDoesNotChangeTheBits) {
  for (const Problem& p : {Problem{200, 300, 280}, Problem{200, 300, 90, true, false, true, true}}) {
    Floats with_one;
    for (int n = 1; n <= 4; ++n) {
      const test::ThreadScope scope(n);
      Matrices matrices(p);
      gemm(matrices.output(p), matrices.a_view(p), matrices.b_view(p), p.m, p.n, p.k);
      if (n == 1) with_one = matrices.c;
      EXPECT_TRUE(test::same_bits(matrices.c, with_one)) << n << " threads";
    }
  }
}

TEST(Gemm, AddsUpTheColumnsOfBRowByRow) {
  for (const bool b_transposed : {false, true})
    for (std::size_t n : {1, 8, 31, 32, 70, 100}) {
      const Problem p{5, n, 260, false, b_transposed, false, false, 3};
      Matrices matrices(p);
      Floats sums = test::random_floats(n, 5), expected = sums;
      for (std::size_t i = 0; i < p.k; ++i)
        for (std::size_t j = 0; j < n; ++j) {
          const MatrixView b = matrices.b_view(p);
          expected[j] += b.data[i * b.row_stride + j * b.col_stride];
        }
      Matrices without(p);
      gemm(without.output(p), without.a_view(p), without.b_view(p), p.m, n, p.k);
      gemm(matrices.output(p), matrices.a_view(p), matrices.b_view(p), p.m, n, p.k, sums.data());
      EXPECT_TRUE(test::same_bits(sums, expected)) << describe(p);
      EXPECT_TRUE(test::same_bits(matrices.c, without.c)) << describe(p);
    }
}

TEST(Gemm, MeasuresItsOwnPeak) { EXPECT_GT(gemm_peak(0.01), 1e8); }

}  // namespace
}  // namespace mini_llm
