#include "nn/architecture.h"

#include <stdexcept>

#include "nn/config.h"

namespace mini_llm {

namespace {

constexpr const char *kOneForQkv[] = {"c_attn"}, *kThreeForQkv[] = {"q_proj", "k_proj", "v_proj"};

/// GPT-2 (Radford et al. 2019).
constexpr Architecture kGpt2{
    .name = "gpt2",
    .rotary = false,
    .rms_norm = false,
    .activation = kGelu,
    .bias = true,
    .layout = Layout::in_out,
    .names = {.tokens = "wte",
              .positions = "wpe",
              .block = "h.",
              .norm_1 = "ln_1",
              .attention = "attn",
              .norm_2 = "ln_2",
              .mlp = "mlp",
              .qkv = kOneForQkv,
              .q_norm = nullptr,
              .k_norm = nullptr,
              .attention_out = "c_proj",
              .mlp_gate = nullptr,
              .mlp_up = "c_fc",
              .mlp_out = "c_proj",
              .last_norm = "ln_f",
              .peft_prefix = "transformer."},
};

/// Qwen3 (Yang et al. 2025), dense.
constexpr Architecture kQwen3{
    .name = "qwen3",
    .rotary = true,
    .rms_norm = true,
    .activation = kSwiGlu,
    .bias = false,
    .layout = Layout::out_in,
    .names = {.tokens = "model.embed_tokens",
              .positions = nullptr,
              .block = "model.layers.",
              .norm_1 = "input_layernorm",
              .attention = "self_attn",
              .norm_2 = "post_attention_layernorm",
              .mlp = "mlp",
              .qkv = kThreeForQkv,
              .q_norm = "q_norm",
              .k_norm = "k_norm",
              .attention_out = "o_proj",
              .mlp_gate = "gate_proj",
              .mlp_up = "up_proj",
              .mlp_out = "down_proj",
              .last_norm = "model.norm",
              .peft_prefix = ""},
};

constexpr const Architecture* kArchitectures[] = {&kGpt2, &kQwen3};
constexpr const char* kNames[] = {kGpt2.name, kQwen3.name};

}  // namespace

const Architecture& architecture(const std::string& name) {
  for (const Architecture* known : kArchitectures)
    if (name == known->name) return *known;
  throw std::invalid_argument(problem_of("arch", name, kNames));
}

void require_own_activation(const ModelConfig& config, const std::string& format) {
  const char* own = architecture(config.arch).activation.name;
  if (config.activation != own)
    throw std::invalid_argument(format + " has no " + config.arch + " with the activation " +
                                config.activation + ", only with " + own + "; export safetensors instead.");
}

std::span<const char* const> architecture_names() { return kNames; }

}  // namespace mini_llm
