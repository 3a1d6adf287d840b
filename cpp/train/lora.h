#pragma once
// LoRA (Hu et al. 2021): each matrix is W = base + alpha/rank·B·A, and only its narrow factors A and B are
// trained. The model holds W itself, so its layers do not change.
#include <cstdint>

#include "nn/gpt.h"
#include "train/options.h"

namespace mini_llm {

class Lora {
 public:
  /// The matrices' current values become the base. A is drawn from the seed and B is zero, so W = base at
  /// first.
  Lora(std::vector<HiddenMatrix> matrices, std::size_t rank, double alpha, std::uint32_t seed);

  /// A [rank, in] and B [out, rank] of each matrix in turn, under PEFT's names: "x.lora_A.weight" and
  /// "x.lora_B.weight" for "x.weight".
  const StateDict& factors() const { return factors_; }
  /// Copies of the matrices from before training; shared, not copied again.
  const StateDict& base() const { return base_; }

  /// Computes the factors' gradients from the matrices' gradients: dB = alpha/rank·dW·Aᵀ and dA =
  /// alpha/rank·Bᵀ·dW.
  void backward();
  Cost backward_cost() const { return merge_cost().times(2); }
  /// Computes the matrices from the factors.
  void merge();
  Cost merge_cost() const;

 private:
  std::vector<HiddenMatrix> matrices_;
  StateDict factors_, base_;
  float scale_;
};

/// The hidden matrices that take gradients.
std::vector<HiddenMatrix> trained_matrices(const Gpt& model);

/// LoRA for all of these. Throws std::invalid_argument if there are none.
Lora make_lora(const Gpt& model, const TrainOptions& options);

}  // namespace mini_llm
