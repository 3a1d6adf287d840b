#include "io/adapter.h"

#include <bit>
#include <stdexcept>

#include "io/file_info.h"
#include "io/safetensors.h"
#include "nn/architecture.h"
#include "train/lora.h"

namespace mini_llm {

namespace {

constexpr std::string_view kLora = "lora.", kBase = "base.";

/// The prefix of tensor names in PEFT's adapter files.
std::string adapter_prefix(const ModelConfig& config) {
  return std::string("base_model.model.") + architecture(config.arch).names.peft_prefix;
}

/// A hash of matrices in any order: the sum of their FNV-1a hashes over 32-bit words.
std::uint32_t fingerprint(const StateDict& matrices) {
  std::uint32_t sum = 0;
  for (const auto& [name, matrix] : matrices) {
    std::uint32_t hash = 0x811C9DC5;
    for (std::size_t i = 0; i < matrix.size(); ++i)
      hash = (hash ^ std::bit_cast<std::uint32_t>(matrix.data()[i])) * 0x01000193;
    sum += hash;
  }
  return sum;
}

}  // namespace

FileOutput save_adapter(std::string_view bytes) {
  const RunState run = read_checkpoint(bytes);
  StateDict base, factors;
  for (const auto& [name, tensor] : run.optimizer) {
    if (name.starts_with(kBase)) base.emplace_back(name, tensor);
    if (name.starts_with(kLora))
      factors.emplace_back(adapter_prefix(run.config) + name.substr(kLora.size()), tensor);
  }
  if (factors.empty())
    throw std::invalid_argument("This file holds no adapter; only a run with lora_rank above 0 saves one.");
  return write_safetensors(to_metadata({run, fingerprint(base)}), factors);
}

void apply_adapter(const LoadedModel& model, std::string_view bytes) {
  const FileInfo info = read_file_info(bytes);
  const SafetensorsFile file = read_safetensors(bytes);
  if (!info.adapter_base || !info.options || info.options->lora_rank == 0)
    refuse_file("it is not an adapter");
  if (info.config != model.gpt->config() || !(*info.tokenizer == *model.tokenizer))
    throw std::invalid_argument(
        "This adapter was trained on a model of another shape or with another tokenizer; give that model.");
  const std::string prefix = adapter_prefix(info.config);
  StateDict factors;
  for (const auto& [name, tensor] : file.tensors)
    factors.emplace_back(name.starts_with(prefix) ? name.substr(prefix.size()) : name, tensor);
  model.gpt->freeze(info.options->freeze_layers);
  Lora lora = make_lora(*model.gpt, *info.options);
  copy_state(factors, lora.factors(), "The adapter");
  if (fingerprint(lora.base()) != *info.adapter_base)
    throw std::invalid_argument(
        "This adapter was trained on another model of the same shape; give that model, unchanged.");
  lora.merge();
}

}  // namespace mini_llm
