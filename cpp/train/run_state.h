#pragma once
#include <optional>
#include <string>

#include "nn/config.h"
#include "nn/module.h"
#include "text/tokenizer.h"
#include "train/options.h"
#include "train/progress.h"

namespace mini_llm {

/// The contents of a saved model or run besides its tensors.
struct RunInfo {
  ModelConfig config;
  TokenizerPtr tokenizer = byte_tokenizer();
  std::string start = "\n";             // what generation without a prompt continues (text/default_prompt.h)
  std::optional<TrainOptions> options;  // absent in a model without a run
  Progress progress;
  std::string corpus_sha256;
  /// How the run came about, as the host's JSON object (web/engine/recipe.ts); "": unknown.
  std::string recipe;
};

/// Everything that a run needs to continue with the same bits; of a model without a run, only the weights.
struct RunState : RunInfo {
  StateDict weights;
  StateDict optimizer;  // with LoRA's matrices and factors
  StateDict best;  // the trained tensors that validated best, if early stopping keeps others than the present
};

}  // namespace mini_llm
