// Products and sums, from which everything else is made. A reducer inside a broadcast must be evaluated at
// once: left lazy with keep_dims, it gives wrong numbers (xtensor 0.25 and 0.27).
#include "reference/reference.h"

namespace mini_llm::reference {

namespace {

const auto kAtOnce = xt::keep_dims | xt::evaluation_strategy::immediate;

}  // namespace

Matrix matmul(const Matrix& a, const Matrix& b) {
  if (a.shape(1) == 0) return xt::zeros<double>({a.shape(0), b.shape(1)});  // reducers want an element
  const auto by_k = xt::view(a, xt::all(), xt::all(), xt::newaxis());       // [M, K, 1]
  return xt::sum(by_k * b, {1}, xt::evaluation_strategy::immediate);        // of [M, K, N]
}

Matrix row_sums(const Matrix& x) { return xt::sum(x, {1}, kAtOnce); }
Matrix row_means(const Matrix& x) { return xt::mean(x, {1}, kAtOnce); }
Matrix row_maxima(const Matrix& x) { return xt::amax(x, {1}, kAtOnce); }

Matrix one_hot(const Ids& ids, std::size_t classes) {
  const auto rows = xt::adapt(ids, std::array<std::size_t, 2>{ids.size(), 1});
  return xt::cast<double>(xt::equal(rows, xt::arange<std::int32_t>(static_cast<std::int32_t>(classes))));
}

}  // namespace mini_llm::reference
