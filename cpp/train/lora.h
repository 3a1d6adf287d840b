#pragma once
// LoRA (Hu et al. 2021): of a matrix W only a product of two narrow ones is learnt, W = base +
// alpha/rank·B·A. The model holds W itself all the while, so that nothing else need know.
#include <cstdint>

#include "nn/gpt.h"
#include "train/options.h"

namespace mini_llm {

class Lora {
 public:
  /// Of these matrices as they are now. A is drawn from the seed and B is zero, so that they stay the same.
  Lora(std::vector<HiddenMatrix> matrices, std::size_t rank, double alpha, std::uint32_t seed);

  /// A [rank, in] and B [out, rank] of each matrix, in turns, named as PEFT does: of "x.weight" they are
  /// "x.lora_A.weight" and "x.lora_B.weight".
  const StateDict& factors() const { return factors_; }
  /// The matrices as they were before; shared, not copied.
  const StateDict& base() const { return base_; }

  /// The factors' gradients from those of the matrices.
  void backward();
  /// The matrices from the factors.
  void merge();
  /// Floating-point operations of merge; backward takes twice as many.
  double flops() const;

 private:
  std::vector<HiddenMatrix> matrices_;
  StateDict factors_, base_;
  float scale_;
};

/// The matrices between the layers that take gradients.
std::vector<HiddenMatrix> trained_matrices(const Gpt& model);

/// Of all of these, as the options say. Throws std::invalid_argument when there are none.
Lora make_lora(const Gpt& model, const TrainOptions& options);

}  // namespace mini_llm
