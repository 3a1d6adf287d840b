#include "io/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "io/file_info.h"
#include "io/safetensors.h"
#include "train/lora.h"

namespace mini_llm {

namespace {

constexpr std::string_view kOptimizer = "optimizer.", kBest = "best.";

void append_with_prefix(StateDict& all, std::string_view prefix, const StateDict& some) {
  for (const auto& [name, tensor] : some) all.emplace_back(std::string(prefix) + name, tensor);
}

/// Removes the tensors with this prefix and returns them without it.
StateDict take_with_prefix(std::map<std::string, Tensor>& tensors, std::string_view prefix) {
  StateDict result;
  for (const auto& [name, tensor] : tensors)
    if (name.starts_with(prefix)) result.emplace_back(name.substr(prefix.size()), tensor);
  std::erase_if(tensors, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  return result;
}

}  // namespace

FileOutput save_checkpoint(const RunState& state) {
  StateDict tensors = state.weights;
  append_with_prefix(tensors, kOptimizer, state.optimizer);
  append_with_prefix(tensors, kBest, state.best);
  return write_safetensors(to_metadata({state, {}}), tensors);
}

RunState read_checkpoint(std::string_view bytes) {
  const FileInfo info = read_file_info(bytes);
  SafetensorsFile file = read_safetensors(bytes);
  if (info.adapter_base) refuse_file("it is an adapter, which needs the model that it was made for");
  // The stated shape is trusted only if the file is large enough to hold it.
  if (count_parameters(info.config) > bytes.size() / sizeof(float))
    refuse_file("it is too short for the model that it states");
  RunState state{info, {}, {}, {}};
  state.optimizer = take_with_prefix(file.tensors, kOptimizer);
  state.best = take_with_prefix(file.tensors, kBest);
  state.weights = StateDict(file.tensors.begin(), file.tensors.end());
  return state;
}

FileOutput save_model(const LoadedModel& model) {
  RunState state;
  state.config = model.gpt->config();
  state.tokenizer = model.tokenizer;
  state.start = model.start;
  state.weights = model.gpt->state_dict();
  return save_checkpoint(state);
}

namespace {

StateDict tensors_named(const StateDict& all, const StateDict& names) {
  StateDict result;
  for (const NamedTensor& tensor : all)
    if (std::any_of(names.begin(), names.end(), [&](const auto& n) { return n.first == tensor.first; }))
      result.push_back(tensor);
  return result;
}

/// Replaces the weights by those of the best validation, of which a LoRA run keeps the factors.
void restore_best(Gpt& model, const RunState& run) {
  constexpr const char* kBestState = "The run's best state";
  const StateDict weights = model.state_dict();
  if (run.options->lora_rank == 0) return copy_state(run.best, tensors_named(weights, run.best), kBestState);
  std::map<std::string, Tensor> state(run.optimizer.begin(), run.optimizer.end());
  const StateDict base = take_with_prefix(state, "base.");
  copy_state(base, tensors_named(weights, base), "The run's base");
  model.freeze(run.options->freeze_layers);
  Lora lora = make_lora(model, *run.options);
  copy_state(run.best, lora.factors(), kBestState);
  lora.merge();
}

[[noreturn]] void refuse_weights(const std::string& wanted, const Progress& progress) {
  throw std::invalid_argument("This file holds the weights of step " +
                              std::to_string(progress.weights_step()) + " alone, not those of the " + wanted +
                              "; leave the choice out to take these.");
}

}  // namespace

LoadedModel load_model(std::string_view bytes, Weights which) {
  const RunState state = read_checkpoint(bytes);
  const Progress& progress = state.progress;
  auto model = std::make_shared<Gpt>(state.config);
  model->load_state_dict(state.weights);
  if (which == Weights::last && progress.restored_best && progress.best_step != progress.step)
    refuse_weights("last step", progress);
  if (which == Weights::best && !progress.restored_best) {
    const bool known = state.options && std::isfinite(progress.best.val_loss);
    if (!known || (state.best.empty() && progress.best_step != progress.step))
      refuse_weights("best validation", progress);
    if (!state.best.empty()) restore_best(*model, state);
  }
  return {model, state.tokenizer, state.start};
}

std::string describe_checkpoint(std::string_view bytes) {
  const FileInfo info = read_file_info(bytes);
  const SafetensorsFile file = read_safetensors(bytes);
  json object = to_json(info);
  if (!info.options) object["options"] = nullptr;
  object["n_parameters"] = count_parameters(info.config);
  json tensors = json::array();
  bool has_optimizer = false;
  for (const auto& [name, tensor] : file.tensors) {
    has_optimizer = has_optimizer || name.starts_with(kOptimizer);
    json& described = tensors.emplace_back();
    described["name"] = name;
    json& shape = described["shape"] = json::array();
    for (const std::size_t n : tensor.shape()) shape.push_back(n);
  }
  object["has_optimizer"] = has_optimizer;
  object["tensors"] = tensors;
  return object.dump();
}

}  // namespace mini_llm
