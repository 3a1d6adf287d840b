#pragma once
// Muon (Jordan et al. 2024), for hidden matrices: momentum made orthogonal. A matrix then moves equally far
// in every direction, whatever the size of its gradient.
#include "nn/gpt.h"
#include "train/optimizer.h"

namespace mini_llm {

class Muon final : public Optimizer {
 public:
  Muon(std::vector<HiddenMatrix> matrices, const TrainOptions& options);

  void step(const OptimizerStep& s) override;
  Cost cost() const override;
  /// momentum_buffer.NAME.
  StateDict state() const override { return momentum_; }

 private:
  /// A part that is made orthogonal on its own: a whole matrix, or one of several stored side by side in it.
  struct Piece {
    std::size_t matrix, first_column, columns;
  };
  void update(const Piece& piece, const OptimizerStep& s);

  std::vector<HiddenMatrix> matrices_;
  StateDict momentum_;
  std::vector<Piece> pieces_;
  double lr_ratio_;  // its learning rate is this times the step's
  float weight_decay_;
};

}  // namespace mini_llm
