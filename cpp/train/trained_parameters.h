#pragma once
// The parameters that a run trains: the model's weights or, with LoRA, low-rank factors of its hidden
// matrices.
#include <optional>

#include "train/lora.h"

namespace mini_llm {

class TrainedParameters {
 public:
  /// Clears requires_grad on all other parameters of the model.
  TrainedParameters(Gpt& model, const TrainOptions& options);

  /// Weights, or LoRA's factors; shared, not copied.
  const StateDict& tensors() const { return tensors_; }
  /// The hidden matrices among the tensors; none with LoRA.
  const std::vector<HiddenMatrix>& hidden_matrices() const { return hidden_matrices_; }

  void zero_grad();
  /// With LoRA, computes the factors' gradients from the weights' gradients. Call it after the model's
  /// backward pass.
  void lora_backward(Tape& tape);
  /// With LoRA, computes the weights from the factors. Call it after the tensors have changed.
  void lora_merge(Tape& tape);
  /// Global norm of the tensors' gradients.
  double grad_norm(Tape& tape) const;

  /// LoRA's matrices and factors, "base.NAME" and "lora.NAME"; shared, not copied.
  StateDict lora_state() const;

 private:
  std::vector<NamedTensor> weights_;  // the model's that take gradients
  std::vector<HiddenMatrix> hidden_matrices_;
  std::optional<Lora> lora_;
  StateDict tensors_;
};

}  // namespace mini_llm
