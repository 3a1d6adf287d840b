#include "kernels/rotary.h"

#include <algorithm>

#include "kernels/math.h"
#include "kernels/norm.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 16;

/// fn(head, is_key, offset of the head in its row) for the query heads, then the key heads.
template <class F>
void for_heads(const AttentionShape& s, const F& fn) {
  for (std::size_t head = 0; head < s.n_head + s.n_kv_head; ++head)
    fn(head, head >= s.n_head, head * s.head_dim);
}

/// Normalizes and rotates a head; returns its rstd.
float head_forward(float* out, const float* x, const float* weight, const float* table, std::size_t half) {
  const float rstd = rms_norm_rstd(x, 2 * half);
  for_lanes(half, [=](auto lanes, std::size_t i) {
    const auto a = lanes.load(x + i) * rstd * lanes.load(weight + i);
    const auto b = lanes.load(x + half + i) * rstd * lanes.load(weight + half + i);
    const auto cos = lanes.load(table + i), sin = lanes.load(table + half + i);
    lanes.store(out + i, a * cos - b * sin);
    lanes.store(out + half + i, b * cos + a * sin);
  });
  return rstd;
}

/// Rotates the gradient d back, then takes it through the norm as norm.cpp does.
void head_backward(float* d, float* dweight, const float* x, float rstd, const float* weight,
                   const float* table, std::size_t half) {
  for_lanes(half, [=](auto lanes, std::size_t i) {
    const auto a = lanes.load(d + i), b = lanes.load(d + half + i);
    const auto cos = lanes.load(table + i), sin = lanes.load(table + half + i);
    lanes.store(d + i, a * cos + b * sin);
    lanes.store(d + half + i, b * cos - a * sin);
  });
  const auto g = [=](auto lanes, std::size_t i) { return lanes.load(d + i) * lanes.load(weight + i); };
  const auto n = [=](auto lanes, std::size_t i) { return lanes.load(x + i) * rstd; };
  const float mean_gn =
      sum_over(2 * half, [=](auto lanes, std::size_t i) { return g(lanes, i) * n(lanes, i); }) /
      static_cast<float>(2 * half);
  for_lanes(2 * half, [=](auto lanes, std::size_t i) {
    const auto normalized = n(lanes, i);
    lanes.store(dweight + i, lanes.load(dweight + i) + lanes.load(d + i) * normalized);
    lanes.store(d + i, rstd * (g(lanes, i) - normalized * mean_gn));
  });
}

}  // namespace

void rotary_frequencies(float* out, std::size_t head_dim, double theta) {
  for (std::size_t i = 0; i < head_dim / 2; ++i)
    out[i] = static_cast<float>(power(theta, -2.0 * static_cast<double>(i) / static_cast<double>(head_dim)));
}

void rotary_table(float* out, std::size_t first, std::size_t count, const float* frequencies,
                  std::size_t head_dim) {
  const std::size_t half = head_dim / 2;
  for (std::size_t row = 0; row < count; ++row, out += head_dim)
    for (std::size_t i = 0; i < half; ++i) {
      const SinCos angle = sin_cos(static_cast<double>(first + row) * static_cast<double>(frequencies[i]));
      out[i] = static_cast<float>(angle.cos);
      out[half + i] = static_cast<float>(angle.sin);
    }
}

void rotary_forward(float* out, float* rstd, const float* qkv, const float* q_weight, const float* k_weight,
                    const float* table, AttentionShape s) {
  const std::size_t width = s.qkv_width(), dim = s.head_dim, rotated = s.n_head + s.n_kv_head;
  parallel_rows(s.batch * s.time, kTaskRows, [=](std::size_t row) {
    const float* from = qkv + row * width;
    float* to = out + row * width;
    for_heads(s, [=](std::size_t head, bool is_key, std::size_t at) {
      const float r =
          head_forward(to + at, from + at, is_key ? k_weight : q_weight, table + row % s.time * dim, dim / 2);
      if (rstd != nullptr) rstd[row * rotated + head] = r;
    });
    std::copy(from + rotated * dim, from + width, to + rotated * dim);
  });
}

void rotary_backward(float* dqkv, float* dq_weight, float* dk_weight, const float* qkv, const float* rstd,
                     const float* q_weight, const float* k_weight, const float* table, AttentionShape s) {
  const std::size_t rows = s.batch * s.time, chunks = ceil_div(rows, kTaskRows);
  const std::size_t width = s.qkv_width(), dim = s.head_dim, rotated = s.n_head + s.n_kv_head;
  float* sums = scratch(Scratch::sums, chunks * 2 * dim);  // of the weights' gradients, chunk by chunk
  parallel_for(chunks, [=](std::size_t chunk) {
    float* dweights = sums + chunk * 2 * dim;
    std::fill_n(dweights, 2 * dim, 0.0f);
    for (std::size_t row = chunk * kTaskRows; row < std::min((chunk + 1) * kTaskRows, rows); ++row)
      for_heads(s, [=](std::size_t head, bool is_key, std::size_t at) {
        head_backward(dqkv + row * width + at, dweights + (is_key ? dim : 0), qkv + row * width + at,
                      rstd[row * rotated + head], is_key ? k_weight : q_weight, table + row % s.time * dim,
                      dim / 2);
      });
  });
  for (std::size_t chunk = 0; chunk < chunks; ++chunk, sums += 2 * dim)
    for (std::size_t i = 0; i < dim; ++i) {
      if (dq_weight != nullptr) dq_weight[i] += sums[i];
      if (dk_weight != nullptr) dk_weight[i] += sums[dim + i];
    }
}

}  // namespace mini_llm
