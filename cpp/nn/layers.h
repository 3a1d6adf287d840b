#pragma once
// The layers of a transformer: parameters, and one operation each.
#include "nn/module.h"

namespace mini_llm {

/// y = x·weight + bias, weight [in, out] as GPT-2's Conv1D stores it.
class Linear : public Module {
 public:
  Linear(std::size_t in, std::size_t out)
      : weight(register_parameter("weight", {in, out})), bias(register_parameter("bias", {out})) {}
  Tensor forward(Tape& tape, const Tensor& x) const { return linear(tape, x, weight, bias); }

  Tensor weight, bias;
};

/// Rows of weight [count, width].
class Embedding : public Module {
 public:
  Embedding(std::size_t count, std::size_t width) : weight(register_parameter("weight", {count, width})) {}
  Tensor forward(Tape& tape, std::vector<std::int32_t> ids) const {
    return embedding(tape, weight, std::move(ids));
  }

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
  Tensor forward(Tape& tape, const Tensor& x, DropoutCalls& calls) const {
    if (!training() || p_ == 0) return x;
    return dropout(tape, x, p_, {calls.seed, calls.next++});
  }

 private:
  float p_;
};

}  // namespace mini_llm
