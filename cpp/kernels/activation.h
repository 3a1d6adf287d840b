#pragma once
// Activation functions as values: everything an MLP needs to know about its activation.
#include <cstddef>
#include <string>
#include <vector>

#include "kernels/accumulator.h"

namespace mini_llm {

/// out [rows, width] is f(x) of x [rows, width]. If gated, it is f(gate)·up of x [rows, 2·width], whose rows
/// hold the gates and then the ups (Shazeer 2020).
struct Activation {
  const char* name;
  bool gated;
  void (*forward)(float* out, const float* x, std::size_t rows, std::size_t width);
  /// Recomputes out, and computes dx from dout, the gradient of out. dout may alias out or, unless gated, dx.
  void (*recompute_backward)(float* out, Accumulator dx, const float* dout, const float* x, std::size_t rows,
                             std::size_t width);

  /// Floats of x for each float of out.
  std::size_t inputs() const { return gated ? 2 : 1; }
};

/// x·Phi(x) in GPT-2's tanh form (Hendrycks & Gimpel 2016).
extern const Activation kGelu;
/// silu(gate)·up with silu(x) = x·sigmoid(x).
extern const Activation kSwiGlu;

std::vector<const Activation*> activations();
std::vector<const char*> activation_names();
/// Throws std::invalid_argument if none has this name.
const Activation& activation(const std::string& name);

}  // namespace mini_llm
