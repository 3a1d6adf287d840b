#pragma once
// Matrix multiplication on packed panels. B is packed into panels of kPanel columns; a tile of C, kTileRows
// of them, lives in registers while k runs. Every element of C is one chain of madds in the order of k,
// starting from bias + plus, whatever tile computes it. So a row's bits do not depend on how many rows are
// computed with it, and one token through the KV cache agrees with a whole batch.
#include <cstddef>

#include "kernels/parallel.h"
#include "kernels/simd.h"

namespace mini_llm {

#if defined(MINI_LLM_WIDE)
// For engines that pack pairs of adjacent 128-bit operations into 256-bit ones: 12 wide sums of 16 registers.
inline constexpr std::size_t kPanel = 16;    // columns of a packed panel
inline constexpr std::size_t kTileRows = 6;  // rows of the microkernel's tile
#else
inline constexpr std::size_t kPanel = 8;
inline constexpr std::size_t kTileRows = 4;
#endif
inline constexpr std::size_t kVectors = kPanel / 4;  // 128-bit vectors in a row of a panel
inline constexpr std::size_t kBlockK = 256;          // k runs in blocks: a panel's block fits into L1

/// Element (i, j) of a matrix lies at data[i * row_stride + j * col_stride].
struct MatrixView {
  const float* data;
  std::size_t row_stride;
  std::size_t col_stride;
};

inline MatrixView row_major(const float* data, std::size_t columns) { return {data, columns, 1}; }
inline MatrixView transposed(const float* data, std::size_t columns) { return {data, 1, columns}; }

/// B [K, N] packed: panel j holds the kPanel columns from j·kPanel on, as K rows of kPanel floats, with zeros
/// for missing columns, and starts at data + j * stride.
struct PackedMatrix {
  const float* data;
  std::size_t stride;
};

inline std::size_t panels(std::size_t n) { return ceil_div(n, kPanel); }
inline std::size_t packed_size(std::size_t k, std::size_t n) { return panels(n) * kPanel * k; }

/// Packs B [K, N] into out [packed_size(K, N)] on all threads, and adds the sums of B's columns, row by row,
/// to column_sums [N] unless that is null.
void pack(float* out, MatrixView b, std::size_t k, std::size_t n, float* column_sums = nullptr);
/// Packs factor·B on the calling thread.
void pack_here(float* out, MatrixView b, std::size_t k, std::size_t n, float factor = 1);

/// The output of C = A·B (+ bias) (+ plus): the memory of C and the terms to add.
struct Output {
  float* data;
  std::size_t row_stride;
  const float* bias = nullptr;  // [N], added to each row, or null
  const float* plus = nullptr;  // [M, N] with C's row stride, or null; `data` itself to accumulate

  Output at(std::size_t row, std::size_t column) const {
    const std::size_t offset = row * row_stride + column;
    return {data + offset, row_stride, bias == nullptr ? nullptr : bias + column,
            plus == nullptr ? nullptr : plus + offset};
  }
};

/// C [M, N] = A [M, K] · B [K, N] (+ bias) (+ plus) on the calling thread. Reads A row by row if its
/// col_stride is 1, or packs it first if its row_stride is 1.
void gemm_block(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k);

/// The same on all threads.
void gemm_packed(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k);

/// The same, packing B first as pack does.
void gemm(Output c, MatrixView a, MatrixView b, std::size_t m, std::size_t n, std::size_t k,
          float* column_sums = nullptr);

/// The microkernel's speed on one thread in FLOP/s, measured for about `seconds` on tiles that stay in L1:
/// the peak for model FLOPs utilization (MFU).
double gemm_peak(double seconds);

}  // namespace mini_llm
