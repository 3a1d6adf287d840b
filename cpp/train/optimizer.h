#pragma once
// What updates parameters from their gradients. train/adamw.h and train/muon.h are optimizers; the table in
// train/optimizer.cpp says which of them a run uses.
#include <memory>
#include <vector>

#include "nn/module.h"
#include "train/options.h"

namespace mini_llm {

class TrainedParameters;

struct OptimizerStep {
  std::size_t number;     // counted from 1
  double lr;              // by the schedule
  double gradient_scale;  // multiplies every gradient; below 1 when clipped

  /// Where a step puts a parameter's values before it changes them; null: nowhere. That may be the memory of
  /// its gradient: a step reads each element's gradient first, and uses the gradients up in any case.
  float* (*previous)(Tensor& parameter) = nullptr;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Updates every parameter.
  virtual void step(const OptimizerStep& s) = 0;
  /// What a step costs, for the profile.
  virtual Cost cost() const = 0;
  /// What it remembers between steps, "exp_avg.NAME" and the like; shared, not copied.
  virtual StateDict state() const = 0;
  void load_state(const StateDict& state) const { copy_state(state, this->state(), "The optimizer's state"); }
};

using Optimizers = std::vector<std::unique_ptr<Optimizer>>;

/// The optimizers that options.optimizer names, each for its share of the parameters.
Optimizers make_optimizers(const TrainOptions& options, const TrainedParameters& parameters);

std::size_t element_count(const std::vector<NamedTensor>& tensors);

/// A tensor of zeros for each parameter, named PREFIX.NAME.
StateDict make_moments(const char* prefix, const std::vector<NamedTensor>& parameters);

}  // namespace mini_llm
