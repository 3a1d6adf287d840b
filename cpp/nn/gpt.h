#pragma once
// The transformer, GPT-2 or Qwen3 as its config says (nn/architecture.h), with Hugging Face's names; reads
// top to bottom in the order in which data flows.
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
class KvCache;

/// What one pass through the blocks needs to know beside its input.
struct ForwardContext {
  Tape& tape;
  DropoutCalls dropout_calls{};
  KvCache* cache = nullptr;  // null: attend within the input alone
  std::size_t sequence = 0;  // the first row's among those of the cache
  Tensor rotary_table{};     // of the positions; embed makes it where there are rotary ones
};

class CausalSelfAttention : public Module {
 public:
  CausalSelfAttention(const ModelConfig& config, const Architecture& arch, float dropout);
  /// residual + the attended x.
  Tensor forward(ForwardContext& ctx, const Tensor& x, const Tensor& residual, std::size_t layer) const;

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

 private:
  Norm norm_1_;
  CausalSelfAttention attention_;
  Norm norm_2_;
  Mlp mlp_;
};

/// A matrix between the layers, that is, neither an embedding nor the head.
struct HiddenMatrix {
  std::string name;
  Tensor weight;
  Layout layout;
  std::size_t parts;  // matrices stored side by side in it, so many columns each
};

class Gpt : public Module {
 public:
  /// Weights are unspecified until initialize or load_state_dict. Dropout acts on the embeddings and on both
  /// residual branches, in training only.
  explicit Gpt(const ModelConfig& config, float dropout = 0);

  /// N(0, 0.02), what is added to the residual N(0, 0.02/sqrt(2·n_layer)), biases 0, norms 1.
  void initialize(std::uint32_t seed);

  /// From now on the first so many blocks take no gradient and, unless it is 0, nor do the embeddings, to
  /// which the head is tied; all the rest does. Throws std::invalid_argument when there are not so many.
  void freeze(std::size_t layers);

  /// The positions whose logits are computed.
  enum class LogitsOf { all_positions, last_position };

  /// ids, `batch` rows of T -> logits [B, T, V], or [B, 1, V] of the last position alone. Yields the number
  /// of layers done after each layer, for callers that do other work in between; the arguments must outlive
  /// it.
  Task<std::size_t> forward_by_layer(ForwardContext& ctx, std::span<const std::int32_t> ids,
                                     std::size_t batch, Tensor& logits,
                                     LogitsOf positions = LogitsOf::all_positions) const;
  /// The same in one go.
  Tensor forward(ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
                 LogitsOf positions = LogitsOf::all_positions) const;

  /// Completed.
  const ModelConfig& config() const { return config_; }
  std::vector<HiddenMatrix> hidden_matrices() const;
  /// Whether positions may go on past seq_len: each token then sees the seq_len last ones, through a cache
  /// that is a ring.
  bool has_rolling_cache() const { return !frequencies_.empty(); }

 private:
  Tensor embed(ForwardContext& ctx, std::span<const std::int32_t> ids, std::size_t batch) const;
  Tensor add_positions(ForwardContext& ctx, const Tensor& tokens, std::size_t past, std::size_t batch) const;

  ModelConfig config_;
  const Architecture& arch_;
  Embedding tokens_;
  std::optional<Embedding> positions_;  // learnt ones
  std::vector<std::int32_t> counted_;   // 0, 1 … seq_len - 1, with these
  std::vector<float> frequencies_;      // of rotary ones
  Dropout dropout_;
  std::vector<std::unique_ptr<Block>> blocks_;
  Norm last_norm_;
};

}  // namespace mini_llm
