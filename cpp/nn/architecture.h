#pragma once
// Architectures as data: the parts of a block, and Hugging Face's names for their weights.
#include <span>
#include <string>

#include "kernels/activation.h"
#include "tensor/ops.h"

namespace mini_llm {

struct ModelConfig;

struct Architecture {
  const char* name;  // as in ModelConfig::arch

  bool rotary;                   // QK-norm and rotary positions; otherwise learned position embeddings
  bool rms_norm;                 // otherwise LayerNorm
  const Activation& activation;  // unless ModelConfig names another
  bool bias;                     // linear layers have one
  Layout layout;                 // of their matrices

  struct Names {
    const char *tokens, *positions;  // embeddings
    const char* block;               // before its number
    const char *norm_1, *attention, *norm_2, *mlp;
    std::span<const char* const> qkv;  // one linear layer, or one each
    const char *q_norm, *k_norm, *attention_out;
    const char *mlp_gate, *mlp_up, *mlp_out;  // without mlp_gate, gates are mlp_up's first columns
    const char* last_norm;
    const char* peft_prefix;  // of all these in PEFT's files, after "base_model.model."
  } names;
};

/// Throws std::invalid_argument if none has this name.
const Architecture& architecture(const std::string& name);

/// Throws std::invalid_argument if the config has another activation than its architecture's, which `format`
/// cannot express.
void require_own_activation(const ModelConfig& config, const std::string& format);

}  // namespace mini_llm
