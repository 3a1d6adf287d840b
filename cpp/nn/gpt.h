#pragma once
// GPT-2 (Radford et al. 2019) with Hugging Face's names; reads top to bottom in the order in which data
// flows.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/layers.h"

namespace mini_llm {

struct ModelConfig {
  std::string arch = "gpt2";
  std::size_t vocab_size = 256;
  std::size_t max_len = 128;  // positions: the longest context
  std::size_t n_layer = 4;
  std::size_t n_head = 4;
  std::size_t n_embd = 128;  // C

  bool operator==(const ModelConfig&) const = default;
};

/// Throws std::invalid_argument with a sentence when no model can have this shape.
void validate(const ModelConfig& config);

/// How many parameters a model of this shape has, also where that is more than 32 bits can count.
std::uint64_t count_parameters(const ModelConfig& config);

class KvCache;

/// What one pass through the blocks needs to know beside its input.
struct Pass {
  Tape& tape;
  DropoutCalls dropout_calls{};
  KvCache* cache = nullptr;  // null: attend within the input alone
  std::size_t sequence = 0;  // the first row's among those of the cache
};

class CausalSelfAttention : public Module {
 public:
  CausalSelfAttention(const ModelConfig& config, float dropout);
  /// residual + the attended x.
  Tensor forward(Pass& pass, const Tensor& x, const Tensor& residual, std::size_t layer) const;

  Linear c_attn, c_proj;

 private:
  std::size_t n_head_;
  Dropout resid_dropout_;
};

class Mlp : public Module {
 public:
  Mlp(const ModelConfig& config, float dropout);
  /// residual + mlp(x).
  Tensor forward(Pass& pass, const Tensor& x, const Tensor& residual) const;

  Linear c_fc, c_proj;

 private:
  Dropout dropout_;
};

class Block : public Module {
 public:
  Block(const ModelConfig& config, float dropout);
  Tensor forward(Pass& pass, const Tensor& x, std::size_t layer) const;

  LayerNorm ln_1;
  CausalSelfAttention attn;
  LayerNorm ln_2;
  Mlp mlp;
};

class Gpt : public Module {
 public:
  /// Weights are unspecified until initialize or load_state_dict. Dropout acts on the embeddings and on both
  /// residual branches, in training only.
  explicit Gpt(const ModelConfig& config, float dropout = 0);

  /// N(0, 0.02), residual projections N(0, 0.02/sqrt(2·n_layer)), biases 0, norms 1.
  void initialize(std::uint32_t seed);

  /// ids, `batch` rows of T -> logits [batch, T, V].
  Tensor forward(Pass& pass, const std::vector<std::int32_t>& ids, std::size_t batch) const;

  // The same in pieces, for who must come up for air in between: embed, each block, head.
  Tensor embed(Pass& pass, std::span<const std::int32_t> ids, std::size_t batch) const;
  Tensor block(Pass& pass, const Tensor& x, std::size_t layer) const;
  Tensor head(Pass& pass, const Tensor& x) const;

  const ModelConfig& config() const { return config_; }

 private:
  ModelConfig config_;
  Embedding wte_, wpe_;
  Dropout drop_;
  std::vector<std::unique_ptr<Block>> h_;
  LayerNorm ln_f_;
  std::vector<std::int32_t> positions_;  // 0, 1 … max_len - 1
};

}  // namespace mini_llm
