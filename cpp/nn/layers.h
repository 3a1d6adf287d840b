#pragma once
// The layers of a transformer: each has parameters and one operation.
#include <memory>

#include "nn/module.h"

namespace mini_llm {

/// y = x·weight (+ bias); weight [in, out] as in GPT-2's Conv1D, or [out, in].
class Linear : public Module {
 public:
  Linear(std::size_t in, std::size_t out, bool biased = true, Layout layout = Layout::in_out)
      : weight(register_parameter("weight", layout == Layout::in_out ? Shape{in, out} : Shape{out, in})),
        layout_(layout) {
    if (biased) bias = register_parameter("bias", {out});
  }
  /// y (+ residual).
  Tensor forward(Tape& tape, const Tensor& x, const Tensor& residual = {}) const {
    return linear(tape, x, weight, bias, residual, layout_);
  }
  /// activation(x)·weight + bias (+ residual).
  Tensor forward(Tape& tape, const Activation& activation, const Tensor& x,
                 const Tensor& residual = {}) const {
    return linear_with_activation(tape, activation, x, weight, bias, residual, layout_);
  }

  Tensor weight, bias;

 private:
  Layout layout_;
};

/// Linear layers of the same x, with their results side by side: one of any kind, or several without biases
/// and with weights [out, in].
class FusedLinear {
 public:
  Linear& add(std::unique_ptr<Linear> layer) {
    weights_.push_back(layer->weight);
    layers_.push_back(std::move(layer));
    return *layers_.back();
  }
  Tensor forward(Tape& tape, const Tensor& x) const {
    return layers_.size() == 1 ? layers_[0]->forward(tape, x) : fused_linear(tape, x, weights_);
  }

 private:
  std::vector<std::unique_ptr<Linear>> layers_;
  std::vector<Tensor> weights_;
};

/// ids [N] -> rows of weight [count, width]: [N, width].
class Embedding : public Module {
 public:
  Embedding(std::size_t count, std::size_t width) : weight(register_parameter("weight", {count, width})) {}
  Tensor forward(Tape& tape, std::span<const std::int32_t> ids) const { return embedding(tape, weight, ids); }

  Tensor weight;
};

/// LayerNorm, or RMSNorm without bias.
class Norm : public Module {
 public:
  Norm(std::size_t width, bool rms) : weight(register_parameter("weight", {width})) {
    if (!rms) bias = register_parameter("bias", {width});
  }
  Tensor forward(Tape& tape, const Tensor& x) const {
    return bias ? layer_norm(tape, x, weight, bias) : rms_norm(tape, x, weight);
  }

  Tensor weight, bias;
};

/// Gives each dropout of a forward pass its own key. A pass that starts with the same numbers gets the same
/// keys.
struct DropoutKeys {
  std::uint32_t seed = 0;
  std::uint64_t next_call = 0;

  DropoutKey next() { return {seed, next_call++}; }
};

class Dropout : public Module {
 public:
  explicit Dropout(float p) : p_(p) {}
  bool active() const { return training() && p_ != 0; }
  Tensor forward(Tape& tape, const Tensor& x, DropoutKeys& keys) const {
    if (!active()) return x;
    return dropout(tape, x, p_, keys.next());
  }

 private:
  float p_;
};

}  // namespace mini_llm
