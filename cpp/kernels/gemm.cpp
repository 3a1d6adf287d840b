#include "kernels/gemm.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "kernels/parallel.h"

namespace mini_llm {

namespace {

/// Row `row` of a tile in memory. Its address is opaque to the compiler, so every vector in it is a constant
/// offset from one base: engines recognize such neighbors and pack two of them into a wider operation.
template <class Float>
Float* row_of(Float* tile, std::size_t row, std::size_t stride) {
  return opaque(tile + row * stride);
}

/// The microkernel: a tile of C = bias + plus + A·panel, whose columns are all there.
template <int kRows>
void whole_tile(const Output& c, const float* a, std::size_t row_stride, std::size_t col_stride,
                const float* panel, std::size_t k) {
  f32x4 acc[kRows][kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) acc[0][v] = c.bias == nullptr ? splat(0) : load(c.bias + 4 * v);
  for (int r = 1; r < kRows; ++r)
    for (std::size_t v = 0; v < kVectors; ++v) acc[r][v] = acc[0][v];
  if (c.plus != nullptr)
    for (int r = 0; r < kRows; ++r) {
      const float* from = row_of(c.plus, r, c.row_stride);
      for (std::size_t v = 0; v < kVectors; ++v) acc[r][v] = load(from + 4 * v) + acc[r][v];
    }
  for (std::size_t i = 0; i < k; ++i) {
    f32x4 b[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) b[v] = load(panel + i * kPanel + 4 * v);
    for (int r = 0; r < kRows; ++r) {
      const f32x4 x = splat(a[r * row_stride + i * col_stride]);
      for (std::size_t v = 0; v < kVectors; ++v) acc[r][v] = madd(x, b[v], acc[r][v]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    float* to = row_of(c.data, r, c.row_stride);
    for (std::size_t v = 0; v < kVectors; ++v) store(to + 4 * v, acc[r][v]);
  }
}

/// kRows rows of A against one panel of B. A is in tiles if pack_tiles packed it, else row-major.
template <int kRows>
void tile(const Output& c, MatrixView a, const float* panel, std::size_t k) {
  const bool packed = a.col_stride != 1;
  if (kRows < static_cast<int>(kTileRows))
    whole_tile<kRows>(c, a.data, packed ? 1 : a.row_stride, packed ? kTileRows : 1, panel, k);
  else if (packed)  // most of the work is done in these two loops, whose strides the compiler knows
    whole_tile<kRows>(c, a.data, 1, kTileRows, panel, k);
  else
    whole_tile<kRows>(c, a.data, a.row_stride, 1, panel, k);
}

/// One row against several panels at once: more independent chains of madds hide their latency.
template <std::size_t kPanels>
void row_of_panels(const Output& c, const float* a, PackedMatrix b, std::size_t k) {
  f32x4 acc[kPanels][kVectors];
  for (std::size_t j = 0; j < kPanels; ++j)
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t at = j * kPanel + 4 * v;
      acc[j][v] = c.bias == nullptr ? splat(0) : load(c.bias + at);
      if (c.plus != nullptr) acc[j][v] = load(c.plus + at) + acc[j][v];
    }
  const float* p = b.data;
  for (std::size_t i = 0; i < k; ++i, p += kPanel) {
    const f32x4 x = splat(a[i]);
    for (std::size_t j = 0; j < kPanels; ++j) {
      const float* row = row_of(p, j, b.stride);
      for (std::size_t v = 0; v < kVectors; ++v) acc[j][v] = madd(x, load(row + 4 * v), acc[j][v]);
    }
  }
  for (std::size_t j = 0; j < kPanels; ++j)
    for (std::size_t v = 0; v < kVectors; ++v) store(c.data + j * kPanel + 4 * v, acc[j][v]);
}

/// Runs fn(c') on a copy of an output that has only some columns of a panel, and copies these back.
template <class F>
void with_whole_panel(const Output& c, std::size_t rows, std::size_t columns, const F& fn) {
  float whole[kTileRows * kPanel], bias[kPanel] = {}, plus[kTileRows * kPanel] = {};
  if (c.bias != nullptr) std::copy_n(c.bias, columns, bias);
  if (c.plus != nullptr)
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(c.plus + r * c.row_stride, columns, plus + r * kPanel);
  fn(Output{whole, kPanel, c.bias == nullptr ? nullptr : bias, c.plus == nullptr ? nullptr : plus});
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(whole + r * kPanel, columns, c.data + r * c.row_stride);
}

/// A [m, k] stored column by column (row_stride 1) into tiles: out[tile][k][kTileRows].
void pack_tiles(float* out, MatrixView a, std::size_t m, std::size_t k) {
  const std::size_t whole = m / kTileRows * kTileRows;
  for (std::size_t j = 0; j < k; ++j) {
    const float* column = a.data + j * a.col_stride;
    float* to = out + j * kTileRows;
    std::size_t i = 0;
    for (; i < whole; i += kTileRows, to += kTileRows * k) {
      constexpr std::size_t kRest = kTileRows - 4;  // the second vector overlaps the first
      store(to, load(column + i));
      store(to + kRest, load(column + i + kRest));
    }
    if (i == m) continue;
    for (std::size_t r = 0; r < kTileRows; ++r) to[r] = i + r < m ? column[i + r] : 0;
  }
}

void one_row(const Output& c, const float* a, PackedMatrix b, std::size_t n, std::size_t k) {
  constexpr std::size_t kTogether = 32 / kPanel;
  std::size_t j = 0;
  for (; j + kTogether * kPanel <= n; j += kTogether * kPanel, b.data += kTogether * b.stride)
    row_of_panels<kTogether>(c.at(0, j), a, b, k);
  for (; j + kPanel <= n; j += kPanel, b.data += b.stride) row_of_panels<1>(c.at(0, j), a, b, k);
  if (j < n)
    with_whole_panel(c.at(0, j), 1, n - j, [=](const Output& whole) { row_of_panels<1>(whole, a, b, k); });
}

/// tile<1>, tile<2> and so on.
template <std::size_t... kRows>
constexpr auto tiles_by_rows(std::index_sequence<kRows...>) {
  return std::array{tile<static_cast<int>(kRows + 1)>...};
}

/// All rows of A against one panel of B.
void one_panel(Output c, MatrixView a, bool packed_a, const float* panel, std::size_t m, std::size_t k) {
  static constexpr auto kSmallTiles = tiles_by_rows(std::make_index_sequence<kTileRows - 1>());
  const std::size_t tile_step = packed_a ? kTileRows * k : kTileRows * a.row_stride;
  for (; m >= kTileRows; m -= kTileRows) {
    tile<kTileRows>(c, a, panel, k);
    c = c.at(kTileRows, 0);
    a.data += tile_step;
  }
  if (m > 0) kSmallTiles[m - 1](c, a, panel, k);
}

/// The same for the last panel, of which C has only some columns.
[[gnu::noinline]] void last_panel(Output c, MatrixView a, bool packed_a, const float* panel,
                                  std::size_t columns, std::size_t m, std::size_t k) {
  const std::size_t tile_step = packed_a ? kTileRows * k : kTileRows * a.row_stride;
  for (std::size_t i = 0; i < m; i += kTileRows) {
    const std::size_t rows = std::min(kTileRows, m - i);
    with_whole_panel(c, rows, columns,
                     [=](const Output& whole) { one_panel(whole, a, packed_a, panel, rows, k); });
    c = c.at(kTileRows, 0);
    a.data += tile_step;
  }
}

}  // namespace

void pack_panel(float* out, MatrixView b, std::size_t k, std::size_t columns, float factor) {
  const f32x4 by = splat(factor);
  std::size_t i = 0;
  if (columns >= kPanel && b.col_stride == 1) {
    for (; i < k; ++i, out += kPanel) {
      const float* from = b.data + i * b.row_stride;
      for_lanes(kPanel,
                [=](auto lanes, std::size_t j) { lanes.store(out + j, lanes.load(from + j) * factor); });
    }
  } else if (columns >= kPanel && b.row_stride == 1) {
    for (; i + 4 <= k; i += 4, out += 4 * kPanel)
      for (std::size_t half = 0; half < kPanel; half += 4) {
        const float* from = b.data + i + half * b.col_stride;
        const Block4x4 block = transposed({load(from), load(from + b.col_stride),
                                           load(from + 2 * b.col_stride), load(from + 3 * b.col_stride)});
        for (std::size_t r = 0; r < 4; ++r) store(out + r * kPanel + half, block.rows[r] * by);
      }
  }
  for (; i < k; ++i, out += kPanel)
    for (std::size_t j = 0; j < kPanel; ++j)
      out[j] = j < columns ? b.data[i * b.row_stride + j * b.col_stride] * factor : 0;
}

void pack_here(float* out, MatrixView b, std::size_t k, std::size_t n, float factor) {
  for (std::size_t j = 0; j < n; j += kPanel)
    pack_panel(out + j * k, {b.data + j * b.col_stride, b.row_stride, b.col_stride}, k, n - j, factor);
}

namespace {

/// Panels that one task packs: two cache lines of a row, so no line is read twice.
constexpr std::size_t kPackedTogether = 32 / kPanel;

/// Packs kPackedTogether whole panels of a matrix with contiguous rows, and sums up their columns.
void pack_together(float* out, MatrixView b, std::size_t k, float* column_sums) {
  using Lanes = WidestLanes;
  constexpr std::size_t kSums = kPackedTogether * kPanel / Lanes::kCount;
  Lanes::Vector sums[kSums] = {};
  if (column_sums != nullptr)
    for (std::size_t s = 0; s < kSums; ++s) sums[s] = Lanes::load(column_sums + s * Lanes::kCount);
  for (std::size_t i = 0; i < k; ++i) {
    const float* from = b.data + i * b.row_stride;
    for (std::size_t s = 0; s < kSums; ++s) {
      const std::size_t column = s * Lanes::kCount;
      const Lanes::Vector loaded = Lanes::load(from + column);
      Lanes::store(out + (column / kPanel * k + i) * kPanel + column % kPanel, loaded);
      sums[s] = sums[s] + loaded;
    }
  }
  if (column_sums == nullptr) return;
  for (std::size_t s = 0; s < kSums; ++s) Lanes::store(column_sums + s * Lanes::kCount, sums[s]);
}

void add_column_sums(float* sums, MatrixView b, std::size_t k, std::size_t columns) {
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < columns; ++j) sums[j] += b.data[i * b.row_stride + j * b.col_stride];
}

}  // namespace

void pack(float* out, MatrixView b, std::size_t k, std::size_t n, float* column_sums) {
  constexpr std::size_t kTaskColumns = kPackedTogether * kPanel;
  const auto some_panels = [&](std::size_t task) {
    const std::size_t j = task * kTaskColumns, columns = std::min(kTaskColumns, n - j);
    const MatrixView from{b.data + j * b.col_stride, b.row_stride, b.col_stride};
    float* sums = column_sums == nullptr ? nullptr : column_sums + j;
    if (columns == kTaskColumns && b.col_stride == 1) {
      pack_together(out + j * k, from, k, sums);
    } else {
      pack_here(out + j * k, from, k, columns);
      if (sums != nullptr) add_column_sums(sums, from, k, columns);
    }
  };
  parallel_for(ceil_div(n, kTaskColumns), some_panels, product_of(k, n));
}

void gemm_block(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k) {
  const bool packed_a = a.col_stride != 1;
  for (std::size_t k0 = 0; k0 < k || k0 == 0; k0 += kBlockK) {
    const std::size_t depth = std::min(kBlockK, k - k0);
    MatrixView block{a.data + k0 * a.col_stride, a.row_stride, a.col_stride};
    if (packed_a) {
      float* tiles = scratch(Scratch::pack_a, ceil_div(m, kTileRows) * kTileRows * depth);
      pack_tiles(tiles, block, m, depth);
      block.data = tiles;
    }
    Output to = c;
    if (k0 > 0) {
      to.bias = nullptr;
      to.plus = to.data;
    }
    PackedMatrix from{b.data + k0 * kPanel, b.stride};
    if (m == 1 && !packed_a) {
      one_row(to, block.data, from, n, depth);
      continue;
    }
    std::size_t j = 0;
    for (; j + kPanel <= n; j += kPanel, from.data += from.stride)
      one_panel(to.at(0, j), block, packed_a, from.data, m, depth);
    if (j < n) last_panel(to.at(0, j), block, packed_a, from.data, n - j, m, depth);
  }
}

void gemm_packed(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k) {
  constexpr std::size_t kTaskRows = 8 * kTileRows;
  // A single row reads every weight once: small tasks give each thread its share.
  const std::size_t task_columns = m == 1 ? 64 : 256;
  const std::size_t row_tasks = ceil_div(m, kTaskRows);
  const std::size_t column_tasks = ceil_div(n, task_columns);
  const auto block = [&](std::size_t task) {
    const std::size_t i = task % row_tasks * kTaskRows, j = task / row_tasks * task_columns;
    gemm_block(c.at(i, j), {a.data + i * a.row_stride, a.row_stride, a.col_stride},
               {b.data + j / kPanel * b.stride, b.stride}, std::min(kTaskRows, m - i),
               std::min(task_columns, n - j), k);
  };
  parallel_for(row_tasks * column_tasks, block, product_of(m, n, k));
}

void gemm(Output c, MatrixView a, MatrixView b, std::size_t m, std::size_t n, std::size_t k,
          float* column_sums) {
  float* packed = scratch(Scratch::pack_b, packed_size(k, n));
  pack(packed, b, k, n, column_sums);
  gemm_packed(c, a, {packed, kPanel * k}, m, n, k);
}

double gemm_peak(double seconds) {
  constexpr std::size_t kRows = 8 * kTileRows, kColumns = 32;
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
      gemm_block({c, kColumns, nullptr, c}, row_major(a, kBlockK), {b, kPanel * kBlockK}, kRows, kColumns,
                 kBlockK);
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const double flops = 2.0 * kTimes * kRows * kColumns * kBlockK;
    // Uses the product, so the compiler cannot drop it.
    if (elapsed > 0 && c[kRows] > 0) best = std::max(best, flops / elapsed);
  }
  return best;
}

}  // namespace mini_llm
