#include "kernels/norm.h"

#include "kernels/parallel.h"
#include "kernels/simd.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 32;

/// Sum over i of f(i), four lanes at a time.
template <class Four, class One>
float sum_over(std::size_t n, const Four& four, const One& one) {
  f32x4 sum = splat(0);
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) sum = sum + four(i);
  float total = sum_lanes(sum);
  for (; i < n; ++i) total += one(i);
  return total;
}

struct Moments {
  float mean, rstd;
};

Moments moments(const float* x, std::size_t width) {
  const float mean =
      sum_over(
          width, [&](std::size_t i) { return load(x + i); }, [&](std::size_t i) { return x[i]; }) /
      static_cast<float>(width);
  const float variance = sum_over(
                             width,
                             [&](std::size_t i) {
                               const f32x4 d = load(x + i) - splat(mean);
                               return d * d;
                             },
                             [&](std::size_t i) { return (x[i] - mean) * (x[i] - mean); }) /
                         static_cast<float>(width);
  return {mean, 1.0f / __builtin_sqrtf(variance + kLayerNormEps)};
}

void backward_row(Gradient dx, const float* dout, const float* x, Moments m, const float* weight,
                  std::size_t width) {
  // With g = dout·weight and n = (x - mean)·rstd:  dx = rstd·(g - mean(g) - n·mean(g·n)).
  const auto g4 = [&](std::size_t i) { return load(dout + i) * load(weight + i); };
  const auto n4 = [&](std::size_t i) { return (load(x + i) - splat(m.mean)) * splat(m.rstd); };
  const auto g1 = [&](std::size_t i) { return dout[i] * weight[i]; };
  const auto n1 = [&](std::size_t i) { return (x[i] - m.mean) * m.rstd; };
  const float mean_g = sum_over(width, g4, g1) / static_cast<float>(width);
  const float mean_gn =
      sum_over(
          width, [&](std::size_t i) { return g4(i) * n4(i); }, [&](std::size_t i) { return g1(i) * n1(i); }) /
      static_cast<float>(width);
  std::size_t i = 0;
  for (; i + 4 <= width; i += 4) dx.put(i, splat(m.rstd) * (g4(i) - splat(mean_g) - n4(i) * splat(mean_gn)));
  for (; i < width; ++i) dx.put(i, m.rstd * (g1(i) - mean_g - n1(i) * mean_gn));
}

}  // namespace

void layer_norm_forward(float* out, float* mean, float* rstd, const float* x, const float* weight,
                        const float* bias, std::size_t rows, std::size_t width) {
  parallel_chunks(rows, kTaskRows, [=](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float* from = x + row * width;
      float* to = out + row * width;
      const Moments m = moments(from, width);
      std::size_t i = 0;
      for (; i + 4 <= width; i += 4)
        store(to + i, (load(from + i) - splat(m.mean)) * splat(m.rstd) * load(weight + i) + load(bias + i));
      for (; i < width; ++i) to[i] = (from[i] - m.mean) * m.rstd * weight[i] + bias[i];
      if (mean != nullptr) {
        mean[row] = m.mean;
        rstd[row] = m.rstd;
      }
    }
  });
}

void layer_norm_backward(Gradient dx, float* dweight, float* dbias, const float* dout, const float* x,
                         const float* mean, const float* rstd, const float* weight, std::size_t rows,
                         std::size_t width) {
  parallel_chunks(rows, kTaskRows, [=](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row)
      backward_row(dx + row * width, dout + row * width, x + row * width, {mean[row], rstd[row]}, weight,
                   width);
  });
  // The weights' gradients add up over rows in their order; threads share out the columns.
  parallel_chunks(width, 64, [=](std::size_t begin, std::size_t end) {
    std::size_t i = begin;
    for (; i + 8 <= end; i += 8) {
      f32x4 by_weight[2], by_bias[2];
      for (std::size_t v = 0; v < 2; ++v) {
        by_weight[v] = load(dweight + i + 4 * v);
        by_bias[v] = load(dbias + i + 4 * v);
      }
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t v = 0; v < 2; ++v) {
          const std::size_t at = row * width + i + 4 * v;
          const f32x4 normalized = (load(x + at) - splat(mean[row])) * splat(rstd[row]);
          by_weight[v] = by_weight[v] + load(dout + at) * normalized;
          by_bias[v] = by_bias[v] + load(dout + at);
        }
      for (std::size_t v = 0; v < 2; ++v) {
        store(dweight + i + 4 * v, by_weight[v]);
        store(dbias + i + 4 * v, by_bias[v]);
      }
    }
    for (; i < end; ++i)
      for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t at = row * width + i;
        dweight[i] += dout[at] * ((x[at] - mean[row]) * rstd[row]);
        dbias[i] += dout[at];
      }
  });
}

}  // namespace mini_llm
