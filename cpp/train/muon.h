#pragma once
// Muon (Jordan et al. 2024): momentum whose direction is made orthogonal, for hidden matrices. A matrix then
// moves equally far in every direction, whatever the size of its gradient.
#include "nn/gpt.h"
#include "train/optimizer.h"

namespace mini_llm {

class Muon final : public Optimizer {
 public:
  /// Its learning rate is lr_ratio times the step's.
  Muon(std::vector<HiddenMatrix> matrices, double lr_ratio, double weight_decay);

  void step(const OptimizerStep& s) override;
  Cost cost() const override;
  /// momentum_buffer.NAME.
  StateDict state() const override { return momentum_; }

 private:
  /// What is made orthogonal by itself: a whole matrix, or one of those that are stored side by side in it.
  struct Piece {
    std::size_t matrix, first_column, columns;
  };
  void update(const Piece& piece, const OptimizerStep& s);

  std::vector<HiddenMatrix> matrices_;
  StateDict momentum_;
  std::vector<Piece> pieces_;
  double lr_ratio_;
  float weight_decay_;
};

}  // namespace mini_llm
