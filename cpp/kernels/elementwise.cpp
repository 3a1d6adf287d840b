#include "kernels/elementwise.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/math.h"
#include "kernels/parallel.h"
#include "kernels/random.h"

namespace mini_llm {

namespace {

constexpr std::size_t kChunk = 16384;  // elements a task, a multiple of 4

/// four(i) for i = 0, 4, 8 … where four elements are left, one(i) for the rest, on all threads.
template <class Four, class One>
void for_elements(std::size_t n, const Four& four, const One& one) {
  parallel_chunks(n, kChunk, [&](std::size_t begin, std::size_t end) {
    std::size_t i = begin;
    for (; i + 4 <= end; i += 4) four(i);
    for (; i < end; ++i) one(i);
  });
}

constexpr float kSqrt8OverPi = 1.5957691216f;  // 2·sqrt(2/pi)
constexpr float kCubic = 0.044715f;

/// 0.5·(1 + tanh(u)) = sigmoid(2u) with u = sqrt(2/pi)·(x + 0.044715·x³).
f32x4 gelu_gate(f32x4 x) {
  const f32x4 twice_u = splat(kSqrt8OverPi) * (x + splat(kCubic) * x * x * x);
  return splat(1) / (splat(1) + exp(-twice_u));
}

f32x4 gelu(f32x4 x) { return x * gelu_gate(x); }

f32x4 gelu_slope(f32x4 x, f32x4 gate) {
  const f32x4 twice_du = splat(kSqrt8OverPi) * (splat(1) + splat(3 * kCubic) * x * x);
  return gate + x * gate * (splat(1) - gate) * twice_du;
}
f32x4 gelu_slope(f32x4 x) { return gelu_slope(x, gelu_gate(x)); }

}  // namespace

void add(float* out, const float* a, const float* b, std::size_t n) {
  for_elements(
      n, [=](std::size_t i) { store(out + i, load(a + i) + load(b + i)); },
      [=](std::size_t i) { out[i] = a[i] + b[i]; });
}

void accumulate(Accumulator to, const float* gradient, std::size_t n) {
  for_elements(
      n, [=](std::size_t i) { to.add_or_set(i, load(gradient + i)); },
      [=](std::size_t i) { to.add_or_set(i, gradient[i]); });
}

void gelu_forward(float* out, const float* x, std::size_t n) {
  for_elements(
      n, [=](std::size_t i) { store(out + i, gelu(load(x + i))); },
      [=](std::size_t i) { out[i] = gelu(splat(x[i]))[0]; });
}

void gelu_backward(Accumulator dx, const float* dout, const float* x, std::size_t n) {
  for_elements(
      n, [=](std::size_t i) { dx.add_or_set(i, load(dout + i) * gelu_slope(load(x + i))); },
      [=](std::size_t i) { dx.add_or_set(i, dout[i] * gelu_slope(splat(x[i]))[0]); });
}

void gelu_recompute_backward(float* out, float* dx, const float* x, std::size_t n) {
  for_elements(
      n,
      [=](std::size_t i) {
        const f32x4 v = load(x + i), gate = gelu_gate(v);
        store(out + i, v * gate);
        store(dx + i, load(dx + i) * gelu_slope(v, gate));
      },
      [=](std::size_t i) {
        const f32x4 v = splat(x[i]), gate = gelu_gate(v);
        out[i] = (v * gate)[0];
        dx[i] = dx[i] * gelu_slope(v, gate)[0];
      });
}

namespace {

/// fn(row) for every row, in tasks of about kChunk elements.
template <class F>
void for_rows(std::size_t rows, std::size_t width, const F& fn) {
  parallel_chunks(rows, std::max<std::size_t>(1, kChunk / width), [=](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) fn(row);
  });
}

template <class V>
V sigmoid(V x) {
  return 1.0f / (1.0f + exp(-x));
}

}  // namespace

void swiglu_forward(float* out, const float* gate_up, std::size_t rows, std::size_t width) {
  for_rows(rows, width, [=](std::size_t row) {
    const float *gate = gate_up + row * 2 * width, *up = gate + width;
    float* to = out + row * width;
    for_lanes(width, [=](auto lanes, std::size_t i) {
      const auto g = lanes.load(gate + i);
      lanes.store(to + i, g * sigmoid(g) * lanes.load(up + i));
    });
  });
}

void swiglu_recompute_backward(float* out, Accumulator dgate_up, const float* dout, const float* gate_up,
                               std::size_t rows, std::size_t width) {
  for_rows(rows, width, [=](std::size_t row) {
    const float *gate = gate_up + row * 2 * width, *up = gate + width;
    const Accumulator dgate = dgate_up + row * 2 * width, dup = dgate + width;
    const std::size_t at = row * width;
    for_lanes(width, [=](auto lanes, std::size_t i) {
      const auto g = lanes.load(gate + i), u = lanes.load(up + i), d = lanes.load(dout + at + i);
      const auto s = sigmoid(g), silu = g * s;
      lanes.store(out + at + i, silu * u);
      dgate.add_or_set(i, d * u * (s + silu * (1.0f - s)));
      dup.add_or_set(i, d * silu);
    });
  });
}

void dropout(Accumulator out, const float* x, std::size_t n, float p, DropoutKey key) {
  const float scale = 1.0f / (1.0f - p);
  const auto threshold = static_cast<std::uint32_t>(static_cast<double>(p) * 4294967296.0);
  parallel_chunks(n, kChunk, [=](std::size_t begin, std::size_t end) {
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
  // A cache line's width of columns at a time, whose sums stay in registers.
  parallel_chunks(columns, 64, [=](std::size_t begin, std::size_t end) {
    std::size_t j = begin;
    for (; j + 16 <= end; j += 16) {
      f32x4 sum[4];
      for (std::size_t v = 0; v < 4; ++v) sum[v] = load(out + j + 4 * v);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t v = 0; v < 4; ++v) sum[v] = sum[v] + load(x + i * columns + j + 4 * v);
      for (std::size_t v = 0; v < 4; ++v) store(out + j + 4 * v, sum[v]);
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
  // Threads share out the columns, so that a row's gradients always add up in the order of the text.
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
  const std::size_t chunks = (n + kChunk - 1) / kChunk;
  std::vector<double> sums(chunks, 0.0);
  parallel_for(chunks, [&](std::size_t chunk) {
    const std::size_t begin = chunk * kChunk;
    sums[chunk] = sum_of_squares_here(x + begin, std::min(kChunk, n - begin));
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

void adamw(float* weight, float* exp_avg, float* exp_avg_sq, float* gradient, std::size_t n,
           const AdamWStep& s) {
  const float step_size = s.lr / s.bias_correction1;
  const float root_correction = 1.0f / __builtin_sqrtf(s.bias_correction2);
  const float decay = 1.0f - s.lr * s.weight_decay;
  const auto update = [=](f32x4 w, f32x4 g, f32x4& m, f32x4& v) {
    g = g * splat(s.gradient_scale);
    m = m + splat(1 - s.beta1) * (g - m);
    v = splat(s.beta2) * v + splat(1 - s.beta2) * g * g;
    const f32x4 denominator = sqrt(v) * splat(root_correction) + splat(s.eps);
    return w * splat(decay) - splat(step_size) * m / denominator;
  };
  for_elements(
      n,
      [=](std::size_t i) {
        f32x4 m = load(exp_avg + i), v = load(exp_avg_sq + i);
        const f32x4 w = load(weight + i);
        store(weight + i, update(w, load(gradient + i), m, v));
        store(gradient + i, w);
        store(exp_avg + i, m);
        store(exp_avg_sq + i, v);
      },
      [=](std::size_t i) {
        f32x4 m = splat(exp_avg[i]), v = splat(exp_avg_sq[i]);
        const float w = weight[i];
        weight[i] = update(splat(w), splat(gradient[i]), m, v)[0];
        gradient[i] = w;
        exp_avg[i] = m[0];
        exp_avg_sq[i] = v[0];
      });
}

}  // namespace mini_llm
