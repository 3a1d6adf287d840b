#pragma once
#include "kernels/math.h"
#include "train/options.h"

namespace mini_llm {

/// Learning rate of the step that follows `step` completed ones: linear warm-up to lr, then half a cosine
/// down to min_lr at max_steps (Loshchilov & Hutter 2016).
inline double learning_rate(const TrainOptions& o, std::size_t step) {
  const double at = static_cast<double>(step), warmup = static_cast<double>(o.warmup_steps);
  if (step < o.warmup_steps) return o.lr * (at + 1) / (warmup + 1);
  if (step >= o.max_steps) return o.min_lr;
  const double progress = (at - warmup) / (static_cast<double>(o.max_steps) - warmup);
  return o.min_lr + 0.5 * (1 + cos_pi(progress)) * (o.lr - o.min_lr);
}

}  // namespace mini_llm
