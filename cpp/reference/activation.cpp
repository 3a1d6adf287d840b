#include <cmath>
#include <stdexcept>

#include "reference/reference.h"

namespace mini_llm::reference {

namespace {

// u = sqrt(2/π)·(x + 0.044715·x³).
const double kScale = std::sqrt(2 / 3.141592653589793);
constexpr double kCubic = 0.044715;

/// 1/(1 + e^-x).
Matrix sigmoid(const Matrix& x) { return 1 / (1 + xt::exp(-x)); }

/// The halves of gate_up.
Matrix gates(const Matrix& x) { return xt::view(x, xt::all(), xt::range(0, x.shape(1) / 2)); }
Matrix ups(const Matrix& x) { return xt::view(x, xt::all(), xt::range(x.shape(1) / 2, x.shape(1))); }

}  // namespace

/// x/2·(1 + tanh(u)), GPT-2's form of GELU (Hendrycks & Gimpel 2016).
Matrix gelu(const Matrix& x) { return 0.5 * x * (1 + xt::tanh(kScale * (x + kCubic * xt::cube(x)))); }

/// gelu'(x) = (1 + tanh(u))/2 + x/2·(1 - tanh²(u))·u'.
Matrix gelu_backward(const Matrix& dout, const Matrix& x) {
  const Matrix t = xt::tanh(kScale * (x + kCubic * xt::cube(x)));
  const Matrix du = kScale * (1 + 3 * kCubic * xt::square(x));
  return dout * (0.5 * (1 + t) + 0.5 * x * (1 - xt::square(t)) * du);
}

/// silu(gate)·up (Shazeer 2020), where silu(x) = x·sigmoid(x).
Matrix swiglu(const Matrix& gate_up) {
  const Matrix gate = gates(gate_up);
  return gate * sigmoid(gate) * ups(gate_up);
}

/// silu'(x) = s + x·s·(1 - s) with s = sigmoid(x).
Matrix swiglu_backward(const Matrix& dout, const Matrix& gate_up) {
  const Matrix gate = gates(gate_up), up = ups(gate_up), s = sigmoid(gate);
  const Matrix dgate = dout * up * (s + gate * s * (1 - s)), dup = dout * gate * s;
  return xt::concatenate(xt::xtuple(dgate, dup), 1);
}

const Activation& activation(const std::string& name) {
  static constexpr Activation kActivations[] = {{"gelu", gelu, gelu_backward},
                                                {"swiglu", swiglu, swiglu_backward}};
  for (const Activation& known : kActivations)
    if (name == known.name) return known;
  throw std::out_of_range("The reference has no activation \"" + name + "\".");
}

}  // namespace mini_llm::reference
