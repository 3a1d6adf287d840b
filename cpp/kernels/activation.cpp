#include "kernels/activation.h"

#include <algorithm>
#include <stdexcept>

#include "kernels/math.h"
#include "kernels/parallel.h"
#include "schema/field.h"

namespace mini_llm {

namespace {

/// f(x) and f'(x), for four floats or one.
template <class V>
struct Point {
  V value, slope;
};

template <class V>
V sigmoid(V x) {
  const float one = constant(1.0f);
  return one / (one + exp(-x));
}

struct Gelu {
  /// 0.5·(1 + tanh(u)) = sigmoid(2u) with u = sqrt(2/pi)·(x + 0.044715·x³).
  template <class V>
  Point<V> operator()(V x) const {
    constexpr float kCubic = 0.044715f;
    const float sqrt_8_over_pi = constant(1.5957691216f), one = constant(1.0f);
    const V gate = sigmoid(sqrt_8_over_pi * (x + constant(kCubic) * x * x * x));
    const V twice_du = sqrt_8_over_pi * (one + constant(3 * kCubic) * x * x);
    return {x * gate, gate + x * gate * (one - gate) * twice_du};
  }
};

struct Silu {
  template <class V>
  Point<V> operator()(V x) const {
    const V gate = sigmoid(x), value = x * gate;
    return {value, gate + value * (constant(1.0f) - gate)};
  }
};

template <class F>
void plain_forward(float* out, const float* x, std::size_t rows, std::size_t width) {
  parallel_lanes(rows * width,
                 [=](auto lanes, std::size_t i) { lanes.store(out + i, F()(lanes.load(x + i)).value); });
}

template <class F>
void plain_recompute_backward(float* out, Accumulator dx, const float* dout, const float* x, std::size_t rows,
                              std::size_t width) {
  parallel_lanes(rows * width, [=](auto lanes, std::size_t i) {
    const auto f = F()(lanes.load(x + i));
    const auto d = lanes.load(dout + i);
    lanes.store(out + i, f.value);
    dx.add_or_set(i, d * f.slope);
  });
}

/// Rows of a task of about kLanesTask elements.
std::size_t rows_per_task(std::size_t width) { return std::max<std::size_t>(1, kLanesTask / width); }

template <class F>
void gated_forward(float* out, const float* x, std::size_t rows, std::size_t width) {
  parallel_rows(rows, rows_per_task(width), [=](std::size_t row) {
    const float *gate = x + row * 2 * width, *up = gate + width;
    float* to = out + row * width;
    for_lanes(width, [=](auto lanes, std::size_t i) {
      lanes.store(to + i, F()(lanes.load(gate + i)).value * lanes.load(up + i));
    });
  });
}

template <class F>
void gated_recompute_backward(float* out, Accumulator dx, const float* dout, const float* x, std::size_t rows,
                              std::size_t width) {
  parallel_rows(rows, rows_per_task(width), [=](std::size_t row) {
    const float *gate = x + row * 2 * width, *up = gate + width, *d_row = dout + row * width;
    const Accumulator dgate = dx + row * 2 * width, dup = dgate + width;
    float* to = out + row * width;
    for_lanes(width, [=](auto lanes, std::size_t i) {
      const auto f = F()(lanes.load(gate + i));
      const auto u = lanes.load(up + i), d = lanes.load(d_row + i);
      lanes.store(to + i, f.value * u);
      dgate.add_or_set(i, d * u * f.slope);
      dup.add_or_set(i, d * f.value);
    });
  });
}

template <class F>
constexpr Activation plain(const char* name) {
  return {name, false, plain_forward<F>, plain_recompute_backward<F>};
}
template <class F>
constexpr Activation gated(const char* name) {
  return {name, true, gated_forward<F>, gated_recompute_backward<F>};
}

}  // namespace

constexpr Activation kGelu = plain<Gelu>("gelu");
constexpr Activation kSwiGlu = gated<Silu>("swiglu");

std::vector<const Activation*> activations() { return {&kGelu, &kSwiGlu}; }

std::vector<const char*> activation_names() {
  std::vector<const char*> names;
  for (const Activation* known : activations()) names.push_back(known->name);
  return names;
}

const Activation& activation(const std::string& name) {
  for (const Activation* known : activations())
    if (name == known->name) return *known;
  throw std::invalid_argument(problem_of("activation", name, activation_names()));
}

}  // namespace mini_llm
