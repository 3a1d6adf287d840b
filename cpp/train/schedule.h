#pragma once
// The learning rate over a run.
#include <algorithm>
#include <cstddef>

#include "kernels/math.h"
#include "train/options.h"

namespace mini_llm {

/// The share of the decay from lr to min_lr that remains, from 1 to 0; progress is the share of steps done.
inline double left_of_decay(const TrainOptions& o, double progress) {
  if (o.schedule == "cosine") return 0.5 * (1 + cos_pi(progress));  // Loshchilov & Hutter 2016
  if (o.schedule == "linear") return 1 - progress;
  // Warm-up, stable, decay (Hu et al. 2024): the stable part can be extended later.
  return o.decay_fraction > 0 ? std::min(1.0, (1 - progress) / o.decay_fraction) : 1;
}

/// The learning rate after `step` completed steps: linear warm-up to lr, then decay to min_lr at max_steps.
inline double learning_rate(const TrainOptions& o, std::size_t step) {
  const double at = static_cast<double>(step), warmup = static_cast<double>(o.warmup_steps);
  if (step < o.warmup_steps) return o.lr * (at + 1) / (warmup + 1);
  if (step >= o.max_steps) return o.min_lr;
  const double progress = (at - warmup) / (static_cast<double>(o.max_steps) - warmup);
  return o.min_lr + left_of_decay(o, progress) * (o.lr - o.min_lr);
}

}  // namespace mini_llm
