#include "kernels/orthogonalize.h"

#include <algorithm>
#include <iterator>

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

/// One step is X <- (a·I + b·A + c·A²)·X with A = X·Xᵀ, that is, s <- a·s + b·s³ + c·s⁵ for every singular
/// value s.
struct Step {
  float a, b, c;
};
/// Each the best odd polynomial for what the steps before it leave of [0.001, 1] (Amsel, Persson, Musco and
/// Gower, "The Polar Express", 2025).
constexpr Step kSteps[] = {{8.2872f, -23.5959f, 17.3004f},
                           {4.1071f, -2.9478f, 0.5448f},
                           {3.9487f, -2.9089f, 0.5518f},
                           {3.3184f, -2.4885f, 0.5100f},
                           {2.3007f, -1.6689f, 0.4188f}};
constexpr float kMargin = 1.02f;  // rounding must not carry a singular value past where the polynomials hold

constexpr std::size_t kRows = 32;  // of a product at a time

/// out [m, m] = A·B (+ plus), which is known to be symmetric: only what lies left of the diagonal is
/// computed.
void symmetric_product(Output out, MatrixView a, PackedMatrix b, std::size_t m, std::size_t k) {
  for (std::size_t i = 0; i < m; i += kRows) {
    const std::size_t rows = std::min(kRows, m - i);
    gemm_block(out.at(i, 0), {a.data + i * a.row_stride, a.row_stride, a.col_stride}, b, rows, i + rows, k);
  }
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = i + 1; j < m; ++j) out.data[i * m + j] = out.data[j * m + i];
}

void scale(float* x, std::size_t n, float factor) {
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) store(x + i, load(x + i) * splat(factor));
  for (; i < n; ++i) x[i] *= factor;
}

}  // namespace

void orthogonalize(float* x, std::size_t m, std::size_t n) {
  const auto norm = static_cast<float>(__builtin_sqrt(sum_of_squares_here(x, m * n)));
  if (!(norm > 0)) return;
  scale(x, m * n, 1 / (kMargin * norm));
  float* gram = scratch(Scratch::orthogonalize, 2 * m * m + std::max(packed_size(n, m), packed_size(m, n)));
  float* factor = gram + m * m;
  float* packed = factor + m * m;
  const PackedMatrix by_columns{packed, kPanel * n}, by_rows{packed, kPanel * m};
  for (const Step& step : kSteps) {
    pack_here(packed, transposed(x, n), n, m);
    symmetric_product({gram, m}, row_major(x, n), by_columns, m, n);  // A = X·Xᵀ
    pack_here(packed, row_major(gram, m), m, m, step.c);
    std::copy_n(gram, m * m, factor);
    scale(factor, m * m, step.b);
    symmetric_product({factor, m, nullptr, factor}, row_major(gram, m), by_rows, m, m);  // b·A + c·A²
    for (std::size_t i = 0; i < m; ++i) factor[i * m + i] += step.a;
    pack_here(packed, row_major(x, n), m, n);
    for (std::size_t i = 0; i < m; i += kRows)
      gemm_block({x + i * n, n}, row_major(factor + i * m, m), by_rows, std::min(kRows, m - i), n, m);
  }
}

double orthogonalize_flops(std::size_t m, std::size_t n) {
  const double rows = static_cast<double>(m), columns = static_cast<double>(n);
  return std::size(kSteps) * 2 * rows * rows * (1.5 * columns + 0.5 * rows);
}

}  // namespace mini_llm
