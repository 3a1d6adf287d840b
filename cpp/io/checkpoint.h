#pragma once
// What a saved model or run holds, in a safetensors file: weights under their Hugging Face names, what the
// optimizer remembers under "optimizer.exp_avg.NAME" and the like, the best weights so far under "best.NAME"
// where early stopping keeps them, and everything else as JSON in the metadata "mini_llm". Nothing in it
// depends on the clock or the machine: the same run gives the same bytes.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/safetensors.h"
#include "train/trainer.h"

namespace mini_llm {

struct CheckpointInfo {
  ModelConfig config;
  TokenizerPtr tokenizer = byte_tokenizer();
  std::string start = "\n";             // what a text generated from nothing begins with
  std::optional<TrainOptions> options;  // absent in a file of weights only
  Trainer::Progress progress;
  std::string corpus_sha256;
  bool is_adapter = false;  // no model, but what LoRA learnt of one
  std::uint32_t base = 0;   // of an adapter: tells the model that it was made for from others of its shape
};

struct Checkpoint {
  CheckpointInfo info;
  StateDict weights;
  StateDict optimizer;  // empty in a file of weights only
  StateDict best;       // of what is trained the best values, where early stopping keeps others than these
};

/// A model as it generates.
struct LoadedModel {
  std::shared_ptr<Gpt> gpt;
  TokenizerPtr tokenizer = byte_tokenizer();
  std::string start = "\n";
};

/// Weights, shape, tokenizer and start. The outputs share the model's tensors: take their bytes before it
/// goes on.
SafetensorsOutput save_model(const LoadedModel& model);

/// The model of a run: it changes with every step.
LoadedModel model_of(const Trainer& trainer);

/// Everything needed to go on bit by bit. After a failure, which no run can go on from, the weights that were
/// kept. Call Trainer::verify before.
SafetensorsOutput save_checkpoint(const Trainer& trainer);

/// Throws std::invalid_argument with a sentence when the file is damaged or of another program.
Checkpoint read_checkpoint(std::string_view bytes);

LoadedModel load_model(std::string_view bytes);

/// Goes on with a saved run. Throws std::invalid_argument when the file lacks the optimizer's state, the run
/// has ended with its best weights, the weights are damaged, or the text is not the one that it was trained
/// on.
std::unique_ptr<Trainer> resume_trainer(std::string_view bytes, const TrainOptions& options,
                                        std::string_view corpus, const std::string& corpus_sha256);

/// A new run on any text that begins with a saved model's weights and tokenizer; whatever else the file holds
/// is left aside.
std::unique_ptr<Trainer> finetune_trainer(std::string_view bytes, const TrainOptions& options,
                                          std::string_view corpus, const std::string& corpus_sha256);

/// What a LoRA run has learnt, apart from the model that it began with: of a file of save_checkpoint the
/// factors A and B, under PEFT's names. Throws std::invalid_argument when there are none.
SafetensorsOutput save_adapter(std::string_view checkpoint);

/// Merges such a file into the model that it was made for: the weights are then those of the run, bit by bit.
/// Throws std::invalid_argument, and changes nothing, when model and adapter do not fit.
void apply_adapter(const LoadedModel& model, std::string_view adapter);

/// The metadata and the list of tensors as JSON, for people and programs to look at.
std::string describe_checkpoint(std::string_view bytes);

}  // namespace mini_llm
