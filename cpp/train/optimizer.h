#pragma once
// The interface of optimizers, which update parameters from their gradients: see train/adamw.h and
// train/muon.h. The table in train/optimizer.cpp says which of them a run uses.
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

  /// Where a step saves a parameter's values before it changes them; null: nowhere. The gradient's memory is
  /// allowed: a step reads each element's gradient first, and gradients are not needed afterwards.
  float* (*previous)(Tensor& parameter) = nullptr;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Updates every parameter.
  virtual void step(const OptimizerStep& s) = 0;
  /// The cost of a step, for the profile.
  virtual Cost cost() const = 0;
  /// The tensors kept between steps, such as "exp_avg.NAME". Shared, not copied, so copy_state into them
  /// loads a saved state.
  virtual StateDict state() const = 0;
};

using Optimizers = std::vector<std::unique_ptr<Optimizer>>;

/// The optimizers that options.optimizer names, each for its share of the parameters.
Optimizers make_optimizers(const TrainOptions& options, const TrainedParameters& parameters);

std::size_t element_count(const std::vector<NamedTensor>& tensors);

/// A tensor of zeros for each parameter, named PREFIX.NAME.
StateDict make_moments(const char* prefix, const std::vector<NamedTensor>& parameters);

}  // namespace mini_llm
