#include "io/checkpoint.h"

#include "io/file_info.h"
#include "io/safetensors.h"

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

LoadedModel load_model(std::string_view bytes) {
  const RunState state = read_checkpoint(bytes);
  auto model = std::make_shared<Gpt>(state.config);
  model->load_state_dict(state.weights);
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
