#include "kernels/gemm.h"

#include <algorithm>
#include <chrono>

#include "kernels/parallel.h"

namespace mini_llm {

namespace {

// The last panel's edge is rare, so these two are out of line instead of once in every tile.

/// Up to 8 floats, then zeros.
[[gnu::noinline]] void load_part(f32x4* to, const float* from, std::size_t columns) {
  float whole[kPanel] = {};
  std::copy_n(from, columns, whole);
  to[0] = load(whole);
  to[1] = load(whole + 4);
}

[[gnu::noinline]] void store_part(float* to, f32x4 first, f32x4 second, std::size_t columns) {
  float whole[kPanel];
  store(whole, first);
  store(whole + 4, second);
  std::copy_n(whole, columns, to);
}

/// A tile of C starts from bias + plus, either of which may be absent.
template <int kRows>
void begin_tile(f32x4 (&acc)[kRows][2], const Output& c, std::size_t columns) {
  f32x4 bias[2] = {splat(0), splat(0)};
  if (c.bias != nullptr) {
    if (columns >= kPanel) {
      bias[0] = load(c.bias);
      bias[1] = load(c.bias + 4);
    } else {
      load_part(bias, c.bias, columns);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    acc[r][0] = bias[0];
    acc[r][1] = bias[1];
  }
  if (c.plus == nullptr) return;
  for (int r = 0; r < kRows; ++r) {
    const float* from = c.plus + r * c.row_stride;
    f32x4 plus[2];
    if (columns >= kPanel) {
      plus[0] = load(from);
      plus[1] = load(from + 4);
    } else {
      load_part(plus, from, columns);
    }
    acc[r][0] = plus[0] + acc[r][0];
    acc[r][1] = plus[1] + acc[r][1];
  }
}

template <int kRows>
void end_tile(const Output& c, const f32x4 (&acc)[kRows][2], std::size_t columns) {
  for (int r = 0; r < kRows; ++r) {
    float* to = c.data + r * c.row_stride;
    if (columns >= kPanel) {
      store(to, acc[r][0]);
      store(to + 4, acc[r][1]);
    } else {
      store_part(to, acc[r][0], acc[r][1], columns);
    }
  }
}

/// kRows rows of A against one panel of B.
template <int kRows>
void tile(const Output& c, MatrixView a, const float* panel, std::size_t columns, std::size_t k) {
  f32x4 acc[kRows][2];
  begin_tile<kRows>(acc, c, columns);
  const bool packed = a.col_stride != 1;  // by pack_tiles
  if (kRows < static_cast<int>(kTileRows))
    multiply_tile<kRows>(acc, a.data, packed ? 1 : a.row_stride, packed ? kTileRows : 1, panel, k);
  else if (packed)  // most of the work is done in these two loops, whose strides the compiler knows
    multiply_tile<kRows>(acc, a.data, 1, kTileRows, panel, k);
  else
    multiply_tile<kRows>(acc, a.data, a.row_stride, 1, panel, k);
  end_tile<kRows>(c, acc, columns);
}

/// One row against several panels at once: more independent chains of madds hide their latency.
template <std::size_t kPanels>
void row_of_panels(const Output& c, const float* a, PackedMatrix b, std::size_t columns, std::size_t k) {
  f32x4 acc[kPanels][1][2];
  for (std::size_t j = 0; j < kPanels; ++j) begin_tile<1>(acc[j], c.at(0, j * kPanel), columns - j * kPanel);
  const float* p = b.data;
  for (std::size_t i = 0; i < k; ++i, p += kPanel) {
    const f32x4 x = splat(a[i]);
    for (std::size_t j = 0; j < kPanels; ++j) {
      acc[j][0][0] = madd(x, load(p + j * b.stride), acc[j][0][0]);
      acc[j][0][1] = madd(x, load(p + j * b.stride + 4), acc[j][0][1]);
    }
  }
  for (std::size_t j = 0; j < kPanels; ++j) end_tile<1>(c.at(0, j * kPanel), acc[j], columns - j * kPanel);
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

void one_row(const Output& c, const float* a, PackedMatrix b, std::size_t n, std::size_t k) {
  std::size_t left = panels(n), j = 0;
  for (; left >= 4; left -= 4, j += 4 * kPanel) {
    row_of_panels<4>(c.at(0, j), a, b, n - j, k);
    b.data += 4 * b.stride;
  }
  for (; left > 0; --left, j += kPanel) {
    row_of_panels<1>(c.at(0, j), a, b, n - j, k);
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
      store(out, load(from) * by);
      store(out + 4, load(from + 4) * by);
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
constexpr std::size_t kPackedTogether = 4;

/// Packs kPackedTogether whole panels of a matrix with contiguous rows, and sums up their columns.
void pack_together(float* out, MatrixView b, std::size_t k, float* column_sums) {
  constexpr std::size_t kVectors = kPackedTogether * kPanel / 4;
  f32x4 sums[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v)
    sums[v] = column_sums == nullptr ? splat(0) : load(column_sums + 4 * v);
  for (std::size_t i = 0; i < k; ++i) {
    const float* from = b.data + i * b.row_stride;
    for (std::size_t v = 0; v < kVectors; ++v) {
      const f32x4 four = load(from + 4 * v);
      store(out + v / 2 * k * kPanel + i * kPanel + v % 2 * 4, four);
      sums[v] = sums[v] + four;
    }
  }
  if (column_sums == nullptr) return;
  for (std::size_t v = 0; v < kVectors; ++v) store(column_sums + 4 * v, sums[v]);
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
    for (std::size_t j = 0; j < n; j += kPanel) {
      one_panel(to.at(0, j), block, packed_a, from.data, n - j, m, depth);
      from.data += from.stride;
    }
  }
}

void gemm_packed(Output c, MatrixView a, PackedMatrix b, std::size_t m, std::size_t n, std::size_t k) {
  constexpr std::size_t kTaskRows = 32;
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
