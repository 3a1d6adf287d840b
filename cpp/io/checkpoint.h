#pragma once
// Saved models and runs as safetensors files: weights under their Hugging Face names, the optimizer's state
// as "optimizer.exp_avg.NAME" and the like, with early stopping the best weights so far as "best.NAME", and
// everything else as JSON (io/file_info.h). A file depends on the run alone: the same run gives the same
// bytes.
#include <memory>
#include <string>
#include <string_view>

#include "io/file_output.h"
#include "nn/gpt.h"
#include "train/run_state.h"

namespace mini_llm {

/// The output shares the run's tensors: take its bytes before the run continues.
FileOutput save_checkpoint(const RunState& state);

/// Throws std::invalid_argument with a sentence if the file is damaged or another program wrote it.
RunState read_checkpoint(std::string_view bytes);

/// A model with its tokenizer and default prompt, which generation needs.
struct LoadedModel {
  std::shared_ptr<Gpt> gpt;
  TokenizerPtr tokenizer = byte_tokenizer();
  std::string start = "\n";
};

/// Weights of a run with early stopping: those that its file generates with, those with the best validation
/// so far, or those of the last step.
enum class Weights { saved, best, last };

FileOutput save_model(const LoadedModel& model);
/// Throws std::invalid_argument with a sentence as read_checkpoint does, and if the file lacks these weights.
LoadedModel load_model(std::string_view bytes, Weights which = Weights::saved);

/// The metadata and the list of tensors as JSON.
std::string describe_checkpoint(std::string_view bytes);

}  // namespace mini_llm
