#pragma once
// AdamW (Loshchilov & Hutter 2017): Adam with decoupled weight decay, on matrices only, as GPT-2 is trained.
#include "nn/module.h"

namespace mini_llm {

struct AdamWOptions {
  double beta1, beta2, weight_decay;
  double eps = 1e-8;
};

class AdamW {
 public:
  AdamW(std::vector<NamedTensor> parameters, AdamWOptions options);

  /// Update number `step`, counted from 1; gradients are multiplied by gradient_scale on the way. The weights
  /// as they were are left in the gradients' memory.
  void update(std::size_t step, double lr, double gradient_scale);

  const std::vector<NamedTensor>& parameters() const { return parameters_; }
  /// First and second moments under their parameters' names; shared with the optimizer, not copied.
  const StateDict& exp_avg() const { return exp_avg_; }
  const StateDict& exp_avg_sq() const { return exp_avg_sq_; }

 private:
  std::vector<NamedTensor> parameters_;
  StateDict exp_avg_, exp_avg_sq_;
  AdamWOptions options_;
};

}  // namespace mini_llm
