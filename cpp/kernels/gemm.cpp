#include "kernels/gemm.h"

#include <algorithm>
#include <chrono>

#include "kernels/parallel.h"

namespace mini_llm {

namespace {

/// One row of a finished tile into C: acc, then bias, then C's old value, in that order for every tile's
/// shape.
void write_row(float* out, const f32x4* acc, const float* bias, bool accumulate, std::size_t columns) {
  if (columns >= kPanel) {
    for (int half = 0; half < 2; ++half) {
      f32x4 v = acc[half];
      if (bias != nullptr) v = v + load(bias + 4 * half);
      if (accumulate) v = v + load(out + 4 * half);
      store(out + 4 * half, v);
    }
    return;
  }
  for (std::size_t j = 0; j < columns; ++j) {
    float v = acc[j / 4][j % 4];
    if (bias != nullptr) v = v + bias[j];
    if (accumulate) v = v + out[j];
    out[j] = v;
  }
}

/// kRows rows of A against one panel of B.
template <int kRows>
void tile(Output c, MatrixView a, const float* panel, std::size_t columns, std::size_t k) {
  f32x4 acc[kRows][2];
  if (a.col_stride == 1)
    multiply_tile<kRows>(acc, a.data, a.row_stride, 1, panel, k);
  else
    multiply_tile<kRows>(acc, a.data, 1, kTileRows, panel, k);  // packed by pack_tiles
  for (int r = 0; r < kRows; ++r) write_row(c.data + r * c.row_stride, acc[r], c.bias, c.accumulate, columns);
}

/// One row against four panels at once: a single row's two chains of madds would wait for each other.
void row_of_four_panels(Output c, const float* a, PackedMatrix b, std::size_t columns, std::size_t k) {
  f32x4 acc[4][2];
  for (auto& pair : acc) pair[0] = pair[1] = splat(0);
  const float* p = b.data;
  for (std::size_t i = 0; i < k; ++i, p += kPanel) {
    const f32x4 x = splat(a[i]);
    for (std::size_t j = 0; j < 4; ++j) {
      acc[j][0] = madd(x, load(p + j * b.stride), acc[j][0]);
      acc[j][1] = madd(x, load(p + j * b.stride + 4), acc[j][1]);
    }
  }
  for (std::size_t j = 0; j < 4; ++j)
    write_row(c.data + j * kPanel, acc[j], c.bias == nullptr ? nullptr : c.bias + j * kPanel, c.accumulate,
              columns - j * kPanel);
}

/// A [m, k] stored column by column (row_stride 1) into tiles of four rows: out[tile][k][4].
void pack_tiles(float* out, MatrixView a, std::size_t m, std::size_t k) {
  for (std::size_t i = 0; i < m; i += kTileRows) {
    const float* from = a.data + i;
    if (i + kTileRows <= m) {
      for (std::size_t j = 0; j < k; ++j, out += kTileRows) store(out, load(from + j * a.col_stride));
    } else {
      for (std::size_t j = 0; j < k; ++j, out += kTileRows)
        for (std::size_t r = 0; r < kTileRows; ++r) out[r] = i + r < m ? from[j * a.col_stride + r] : 0;
    }
  }
}

void one_row(Output c, MatrixView a, PackedMatrix b, std::size_t n, std::size_t k) {
  std::size_t j = 0;
  for (; j + 3 * kPanel < n; j += 4 * kPanel) {
    row_of_four_panels(c, a.data, b, n - j, k);
    c.data += 4 * kPanel;
    if (c.bias != nullptr) c.bias += 4 * kPanel;
    b.data += 4 * b.stride;
  }
  for (; j < n; j += kPanel) {
    tile<1>(c, a, b.data, n - j, k);
    c.data += kPanel;
    if (c.bias != nullptr) c.bias += kPanel;
    b.data += b.stride;
  }
}

/// All rows of A against one panel of B.
void one_panel(Output c, MatrixView a, bool packed_a, const float* panel, std::size_t columns, std::size_t m,
               std::size_t k) {
  const std::size_t tile_step = packed_a ? kTileRows * k : kTileRows * a.row_stride;
  for (std::size_t i = 0; i < m; i += kTileRows) {
    switch (m - i) {
      case 1:
        tile<1>(c, a, panel, columns, k);
        break;
      case 2:
        tile<2>(c, a, panel, columns, k);
        break;
      case 3:
        tile<3>(c, a, panel, columns, k);
        break;
      default:
        tile<4>(c, a, panel, columns, k);
    }
    c.data += kTileRows * c.row_stride;
    a.data += tile_step;
  }
}

}  // namespace

void pack_panel(float* out, MatrixView b, std::size_t k, std::size_t columns) {
  const float* from = b.data;
  for (std::size_t i = 0; i < k; ++i, out += kPanel, from += b.row_stride) {
    if (columns >= kPanel && b.col_stride == 1) {
      store(out, load(from));
      store(out + 4, load(from + 4));
    } else {
      for (std::size_t j = 0; j < kPanel; ++j) out[j] = j < columns ? from[j * b.col_stride] : 0;
    }
  }
}

void pack(float* out, MatrixView b, std::size_t k, std::size_t n) {
  parallel_chunks(panels(n), 4, [&](std::size_t first, std::size_t last) {
    for (std::size_t j = first; j < last; ++j)
      pack_panel(out + j * kPanel * k, {b.data + j * kPanel * b.col_stride, b.row_stride, b.col_stride}, k,
                 n - j * kPanel);
  });
}

void gemm_block(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k) {
  const bool packed_a = a.col_stride != 1;
  for (std::size_t k0 = 0; k0 < k || k0 == 0; k0 += kBlockK) {
    const std::size_t depth = std::min(kBlockK, k - k0);
    MatrixView block{a.data + k0 * a.col_stride, a.row_stride, a.col_stride};
    if (packed_a) {
      float* tiles = scratch(Scratch::pack_a, (m + kTileRows - 1) / kTileRows * kTileRows * depth);
      pack_tiles(tiles, block, m, depth);
      block.data = tiles;
    }
    Output to = c;
    if (k0 > 0) {
      to.bias = nullptr;
      to.accumulate = true;
    }
    PackedMatrix from{b.data + k0 * kPanel, b.stride};
    if (m == 1 && !packed_a) {
      one_row(to, block, from, n, depth);
      continue;
    }
    for (std::size_t j = 0; j < n; j += kPanel) {
      one_panel(to, block, packed_a, from.data, n - j, m, depth);
      to.data += kPanel;
      if (to.bias != nullptr) to.bias += kPanel;
      from.data += from.stride;
    }
  }
}

void gemm_packed(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k) {
  constexpr std::size_t kTaskRows = 64, kTaskColumns = 256;
  const std::size_t row_tasks = (m + kTaskRows - 1) / kTaskRows;
  const std::size_t column_tasks = (n + kTaskColumns - 1) / kTaskColumns;
  const auto block = [&](std::size_t task) {
    const std::size_t i = task % row_tasks * kTaskRows, j = task / row_tasks * kTaskColumns;
    Output to = c;
    to.data += i * c.row_stride + j;
    if (c.bias != nullptr) to.bias += j;
    gemm_block(to, {a.data + i * a.row_stride, a.row_stride, a.col_stride},
               {b.data + j / kPanel * b.stride, b.stride}, std::min(kTaskRows, m - i),
               std::min(kTaskColumns, n - j), k);
  };
  parallel_for(row_tasks * column_tasks, block, m * n * k);
}

void gemm(Output c, MatrixView a, MatrixView b, std::size_t m, std::size_t n, std::size_t k) {
  float* packed = scratch(Scratch::pack_b, packed_size(k, n));
  pack(packed, b, k, n);
  gemm_packed(c, a, {packed, kPanel * k}, m, n, k);
}

double gemm_peak(double seconds) {
  constexpr std::size_t kRows = 32, kColumns = 32;
  float a[kRows * kBlockK], b[kColumns * kBlockK], c[kRows * kColumns];
  std::fill(std::begin(a), std::end(a), 1e-3f);
  std::fill(std::begin(b), std::end(b), 1e-3f);
  std::fill(std::begin(c), std::end(c), 0.0f);
  using Clock = std::chrono::steady_clock;
  double best = 0;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    constexpr int kTimes = 40;
    const auto start = Clock::now();
    for (int i = 0; i < kTimes; ++i)
      gemm_block({c, kColumns, nullptr, true}, row_major(a, kBlockK), {b, kPanel * kBlockK}, kRows, kColumns,
                 kBlockK);
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const double flops = 2.0 * kTimes * kRows * kColumns * kBlockK;
    // The product is used, so that no compiler may drop it.
    if (elapsed > 0 && c[kRows] > 0) best = std::max(best, flops / elapsed);
  }
  return best;
}

}  // namespace mini_llm
