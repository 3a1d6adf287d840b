#include "kernels/elementwise.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/parallel.h"
#include "kernels/random.h"

namespace mini_llm {

void add(float* out, const float* a, const float* b, std::size_t n) {
  parallel_lanes(
      n, [=](auto lanes, std::size_t i) { lanes.store(out + i, lanes.load(a + i) + lanes.load(b + i)); });
}

void accumulate(Accumulator to, const float* gradient, std::size_t n) {
  parallel_lanes(n, [=](auto lanes, std::size_t i) { to.add_or_set(i, lanes.load(gradient + i)); });
}

void dropout(Accumulator out, const float* x, std::size_t n, float p, DropoutKey key) {
  const float scale = 1.0f / (1.0f - p);
  const auto threshold = static_cast<std::uint32_t>(static_cast<double>(p) * 4294967296.0);
  parallel_chunks(n, kLanesTask, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; i += 4) {
      const auto random = philox(key.seed, Stream::dropout, key.call, i / 4);
      for (std::size_t j = i; j < std::min(i + 4, end); ++j) {
        const float kept = random[j - i] >= threshold ? x[j] * scale : 0.0f;
        out.add_or_set(j, kept);
      }
    }
  });
}

void accumulate_columns(float* out, const float* x, std::size_t rows, std::size_t columns) {
  // A cache line of columns at a time: their sums stay in registers.
  parallel_chunks(columns, 64, [=](std::size_t begin, std::size_t end) {
    using Lanes = WidestLanes;
    constexpr std::size_t kSums = 16 / Lanes::kCount;
    std::size_t j = begin;
    for (; j + 16 <= end; j += 16) {
      Lanes::Vector sums[kSums];
      for (std::size_t s = 0; s < kSums; ++s) sums[s] = Lanes::load(out + j + s * Lanes::kCount);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t s = 0; s < kSums; ++s)
          sums[s] = sums[s] + Lanes::load(x + i * columns + j + s * Lanes::kCount);
      for (std::size_t s = 0; s < kSums; ++s) Lanes::store(out + j + s * Lanes::kCount, sums[s]);
    }
    for (; j < end; ++j)
      for (std::size_t i = 0; i < rows; ++i) out[j] += x[i * columns + j];
  });
}

void embed(float* out, const float* table, const std::int32_t* ids, std::size_t count, std::size_t width) {
  for (std::size_t i = 0; i < count; ++i)
    std::memcpy(out + i * width, table + static_cast<std::size_t>(ids[i]) * width, width * sizeof(float));
}

void embed_backward(float* dtable, const float* dout, const std::int32_t* ids, std::size_t count,
                    std::size_t width) {
  // Each thread takes some columns, so a row's gradients always add up in the order of the text.
  parallel_chunks(width, 64, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < count; ++i) {
      float* to = dtable + static_cast<std::size_t>(ids[i]) * width;
      const float* from = dout + i * width;
      for (std::size_t j = begin; j < end; ++j) to[j] += from[j];
    }
  });
}

double sum_of_squares_here(const float* x, std::size_t n) {
  double total = 0;
  for (std::size_t begin = 0; begin < n; begin += 1024) {
    const std::size_t end = std::min(begin + 1024, n);
    f32x4 sum[2] = {splat(0), splat(0)};
    std::size_t i = begin;
    for (; i + 8 <= end; i += 8)
      for (std::size_t v = 0; v < 2; ++v) sum[v] = madd(load(x + i + 4 * v), load(x + i + 4 * v), sum[v]);
    for (; i < end; ++i) sum[0][0] += x[i] * x[i];
    total += sum_lanes(sum[0] + sum[1]);
  }
  return total;
}

double sum_of_squares(const float* x, std::size_t n) {
  const std::size_t chunks = ceil_div(n, kLanesTask);
  std::vector<double> sums(chunks, 0.0);
  parallel_for(chunks, [&](std::size_t chunk) {
    const std::size_t begin = chunk * kLanesTask;
    sums[chunk] = sum_of_squares_here(x + begin, std::min(kLanesTask, n - begin));
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

void adamw(float* weight, float* exp_avg, float* exp_avg_sq, const float* gradient, float* previous,
           std::size_t n, const AdamWStep& s) {
  const float step_size = s.lr / s.bias_correction1;
  const float root_correction = 1.0f / sqrt(s.bias_correction2);
  const float decay = 1.0f - s.lr * s.weight_decay;
  parallel_lanes(n, [=](auto lanes, std::size_t i) {
    const auto w = lanes.load(weight + i), g = lanes.load(gradient + i) * s.gradient_scale;
    const auto old_m = lanes.load(exp_avg + i), m = old_m + (1 - s.beta1) * (g - old_m);
    const auto v = s.beta2 * lanes.load(exp_avg_sq + i) + (1 - s.beta2) * g * g;
    const auto denominator = sqrt(v) * root_correction + s.eps;
    lanes.store(weight + i, w * decay - step_size * m / denominator);
    lanes.store(previous + i, w);
    lanes.store(exp_avg + i, m);
    lanes.store(exp_avg_sq + i, v);
  });
}

}  // namespace mini_llm
