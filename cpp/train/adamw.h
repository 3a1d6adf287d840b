#pragma once
// AdamW (Loshchilov & Hutter 2017): Adam with decoupled weight decay, on matrices only, as GPT-2 is trained.
#include "train/optimizer.h"

namespace mini_llm {

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<NamedTensor> parameters, double beta1, double beta2, double weight_decay);

  void step(const OptimizerStep& s) override;
  Cost cost() const override;
  /// exp_avg.NAME, then exp_avg_sq.NAME.
  StateDict state() const override;

 private:
  std::vector<NamedTensor> parameters_;
  StateDict exp_avg_, exp_avg_sq_;  // first and second moments
  double beta1_, beta2_, weight_decay_;
};

}  // namespace mini_llm
