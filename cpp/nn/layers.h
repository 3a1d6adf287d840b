#pragma once
// The layers of a transformer: parameters, and one operation each.
#include "nn/module.h"

namespace mini_llm {

/// y = x·weight + bias, weight [in, out] as GPT-2's Conv1D stores it.
class Linear : public Module {
 public:
  Linear(std::size_t in, std::size_t out)
      : weight(register_parameter("weight", {in, out})), bias(register_parameter("bias", {out})) {}
  /// With a residual: y + residual.
  Tensor forward(Tape& tape, const Tensor& x, const Tensor& residual = {}) const {
    return linear(tape, x, weight, bias, residual);
  }
  /// The same of gelu(x).
  Tensor forward_gelu(Tape& tape, const Tensor& x, const Tensor& residual = {}) const {
    return gelu_linear(tape, x, weight, bias, residual);
  }

  Tensor weight, bias;
};

/// Rows of weight [count, width].
class Embedding : public Module {
 public:
  Embedding(std::size_t count, std::size_t width) : weight(register_parameter("weight", {count, width})) {}
  Tensor forward(Tape& tape, std::span<const std::int32_t> ids) const { return embedding(tape, weight, ids); }

  Tensor weight;
};

class LayerNorm : public Module {
 public:
  explicit LayerNorm(std::size_t width)
      : weight(register_parameter("weight", {width})), bias(register_parameter("bias", {width})) {}
  Tensor forward(Tape& tape, const Tensor& x) const { return layer_norm(tape, x, weight, bias); }

  Tensor weight, bias;
};

/// Hands every dropout of a forward pass a number of its own, the same again when the pass is repeated.
struct DropoutCalls {
  std::uint32_t seed = 0;
  std::uint64_t next = 0;
};

class Dropout : public Module {
 public:
  explicit Dropout(float p) : p_(p) {}
  bool active() const { return training() && p_ != 0; }
  Tensor forward(Tape& tape, const Tensor& x, DropoutCalls& calls) const {
    if (!active()) return x;
    return dropout(tape, x, p_, {calls.seed, calls.next++});
  }

 private:
  float p_;
};

}  // namespace mini_llm
