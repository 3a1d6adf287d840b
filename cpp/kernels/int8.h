#pragma once
// Matrix products with int8 weights, for generation, whose speed is limited by reading the weights. A column
// of the matrix (an output of the layer) is int8 numbers times one float scale. A row of activations is
// rounded to int16 numbers times one float scale (Dettmers et al. 2022, "LLM.int8()", with finer
// activations). Sums are integers and exact, so a row's bits depend neither on the rows computed with it nor
// on the platform.
#include <cstddef>
#include <cstdint>

#include "kernels/gemm.h"

namespace mini_llm {

inline constexpr std::size_t kInt8Depth = 4;  // k is padded with zeros to a multiple of this
inline constexpr int kInt8Levels = 127;       // weights are from -127 to 127

/// B [K, N] in int8: panel j holds the kPanel columns from j·kPanel on, as kPanel pairs of numbers for every
/// two rows. B(i, j) is about its number times scales[j]. Missing columns have zeros as numbers and scales.
struct Int8Matrix {
  const std::int8_t* data;
  const float* scales;
};

inline std::size_t int8_depth(std::size_t k) { return ceil_div(k, kInt8Depth) * kInt8Depth; }
/// How many numbers and scales a [K, N] matrix has.
inline std::size_t int8_size(std::size_t k, std::size_t n) { return panels(n) * kPanel * int8_depth(k); }
inline std::size_t int8_scales(std::size_t n) { return panels(n) * kPanel; }

/// Rounds B [K, N] on all threads, each column with the smallest scale that holds its largest number.
void quantize(std::int8_t* out, float* scales, MatrixView b, std::size_t k, std::size_t n);

/// C [M, N] = A [M, K] · B [K, N] (+ bias) (+ plus) on all threads; A is row-major without gaps. A NaN or
/// infinity in a row of A or a column of B makes that row or column of C NaN or infinite.
void gemm_int8(Output c, const float* a, Int8Matrix b, std::size_t m, std::size_t n, std::size_t k);

}  // namespace mini_llm
