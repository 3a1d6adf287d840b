#include "kernels/orthogonalize.h"

#include <algorithm>
#include <iterator>

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

/// One step is X <- F·X with F = a·I + b·A + c·A² and A = X·Xᵀ, so every singular value s becomes a·s + b·s³
/// + c·s⁵.
struct Step {
  float a, b, c;
};
/// Each is the best odd polynomial on the range to which the steps before it map [0.01, 1] (Amsel, Persson,
/// Musco and Gower, "The Polar Express", 2025). With more steps, which reach smaller singular values, models
/// learned no faster.
constexpr Step kSteps[] = {
    {8.0934f, -23.6204f, 17.4462f}, {3.6366f, -2.7219f, 0.5365f}, {2.6613f, -1.9772f, 0.4526f}};
constexpr float kMargin = 1.02f;  // keeps rounding from moving a singular value out of the polynomials' range

constexpr std::size_t kRows = 24;  // computed at a time: whole tiles

/// out [m, m] = A·B (+ plus) of a product known to be symmetric: only blocks up to the diagonal are computed.
/// out must be neither A nor B.
void symmetric_product(Output out, MatrixView a, PackedMatrix b, std::size_t m, std::size_t k) {
  for (std::size_t i = 0; i < m; i += kRows) {
    const std::size_t rows = std::min(kRows, m - i);
    const std::size_t columns = std::min(panels(i + rows) * kPanel, m);  // whole panels
    gemm_block(out.at(i, 0), {a.data + i * a.row_stride, a.row_stride, a.col_stride}, b, rows, columns, k);
  }
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = i + 1; j < m; ++j) out.data[i * m + j] = out.data[j * m + i];
}

/// Scratch matrices [m, m], and a packed one of at most [m, n] or its transpose.
struct Workspace {
  Workspace(std::size_t m, std::size_t n)
      : gram(scratch(Scratch::orthogonalize, 4 * m * m + std::max(packed_size(n, m), packed_size(m, n)))),
        factor(gram + m * m),
        product(factor + m * m),
        spare(product + m * m),
        packed(spare + m * m) {}
  float *gram, *factor, *product, *spare, *packed;
};

/// factor = b·A + c·A², then + a·I, of A = gram.
void make_factor(const Workspace& w, const Step& step, std::size_t m) {
  const PackedMatrix packed{w.packed, kPanel * m};
  pack_here(w.packed, row_major(w.gram, m), m, m, step.c);
  std::copy_n(w.gram, m * m, w.factor);
  scale(w.factor, m * m, step.b);
  symmetric_product({w.factor, m, nullptr, w.factor}, row_major(w.gram, m), packed, m, m);
  for (std::size_t i = 0; i < m; ++i) w.factor[i * m + i] += step.a;
}

/// product = the product of all steps' factors, from A alone. They are polynomials of A, so they commute and
/// are symmetric, and each step turns A into F·A·F. X itself is multiplied once, which saves much if it is
/// wide.
void multiply_factors(Workspace& w, std::size_t m) {
  for (const Step& step : kSteps) {
    make_factor(w, step, m);
    const PackedMatrix factor{w.packed, kPanel * m};
    pack_here(w.packed, row_major(w.factor, m), m, m);
    if (&step == kSteps)
      std::swap(w.product, w.factor);
    else {
      symmetric_product({w.spare, m}, row_major(w.product, m), factor, m, m);
      std::swap(w.product, w.spare);
    }
    if (&step == std::end(kSteps) - 1) return;
    symmetric_product({w.spare, m}, row_major(w.gram, m), factor, m, m);
    symmetric_product({w.gram, m}, row_major(w.spare, m), factor, m, m);
  }
}

}  // namespace

void orthogonalize(float* x, std::size_t m, std::size_t n) {
  const auto norm = static_cast<float>(__builtin_sqrt(sum_of_squares_here(x, m * n)));
  if (!(norm > 0)) return;
  scale(x, m * n, 1 / (kMargin * norm));
  Workspace w(m, n);
  pack_here(w.packed, transposed(x, n), n, m);
  symmetric_product({w.gram, m}, row_major(x, n), {w.packed, kPanel * n}, m, n);
  multiply_factors(w, m);
  pack_here(w.packed, row_major(x, n), m, n);
  for (std::size_t i = 0; i < m; i += kRows)
    gemm_block({x + i * n, n}, row_major(w.product + i * m, m), {w.packed, kPanel * m},
               std::min(kRows, m - i), n, m);
}

double orthogonalize_flops(std::size_t m, std::size_t n) {
  const double rows = static_cast<double>(m), columns = static_cast<double>(n);
  const double products = 4.0 * std::size(kSteps) - 3;  // [m, m], half of each computed
  return rows * rows * (products * rows + 3 * columns);
}

}  // namespace mini_llm
