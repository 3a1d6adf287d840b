#pragma once
// The two architectures whole, with Hugging Face's names for their weights.
#include <map>

#include "nn/config.h"
#include "reference/reference.h"

namespace mini_llm::reference {

/// A model's parameters by name ("h.0.attn.c_attn.weight").
struct Parameters {
  std::map<std::string, Matrix> matrices;
  std::map<std::string, Vector> vectors;

  const Matrix& matrix(const std::string& name) const { return matrices.at(name + ".weight"); }
  const Vector& weight(const std::string& name) const { return vectors.at(name + ".weight"); }
  const Vector& bias(const std::string& name) const { return vectors.at(name + ".bias"); }
};

// config must come from with_defaults (nn/config.h).

/// Block number `layer` of one sequence: x [T, C] -> [T, C].
Matrix gpt2_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x);
Matrix qwen3_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x);

/// ids [T] -> logits [T, V]. T may be more than seq_len for qwen3, where a token sees the seq_len last ones.
Matrix gpt2(const Parameters& p, const ModelConfig& config, const Ids& ids);
Matrix qwen3(const Parameters& p, const ModelConfig& config, const Ids& ids);
/// Of the architecture config.arch.
Matrix logits(const Parameters& p, const ModelConfig& config, const Ids& ids);
/// The same, with the last norm and the head right after the first `layers` blocks.
Matrix lens_logits(const Parameters& p, const ModelConfig& config, const Ids& ids, std::size_t layers);
/// The attention weights [T, T] of each head of a layer.
std::vector<Matrix> layer_attention(const Parameters& p, const ModelConfig& config, const Ids& ids,
                                    std::size_t layer);

}  // namespace mini_llm::reference
