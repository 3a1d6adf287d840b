#pragma once
// Estimates of the memory and the arithmetic of a run, before it begins.
#include "nn/config.h"
#include "train/options.h"

namespace mini_llm {

/// Upper estimate of a run's memory in bytes, including the text and one checkpoint while it is written.
double estimate_memory(const ModelConfig& config, const TrainOptions& options, double corpus_bytes);

/// Floating-point operations of the optimizer in one step; only matrix products count.
double update_flops(const ModelConfig& config, const TrainOptions& options);

}  // namespace mini_llm
