#pragma once
// What tells one architecture from another, as data: which parts a block is made of, and what Hugging Face
// calls them.
#include <span>
#include <string>

#include "tensor/ops.h"

namespace mini_llm {

struct Architecture {
  const char* name;  // as in ModelConfig::arch

  bool rotary;    // positions turn queries and keys, after QK-norm; otherwise they are learnt and added
  bool rms_norm;  // otherwise LayerNorm
  bool gated;     // the MLP is SwiGLU, otherwise GELU
  bool bias;      // linear layers have one
  Layout layout;  // of their matrices

  struct Names {
    const char *tokens, *positions;  // embeddings
    const char* block;               // before its number
    const char *norm_1, *attention, *norm_2, *mlp;
    std::span<const char* const> qkv;  // one linear layer, or one each
    const char *q_norm, *k_norm, *attention_out;
    std::span<const char* const> mlp_in;  // one, or the gate's and the up's
    const char* mlp_out;
    const char* last_norm;
    const char* peft_prefix;  // of all these in PEFT's files, after "base_model.model."
  } names;
};

/// Throws std::invalid_argument with a sentence when there is none of this name.
const Architecture& architecture(const std::string& name);

}  // namespace mini_llm
