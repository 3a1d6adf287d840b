#include "kernels/int8.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <new>

#include "kernels/parallel.h"

namespace mini_llm {

namespace {

constexpr f32x4 kMagic = {12582912, 12582912, 12582912, 12582912};  // 1.5·2^23: adding it rounds

/// The larger magnitude of each lane, as bits. These sort as the numbers do, with infinity and then NaN above
/// all, so neither is lost.
i32x4 larger_magnitude(i32x4 largest, f32x4 x) {
  const i32x4 bits = (i32x4)x & 0x7fffffff;
  const i32x4 larger = bits > largest;
  return (bits & larger) | (largest & ~larger);
}

/// Maps numbers up to `largest` to integers up to `levels`.
struct Quantizer {
  f32x4 scale, inverse, levels;

  Quantizer(f32x4 largest, float levels)
      : scale(largest / splat(levels)),
        // Never infinite: numbers near zero round to zero.
        inverse(splat(levels) / max(splat(1e-30f), largest)),
        levels(splat(levels)) {}

  i32x4 round(f32x4 x) const {
    const f32x4 inside = max(-levels, min(x * inverse, levels));  // NaN becomes a level, too
    return (i32x4)(inside + kMagic) - (i32x4)kMagic;
  }
};

void quantize_panel(std::int8_t* out, float* scales, const float* panel, std::size_t k) {
  i32x4 largest[kVectors] = {};
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t v = 0; v < kVectors; ++v)
      largest[v] = larger_magnitude(largest[v], load(panel + i * kPanel + 4 * v));
  for (std::size_t v = 0; v < kVectors; ++v) {
    const Quantizer quantizer((f32x4)largest[v], kInt8Levels);
    store(scales + 4 * v, quantizer.scale);
    for (std::size_t i = 0; i < int8_depth(k); ++i) {
      const i32x4 rounded = i < k ? quantizer.round(load(panel + i * kPanel + 4 * v)) : i32x4{};
      std::int8_t* to = out + i / 2 * 2 * kPanel + 8 * v + i % 2;
      for (std::size_t j = 0; j < 4; ++j) to[2 * j] = static_cast<std::int8_t>(rounded[j]);
    }
  }
}

/// Rows of activations as integers.
struct Int16Rows {
  std::int16_t* data;  // [m, depth]
  float* scales;       // [m]
  std::size_t depth;
};

/// The most levels that int16 can hold and int32 can sum exactly.
float activation_levels(std::size_t depth) {
  constexpr std::size_t kLargestSum = std::numeric_limits<std::int32_t>::max();
  return static_cast<float>(std::min<std::size_t>(32767, kLargestSum / kInt8Levels / depth));
}

void quantize_row(const Int16Rows& rows, std::size_t row, const float* x, std::size_t k) {
  i32x4 bits = {};
  std::size_t i = 0;
  for (; i + 4 <= k; i += 4) bits = larger_magnitude(bits, load(x + i));
  f32x4 rest = splat(0);
  for (std::size_t j = i; j < k; ++j) rest[j - i] = x[j];
  bits = larger_magnitude(bits, rest);
  const std::int32_t largest = std::max(std::max(bits[0], bits[1]), std::max(bits[2], bits[3]));
  const Quantizer quantizer(splat(std::bit_cast<float>(largest)), activation_levels(rows.depth));
  rows.scales[row] = quantizer.scale[0];
  std::int16_t* out = rows.data + row * rows.depth;
  const auto store_rounded = [&](std::size_t at, f32x4 v) {
    using i16x4 = std::int16_t __attribute__((vector_size(8)));
    const i16x4 rounded = __builtin_convertvector(quantizer.round(v), i16x4);
    std::memcpy(out + at, &rounded, sizeof rounded);
  };
  for (i = 0; i + 4 <= k; i += 4) store_rounded(i, load(x + i));
  if (i < k) store_rounded(i, rest);
}

/// Writes the first `columns` of a panel's finished row to C and adds bias, then plus. Out of line, so the
/// tiles share it.
[[gnu::noinline]] void write_row(const Output& c, const f32x4* row, std::size_t columns) {
  if (columns >= kPanel) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      f32x4 sum = row[v];
      if (c.bias != nullptr) sum = sum + load(c.bias + 4 * v);
      if (c.plus != nullptr) sum = sum + load(c.plus + 4 * v);
      store(c.data + 4 * v, sum);
    }
    return;
  }
  float whole[kPanel];
  for (std::size_t v = 0; v < kVectors; ++v) store(whole + 4 * v, row[v]);
  for (std::size_t j = 0; j < columns; ++j) {
    float v = whole[j];
    if (c.bias != nullptr) v = v + c.bias[j];
    if (c.plus != nullptr) v = v + c.plus[j];
    c.data[j] = v;
  }
}

/// kRows rows from `row` on times kPanels panels from column `column` on.
template <int kRows, int kPanels>
void tile(const Output& c, const Int16Rows& a, Int8Matrix b, std::size_t row, std::size_t column,
          std::size_t n) {
  const std::size_t stride = kPanel * a.depth;
  const std::int16_t* from = a.data + row * a.depth;
  const std::int8_t* weights = b.data + column / kPanel * stride;
  i32x4 sums[kRows][kPanels][kVectors] = {};
  for (std::size_t i = 0; i < a.depth; i += kInt8Depth)
    for (std::size_t pair = 0; pair < kInt8Depth; pair += 2)
      for (int p = 0; p < kPanels; ++p) {
        const std::int8_t* two_rows = weights + p * stride + (i + pair) * kPanel;
        // Opaque, so that engines do not pack these loads: V8 13.6 (Node 24) computes them wrongly then.
        i16x8 weight[kVectors];
        for (std::size_t v = 0; v < kVectors; ++v) weight[v] = load_widened(opaque(two_rows + 8 * v));
        for (int r = 0; r < kRows; ++r) {
          const i16x8 x = splat_pair(from + r * a.depth + i + pair);
          for (std::size_t v = 0; v < kVectors; ++v) sums[r][p][v] += dot_pairs(x, weight[v]);
        }
      }
  for (int r = 0; r < kRows; ++r)
    for (int p = 0; p < kPanels; ++p) {
      const std::size_t j = column + p * kPanel;
      f32x4 row_sums[kVectors];
      for (std::size_t v = 0; v < kVectors; ++v)
        row_sums[v] = __builtin_convertvector(sums[r][p][v], f32x4) *
                      (splat(a.scales[row + r]) * load(b.scales + j + 4 * v));
      write_row(c.at(row + r, j), row_sums, n - j);
    }
}

constexpr std::size_t kRows = 4;  // of the largest tile

/// Columns [column, end) of rows [row, last).
void block(const Output& c, const Int16Rows& a, Int8Matrix b, std::size_t row, std::size_t last,
           std::size_t column, std::size_t end, std::size_t n) {
  if (last - row == 1) {
    constexpr int kTogether = 16 / kPanel;
    for (; column + (kTogether - 1) * kPanel < end; column += kTogether * kPanel)
      tile<1, kTogether>(c, a, b, row, column, n);
    if (column < end) tile<1, 1>(c, a, b, row, column, n);
    return;
  }
  for (; column < end; column += kPanel)
    for (std::size_t i = row; i < last; i += kRows) {
      switch (last - i) {
        case 1:
          tile<1, 1>(c, a, b, i, column, n);
          break;
        case 2:
          tile<2, 1>(c, a, b, i, column, n);
          break;
        case 3:
          tile<3, 1>(c, a, b, i, column, n);
          break;
        default:
          tile<kRows, 1>(c, a, b, i, column, n);
      }
    }
}

Int16Rows quantize_rows(const float* a, std::size_t m, std::size_t k) {
  const std::size_t depth = int8_depth(k);
  float* scales = scratch(Scratch::int8, m + (m * depth + 1) / 2);
  const Int16Rows rows{::new (static_cast<void*>(scales + m)) std::int16_t[m * depth], scales, depth};
  constexpr std::size_t kChunk = 16;
  parallel_for(
      ceil_div(m, kChunk),
      [=](std::size_t chunk) {
        for (std::size_t i = chunk * kChunk; i < std::min(m, (chunk + 1) * kChunk); ++i)
          quantize_row(rows, i, a + i * k, k);
      },
      product_of(2, m, k));
  return rows;
}

}  // namespace

void quantize(std::int8_t* out, float* scales, MatrixView b, std::size_t k, std::size_t n) {
  parallel_chunks(panels(n), 4, [=](std::size_t first, std::size_t last) {
    float* panel = scratch(Scratch::pack_a, kPanel * k);
    for (std::size_t j = first; j < last; ++j) {
      pack_here(panel, {b.data + j * kPanel * b.col_stride, b.row_stride, b.col_stride}, k,
                std::min(kPanel, n - j * kPanel));
      quantize_panel(out + j * kPanel * int8_depth(k), scales + j * kPanel, panel, k);
    }
  });
}

void gemm_int8(Output c, const float* a, Int8Matrix b, std::size_t m, std::size_t n, std::size_t k) {
  constexpr std::size_t kTaskRows = 64;
  // Columns per task: enough to be worth sharing, few enough that all threads finish together.
  const std::size_t columns = ((std::size_t{1} << 15) / k / (2 * kPanel) + 1) * 2 * kPanel;
  const Int16Rows rows = quantize_rows(a, m, k);
  const std::size_t row_tasks = ceil_div(m, kTaskRows);
  const std::size_t column_tasks = ceil_div(n, columns);
  parallel_for(
      row_tasks * column_tasks,
      [=](std::size_t task) {
        const std::size_t row = task % row_tasks * kTaskRows, column = task / row_tasks * columns;
        block(c, rows, b, row, std::min(row + kTaskRows, m), column, std::min(column + columns, n), n);
      },
      product_of(m, n, k));
}

}  // namespace mini_llm
