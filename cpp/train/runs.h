#pragma once
// Runs that start from a saved file. To start a new run, make a Trainer.
#include <memory>
#include <string>
#include <string_view>

#include "train/run_state.h"
#include "train/trainer.h"

namespace mini_llm {

/// Continues a saved run. Throws std::invalid_argument if the optimizer's state is missing, the run has ended
/// with its best weights, the weights are damaged, or the run was trained on another text.
std::unique_ptr<Trainer> resume_run(const RunState& saved, const TrainOptions& options,
                                    std::string_view corpus, const std::string& corpus_sha256);

/// Starts a new run on any text, with a saved model's weights and tokenizer.
std::unique_ptr<Trainer> finetune_run(const RunState& saved, const TrainOptions& options,
                                      std::string_view corpus, const std::string& corpus_sha256);

}  // namespace mini_llm
