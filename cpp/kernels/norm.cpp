#include "kernels/norm.h"

#include <type_traits>

#include "kernels/elementwise.h"
#include "kernels/parallel.h"
#include "kernels/simd.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 32;

// How a row is normalized: LayerNorm subtracts the mean, RMSNorm does not.

struct LayerNormRow {
  float mean, rstd;

  static LayerNormRow of(const float* x, std::size_t width) {
    const float n = static_cast<float>(width);
    const float mean = sum_over(width, [=](auto lanes, std::size_t i) { return lanes.load(x + i); }) / n;
    const float variance = sum_over(width,
                                    [=](auto lanes, std::size_t i) {
                                      const auto d = lanes.load(x + i) - mean;
                                      return d * d;
                                    }) /
                           n;
    return {mean, 1.0f / sqrt(variance + kLayerNormEps)};
  }
  template <class V>
  V operator()(V x) const {
    return (x - mean) * rstd;
  }
};

struct RmsNormRow {
  float rstd;

  static RmsNormRow of(const float* x, std::size_t width) { return {rms_norm_rstd(x, width)}; }
  template <class V>
  V operator()(V x) const {
    return x * rstd;
  }
};

/// With g = dout·weight and n the normalized x: dx = rstd·(g - mean(g) - n·mean(g·n)). RMSNorm has no
/// mean(g).
template <class Normalize>
void backward_row(Accumulator dx, const float* dout, const float* x, Normalize normalize, const float* weight,
                  std::size_t width) {
  const auto g = [=](auto lanes, std::size_t i) { return lanes.load(dout + i) * lanes.load(weight + i); };
  const auto n = [=](auto lanes, std::size_t i) { return normalize(lanes.load(x + i)); };
  const auto count = static_cast<float>(width);
  const float mean_gn =
      sum_over(width, [=](auto lanes, std::size_t i) { return g(lanes, i) * n(lanes, i); }) / count;
  float mean_g = 0;
  if constexpr (std::is_same_v<Normalize, LayerNormRow>) mean_g = sum_over(width, g) / count;
  for_lanes(width, [=](auto lanes, std::size_t i) {
    if constexpr (std::is_same_v<Normalize, LayerNormRow>)
      dx.add_or_set(i, normalize.rstd * (g(lanes, i) - mean_g - n(lanes, i) * mean_gn));
    else
      dx.add_or_set(i, normalize.rstd * (g(lanes, i) - n(lanes, i) * mean_gn));
  });
}

/// Adds up the gradients of weight and bias over the rows, in order; each thread takes some columns.
/// row_of(row) is the row's LayerNormRow or RmsNormRow. dbias may be null.
template <class RowOf>
void backward_weights(float* dweight, float* dbias, const float* dout, const float* x, const RowOf& row_of,
                      std::size_t rows, std::size_t width) {
  parallel_chunks(width, 64, [=](std::size_t begin, std::size_t end) {
    using Lanes = WidestLanes;
    constexpr std::size_t kSums = 2;
    std::size_t i = begin;
    for (; i + kSums * Lanes::kCount <= end; i += kSums * Lanes::kCount) {
      Lanes::Vector by_weight[kSums], by_bias[kSums] = {};
      for (std::size_t s = 0; s < kSums; ++s) {
        by_weight[s] = Lanes::load(dweight + i + s * Lanes::kCount);
        if (dbias != nullptr) by_bias[s] = Lanes::load(dbias + i + s * Lanes::kCount);
      }
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t s = 0; s < kSums; ++s) {
          const std::size_t at = row * width + i + s * Lanes::kCount;
          by_weight[s] = by_weight[s] + Lanes::load(dout + at) * row_of(row)(Lanes::load(x + at));
          by_bias[s] = by_bias[s] + Lanes::load(dout + at);
        }
      for (std::size_t s = 0; s < kSums; ++s) {
        Lanes::store(dweight + i + s * Lanes::kCount, by_weight[s]);
        if (dbias != nullptr) Lanes::store(dbias + i + s * Lanes::kCount, by_bias[s]);
      }
    }
    for (; i < end; ++i)
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t at = row * width + i;
        dweight[i] += dout[at] * row_of(row)(x[at]);
        if (dbias != nullptr) dbias[i] += dout[at];
      }
  });
}

/// Any of the gradients may be null.
template <class RowOf>
void norm_backward(Accumulator dx, float* dweight, float* dbias, const float* dout, const float* x,
                   const RowOf& row_of, const float* weight, std::size_t rows, std::size_t width) {
  if (dx.data != nullptr)
    parallel_rows(rows, kTaskRows, [=](std::size_t row) {
      const std::size_t at = row * width;
      backward_row(dx + at, dout + at, x + at, row_of(row), weight, width);
    });
  if (dweight != nullptr)
    backward_weights(dweight, dbias, dout, x, row_of, rows, width);
  else if (dbias != nullptr)
    accumulate_columns(dbias, dout, rows, width);
}

}  // namespace

void layer_norm_forward(float* out, float* mean, float* rstd, const float* x, const float* weight,
                        const float* bias, std::size_t rows, std::size_t width) {
  parallel_rows(rows, kTaskRows, [=](std::size_t row) {
    const float* from = x + row * width;
    float* to = out + row * width;
    const LayerNormRow normalize = LayerNormRow::of(from, width);
    for_lanes(width, [=](auto lanes, std::size_t i) {
      lanes.store(to + i, normalize(lanes.load(from + i)) * lanes.load(weight + i) + lanes.load(bias + i));
    });
    if (mean != nullptr) {
      mean[row] = normalize.mean;
      rstd[row] = normalize.rstd;
    }
  });
}

void layer_norm_backward(Accumulator dx, float* dweight, float* dbias, const float* dout, const float* x,
                         const float* mean, const float* rstd, const float* weight, std::size_t rows,
                         std::size_t width) {
  const auto row_of = [=](std::size_t row) { return LayerNormRow{mean[row], rstd[row]}; };
  norm_backward(dx, dweight, dbias, dout, x, row_of, weight, rows, width);
}

void rms_norm_forward(float* out, float* rstd, const float* x, const float* weight, std::size_t rows,
                      std::size_t width) {
  parallel_rows(rows, kTaskRows, [=](std::size_t row) {
    const float* from = x + row * width;
    float* to = out + row * width;
    const RmsNormRow normalize = RmsNormRow::of(from, width);
    for_lanes(width, [=](auto lanes, std::size_t i) {
      lanes.store(to + i, normalize(lanes.load(from + i)) * lanes.load(weight + i));
    });
    if (rstd != nullptr) rstd[row] = normalize.rstd;
  });
}

void rms_norm_backward(Accumulator dx, float* dweight, const float* dout, const float* x, const float* rstd,
                       const float* weight, std::size_t rows, std::size_t width) {
  const auto row_of = [=](std::size_t row) { return RmsNormRow{rstd[row]}; };
  norm_backward(dx, dweight, nullptr, dout, x, row_of, weight, rows, width);
}

}  // namespace mini_llm
