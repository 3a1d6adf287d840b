// Matrix products in int8 (after Dettmers et al. 2022, "LLM.int8()"): a column of weights becomes whole
// numbers from -127 to 127 times one float; a row of activations becomes larger whole numbers, as large as an
// exact sum in 32 bits allows.
#include <algorithm>

#include "reference/reference.h"

namespace mini_llm::reference {

namespace {

constexpr float kWeightLevels = 127;

/// Whole numbers from -levels to levels; `largest` is the largest magnitude of each row or column.
Quantized quantize(const FloatMatrix& x, const FloatMatrix& largest, float levels) {
  return {xt::rint(x * (levels / xt::maximum(largest, 1e-30f))), largest / levels};
}

/// The largest sum, 127·levels·k with k padded to a multiple of 4, must fit into int32.
float activation_levels(std::size_t k) {
  const std::size_t padded = (k + 3) / 4 * 4;
  return static_cast<float>(std::min<std::size_t>(32767, 2147483647 / 127 / padded));
}

}  // namespace

Quantized quantize_rows(const FloatMatrix& a) {
  const FloatMatrix largest = xt::amax(xt::abs(a), {1}, xt::keep_dims | xt::evaluation_strategy::immediate);
  return quantize(a, largest, activation_levels(a.shape(1)));
}

Quantized quantize_columns(const FloatMatrix& b) {
  const FloatMatrix largest = xt::amax(xt::abs(b), {0}, xt::keep_dims | xt::evaluation_strategy::immediate);
  return quantize(b, largest, kWeightLevels);
}

/// The sums of whole numbers are exact; one rounding makes them float, then come the scales.
FloatMatrix int8_matmul(const FloatMatrix& a, const FloatMatrix& b) {
  const Quantized rows = quantize_rows(a), columns = quantize_columns(b);
  const FloatMatrix sums = xt::cast<float>(matmul(rows.numbers, columns.numbers));
  return sums * (rows.scales * columns.scales);
}

}  // namespace mini_llm::reference
