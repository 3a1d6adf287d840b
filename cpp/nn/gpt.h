#pragma once
// The transformer, GPT-2 or Qwen3 as its config says (nn/architecture.h), with Hugging Face's names. Reads
// from top to bottom in the order of the data flow. Shapes: B batch, T time, C n_embd, V vocabulary.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/config.h"
#include "nn/layers.h"
#include "tensor/task.h"

namespace mini_llm {

struct Architecture;
struct TokenSample;
class KvCache;

/// Hugging Face's name of an untied head, in both architectures.
inline constexpr const char* kHead = "lm_head";

/// The state that one forward pass needs besides its input.
struct ForwardContext {
  Tape& tape;
  DropoutKeys dropout_keys{};
  KvCache* cache = nullptr;  // null: attend within the input alone
  std::size_t sequence = 0;  // of the cache, for the first row of the input
  Tensor rotary_table{};     // set by the model, if its positions are rotary
};

class CausalSelfAttention : public Module {
 public:
  CausalSelfAttention(const ModelConfig& config, const Architecture& arch, float dropout);
  // The steps of attention, one after another.
  /// x [B, T, C] -> queries, keys and values as attention reads them [B, T, (n_head + 2·n_kv_head)·head_dim].
  Tensor qkv(ForwardContext& ctx, const Tensor& x) const;
  /// qkv -> the heads' outputs [B, T, n_head·head_dim], side by side.
  Tensor attend(ForwardContext& ctx, const Tensor& qkv, std::size_t layer) const;
  /// residual + the projection of the heads' outputs.
  Tensor project(ForwardContext& ctx, const Tensor& heads, const Tensor& residual) const;

 private:
  std::size_t n_head_, n_kv_head_;
  FusedLinear qkv_;
  std::optional<Norm> q_norm_, k_norm_;  // with rotary positions
  Linear out_;
  Dropout resid_dropout_;
};

class Mlp : public Module {
 public:
  Mlp(const ModelConfig& config, const Architecture& arch, float dropout);
  /// residual + mlp(x).
  Tensor forward(ForwardContext& ctx, const Tensor& x, const Tensor& residual) const;

 private:
  const Activation& activation_;
  FusedLinear in_;
  Linear out_;
  Dropout dropout_;
};

class Block : public Module {
 public:
  Block(const ModelConfig& config, const Architecture& arch, float dropout);
  Tensor forward(ForwardContext& ctx, const Tensor& x, std::size_t layer) const;

  // The steps of forward, for inspection (see CausalSelfAttention).
  Tensor qkv(ForwardContext& ctx, const Tensor& x) const;
  Tensor attend(ForwardContext& ctx, const Tensor& qkv, std::size_t layer) const;
  Tensor forward_from_heads(ForwardContext& ctx, const Tensor& heads, const Tensor& x) const;

 private:
  Norm norm_1_;
  CausalSelfAttention attention_;
  Norm norm_2_;
  Mlp mlp_;
};

/// A 2-D weight inside a block: neither an embedding nor the head.
struct HiddenMatrix {
  std::string name;
  Tensor weight;
  Layout layout;
  std::size_t parts;  // matrices of the same size side by side in it: 3 for fused queries, keys and values
};

class Gpt : public Module {
 public:
  /// Weights are unspecified until initialize or load_state_dict. Dropout acts on the embeddings and on both
  /// residual branches, in training only.
  explicit Gpt(const ModelConfig& config, float dropout = 0);

  /// Weights N(0, 0.02), those of projections onto the residual N(0, 0.02/sqrt(2·n_layer)), biases 0,
  /// norms 1.
  void initialize(std::uint32_t seed);

  /// Freezes the first `layers` blocks and, if there are any, the embeddings with a tied head; unfreezes
  /// all other parameters. Throws std::invalid_argument if the model has fewer layers.
  void freeze(std::size_t layers);

  /// The positions whose logits are computed; last_position is for inference only.
  enum class LogitsOf { all_positions, last_position };

  /// ids [B·T] -> x [B, T, C], the input of the head, or [B, 1, C] of the last position. Yields the number of
  /// layers done after each layer, for callers that do other work in between. The arguments must outlive it.
  Task<std::size_t> forward_by_layer(ForwardContext& ctx, std::span<const std::int32_t> ids,
                                     std::size_t batch, Tensor& x,
                                     LogitsOf positions = LogitsOf::all_positions) const;
  /// x of forward_by_layer -> [1], the mean cross-entropy in nats against targets [B·T].
  Tensor loss(ForwardContext& ctx, const Tensor& x, std::span<const std::int32_t> targets) const;
  /// An estimate of it from some tokens of the vocabulary.
  Tensor loss(ForwardContext& ctx, const Tensor& x, const TokenSample& sample) const;
  /// ids [B·T] -> logits [B, T, V], or [B, 1, V] of the last position.
  Tensor forward(ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
                 LogitsOf positions = LogitsOf::all_positions) const;

  // The parts of forward, for inspection.
  /// ids [B·T] -> x [B, T, C], the input of the first block.
  Tensor embed(ForwardContext& ctx, std::span<const std::int32_t> ids, std::size_t batch) const;
  const Block& block(std::size_t layer) const { return *blocks_[layer]; }
  /// The output of a block -> the input of the head, both [B, T, C].
  Tensor final_norm(ForwardContext& ctx, const Tensor& x) const { return last_norm_.forward(ctx.tape, x); }
  /// The input of the head [B, T, C] -> logits [B, T, V].
  Tensor logits(ForwardContext& ctx, const Tensor& x) const { return lm_head(ctx.tape, x, head_weight()); }

  /// [V, C].
  const Tensor& token_embeddings() const { return tokens_.weight; }

  /// With defaults filled in.
  const ModelConfig& config() const { return config_; }
  std::vector<HiddenMatrix> hidden_matrices() const;
  /// Whether positions may go past seq_len. Each token then sees the last seq_len tokens, through a KV cache
  /// that is a ring.
  bool has_rolling_cache() const { return !frequencies_.empty(); }

 private:
  /// [V, C], of the head.
  const Tensor& head_weight() const { return head_ ? head_->weight : tokens_.weight; }
  /// past, past + 1, …, past + time - 1 in each of `batch` rows.
  Tensor embed_positions(ForwardContext& ctx, std::size_t past, std::size_t time, std::size_t batch) const;

  ModelConfig config_;
  const Architecture& arch_;
  Embedding tokens_;
  std::optional<Embedding> positions_;      // learned
  std::vector<std::int32_t> position_ids_;  // 0, 1, …, seq_len - 1, for learned positions
  std::vector<float> frequencies_;          // of rotary positions
  Dropout dropout_;
  std::vector<std::unique_ptr<Block>> blocks_;
  Norm last_norm_;
  std::optional<Linear> head_;  // untied
};

}  // namespace mini_llm
