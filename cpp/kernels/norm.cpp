#include "kernels/norm.h"

#include <type_traits>

#include "kernels/elementwise.h"
#include "kernels/parallel.h"
#include "kernels/simd.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 32;

/// How one row is normalised. LayerNorm's numbers lie around their mean, RMSNorm's around zero.
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
    return {mean, 1.0f / __builtin_sqrtf(variance + kLayerNormEps)};
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

/// With g = dout·weight and n the normalised x:  dx = rstd·(g - mean(g) - n·mean(g·n)), where mean(g) is the
/// part of the way through x's own mean.
template <class Normalise>
void backward_row(Accumulator dx, const float* dout, const float* x, Normalise normalise, const float* weight,
                  std::size_t width) {
  const auto g = [=](auto lanes, std::size_t i) { return lanes.load(dout + i) * lanes.load(weight + i); };
  const auto n = [=](auto lanes, std::size_t i) { return normalise(lanes.load(x + i)); };
  const auto count = static_cast<float>(width);
  const float mean_gn =
      sum_over(width, [=](auto lanes, std::size_t i) { return g(lanes, i) * n(lanes, i); }) / count;
  float mean_g = 0;
  if constexpr (std::is_same_v<Normalise, LayerNormRow>) mean_g = sum_over(width, g) / count;
  for_lanes(width, [=](auto lanes, std::size_t i) {
    if constexpr (std::is_same_v<Normalise, LayerNormRow>)
      dx.add_or_set(i, normalise.rstd * (g(lanes, i) - mean_g - n(lanes, i) * mean_gn));
    else
      dx.add_or_set(i, normalise.rstd * (g(lanes, i) - n(lanes, i) * mean_gn));
  });
}

/// The weights' gradients add up over rows in their order; threads share out the columns. of(row) says how a
/// row was normalised; without a bias dbias is null.
template <class Of>
void backward_weights(float* dweight, float* dbias, const float* dout, const float* x, const Of& of,
                      std::size_t rows, std::size_t width) {
  parallel_chunks(width, 64, [=](std::size_t begin, std::size_t end) {
    constexpr std::size_t kVectors = 2;
    std::size_t i = begin;
    for (; i + 4 * kVectors <= end; i += 4 * kVectors) {
      f32x4 by_weight[kVectors], by_bias[kVectors];
      for (std::size_t v = 0; v < kVectors; ++v) {
        by_weight[v] = load(dweight + i + 4 * v);
        by_bias[v] = dbias == nullptr ? splat(0) : load(dbias + i + 4 * v);
      }
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const std::size_t at = row * width + i + 4 * v;
          by_weight[v] = by_weight[v] + load(dout + at) * of(row)(load(x + at));
          by_bias[v] = by_bias[v] + load(dout + at);
        }
      for (std::size_t v = 0; v < kVectors; ++v) {
        store(dweight + i + 4 * v, by_weight[v]);
        if (dbias != nullptr) store(dbias + i + 4 * v, by_bias[v]);
      }
    }
    for (; i < end; ++i)
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t at = row * width + i;
        dweight[i] += dout[at] * of(row)(x[at]);
        if (dbias != nullptr) dbias[i] += dout[at];
      }
  });
}

/// fn(row) for every row, in chunks on all threads.
template <class F>
void for_rows(std::size_t rows, const F& fn) {
  parallel_chunks(rows, kTaskRows, [=](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) fn(row);
  });
}

/// The way back through rows that were normalised as of(row) says; what nobody wants is null.
template <class Of>
void norm_backward(Accumulator dx, float* dweight, float* dbias, const float* dout, const float* x,
                   const Of& of, const float* weight, std::size_t rows, std::size_t width) {
  if (dx.data != nullptr)
    for_rows(rows, [=](std::size_t row) {
      const std::size_t at = row * width;
      backward_row(dx + at, dout + at, x + at, of(row), weight, width);
    });
  if (dweight != nullptr)
    backward_weights(dweight, dbias, dout, x, of, rows, width);
  else if (dbias != nullptr)
    accumulate_columns(dbias, dout, rows, width);
}

}  // namespace

void layer_norm_forward(float* out, float* mean, float* rstd, const float* x, const float* weight,
                        const float* bias, std::size_t rows, std::size_t width) {
  for_rows(rows, [=](std::size_t row) {
    const float* from = x + row * width;
    float* to = out + row * width;
    const LayerNormRow normalise = LayerNormRow::of(from, width);
    for_lanes(width, [=](auto lanes, std::size_t i) {
      lanes.store(to + i, normalise(lanes.load(from + i)) * lanes.load(weight + i) + lanes.load(bias + i));
    });
    if (mean != nullptr) {
      mean[row] = normalise.mean;
      rstd[row] = normalise.rstd;
    }
  });
}

void layer_norm_backward(Accumulator dx, float* dweight, float* dbias, const float* dout, const float* x,
                         const float* mean, const float* rstd, const float* weight, std::size_t rows,
                         std::size_t width) {
  const auto of = [=](std::size_t row) { return LayerNormRow{mean[row], rstd[row]}; };
  norm_backward(dx, dweight, dbias, dout, x, of, weight, rows, width);
}

void rms_norm_forward(float* out, float* rstd, const float* x, const float* weight, std::size_t rows,
                      std::size_t width) {
  for_rows(rows, [=](std::size_t row) {
    const float* from = x + row * width;
    float* to = out + row * width;
    const RmsNormRow normalise = RmsNormRow::of(from, width);
    for_lanes(width, [=](auto lanes, std::size_t i) {
      lanes.store(to + i, normalise(lanes.load(from + i)) * lanes.load(weight + i));
    });
    if (rstd != nullptr) rstd[row] = normalise.rstd;
  });
}

void rms_norm_backward(Accumulator dx, float* dweight, const float* dout, const float* x, const float* rstd,
                       const float* weight, std::size_t rows, std::size_t width) {
  const auto of = [=](std::size_t row) { return RmsNormRow{rstd[row]}; };
  norm_backward(dx, dweight, nullptr, dout, x, of, weight, rows, width);
}

}  // namespace mini_llm
