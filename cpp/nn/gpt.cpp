#include "nn/gpt.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/random.h"
#include "kernels/rotary.h"
#include "nn/architecture.h"
#include "nn/kv_cache.h"
#include "nn/token_sample.h"

namespace mini_llm {

/// residual + dropout(project(x)). Without dropout project adds the residual itself.
template <class Project>
static Tensor add_to_residual(ForwardContext& ctx, const Dropout& dropout, const Tensor& residual,
                              const Project& project) {
  if (!dropout.active()) return project(residual);
  return add(ctx.tape, residual, dropout.forward(ctx.tape, project(Tensor()), ctx.dropout_keys));
}

static std::unique_ptr<Linear> make_linear(const Architecture& arch, std::size_t in, std::size_t out) {
  return std::make_unique<Linear>(in, out, arch.bias, arch.layout);
}

CausalSelfAttention::CausalSelfAttention(const ModelConfig& c, const Architecture& arch, float dropout)
    : n_head_(c.n_head),
      n_kv_head_(c.n_kv_head),
      out_(c.q_width(), c.n_embd, arch.bias, arch.layout),
      resid_dropout_(dropout) {
  const std::size_t keys = c.n_kv_head * c.head_dim, widths[] = {c.q_width(), keys, keys};
  const auto& names = arch.names.qkv;
  for (std::size_t i = 0; i < names.size(); ++i)
    register_module(names[i],
                    qkv_.add(make_linear(arch, c.n_embd, names.size() == 1 ? c.qkv_width() : widths[i])));
  register_module(arch.names.attention_out, out_);
  if (arch.rotary) {
    register_module(arch.names.q_norm, q_norm_.emplace(c.head_dim, arch.rms_norm));
    register_module(arch.names.k_norm, k_norm_.emplace(c.head_dim, arch.rms_norm));
  }
  register_module("resid_dropout", resid_dropout_);
}

Tensor CausalSelfAttention::qkv(ForwardContext& ctx, const Tensor& x) const {
  const Tensor qkv = qkv_.forward(ctx.tape, x);  // [B, T, C] -> [B, T, (n_head + 2·n_kv_head)·head_dim]
  if (!q_norm_) return qkv;
  return rotary(ctx.tape, qkv, q_norm_->weight, k_norm_->weight, ctx.rotary_table, n_head_);
}

Tensor CausalSelfAttention::attend(ForwardContext& ctx, const Tensor& qkv, std::size_t layer) const {
  if (ctx.cache == nullptr) return causal_attention(ctx.tape, qkv, n_head_, n_kv_head_);
  return cached_attention(ctx.tape, qkv, n_head_, ctx.cache->layer(layer, ctx.sequence, qkv.dim(0)),
                          ctx.cache->length());
}

Tensor CausalSelfAttention::project(ForwardContext& ctx, const Tensor& heads, const Tensor& residual) const {
  return add_to_residual(ctx, resid_dropout_, residual, [&](const Tensor& plus) {
    return out_.forward(ctx.tape, heads, plus);
  });  // [B, T, C]
}

Mlp::Mlp(const ModelConfig& c, const Architecture& arch, float dropout)
    : activation_(activation(c.activation)),
      out_(c.n_inner, c.n_embd, arch.bias, arch.layout),
      dropout_(dropout) {
  std::size_t width = activation_.inputs() * c.n_inner;
  if (activation_.gated && arch.names.mlp_gate != nullptr) {
    register_module(arch.names.mlp_gate, in_.add(make_linear(arch, c.n_embd, c.n_inner)));
    width = c.n_inner;
  }
  register_module(arch.names.mlp_up, in_.add(make_linear(arch, c.n_embd, width)));
  register_module(arch.names.mlp_out, out_);
  register_module("dropout", dropout_);
}

Tensor Mlp::forward(ForwardContext& ctx, const Tensor& x, const Tensor& residual) const {
  const Tensor hidden = in_.forward(ctx.tape, x);  // [B, T, C] -> [B, T, n_inner], gated [B, T, 2·n_inner]
  return add_to_residual(ctx, dropout_, residual, [&](const Tensor& plus) {
    return out_.forward(ctx.tape, activation_, hidden, plus);  // [B, T, C]
  });
}

Block::Block(const ModelConfig& c, const Architecture& arch, float dropout)
    : norm_1_(c.n_embd, arch.rms_norm),
      attention_(c, arch, dropout),
      norm_2_(c.n_embd, arch.rms_norm),
      mlp_(c, arch, dropout) {
  register_module(arch.names.norm_1, norm_1_);
  register_module(arch.names.attention, attention_);
  register_module(arch.names.norm_2, norm_2_);
  register_module(arch.names.mlp, mlp_);
}

Tensor Block::forward(ForwardContext& ctx, const Tensor& x, std::size_t layer) const {  // x [B, T, C]
  return forward_from_heads(ctx, attend(ctx, qkv(ctx, x), layer), x);
}

Tensor Block::qkv(ForwardContext& ctx, const Tensor& x) const {
  return attention_.qkv(ctx, norm_1_.forward(ctx.tape, x));
}

Tensor Block::attend(ForwardContext& ctx, const Tensor& qkv, std::size_t layer) const {
  return attention_.attend(ctx, qkv, layer);
}

Tensor Block::forward_from_heads(ForwardContext& ctx, const Tensor& heads, const Tensor& x) const {
  const Tensor attended = attention_.project(ctx, heads, x);
  return mlp_.forward(ctx, norm_2_.forward(ctx.tape, attended), attended);
}

Gpt::Gpt(const ModelConfig& config, float dropout)
    : config_((validate(config), with_defaults(config))),
      arch_(architecture(config.arch)),
      tokens_(config.vocab_size, config.n_embd),
      dropout_(dropout),
      last_norm_(config.n_embd, arch_.rms_norm) {
  register_module(arch_.names.tokens, tokens_);
  if (arch_.rotary) {
    frequencies_.resize(config_.head_dim / 2);
    rotary_frequencies(frequencies_.data(), config_.head_dim, config_.rope_theta);
  } else {
    position_ids_.resize(config_.seq_len);
    std::iota(position_ids_.begin(), position_ids_.end(), 0);
    register_module(arch_.names.positions, positions_.emplace(config.seq_len, config.n_embd));
  }
  register_module("drop", dropout_);
  for (std::size_t i = 0; i < config.n_layer; ++i) {
    blocks_.push_back(std::make_unique<Block>(config_, arch_, dropout));
    register_module(arch_.names.block + std::to_string(i), *blocks_.back());
  }
  register_module(arch_.names.last_norm, last_norm_);
  if (!config_.tie_word_embeddings)
    register_module(kHead, head_.emplace(config.n_embd, config.vocab_size, false, Layout::out_in));
}

void Gpt::initialize(std::uint32_t seed) {
  const auto is_weight_of = [](const std::string& name, const char* layer) {
    return name.ends_with(std::string(layer) + ".weight");
  };
  const float residual_deviation = 0.02f / __builtin_sqrtf(2.0f * static_cast<float>(config_.n_layer));
  std::uint64_t index = 0;
  for (auto& [name, parameter] : named_parameters()) {
    Rng rng(seed, Stream::init, index++);
    if (parameter.shape().size() == 2) {
      const bool onto_residual =
          is_weight_of(name, arch_.names.attention_out) || is_weight_of(name, arch_.names.mlp_out);
      const float deviation = onto_residual ? residual_deviation : 0.02f;
      std::generate_n(parameter.data(), parameter.size(), [&] { return deviation * rng.normal(); });
    } else {  // of a norm, or a bias
      std::fill_n(parameter.data(), parameter.size(), name.ends_with(".weight") ? 1.0f : 0.0f);
    }
    parameter.mark_modified();
  }
}

void Gpt::freeze(std::size_t layers) {
  if (layers > blocks_.size())
    throw std::invalid_argument("freeze_layers is " + std::to_string(layers) + ", but the model has only " +
                                std::to_string(blocks_.size()) + " layers.");
  const auto set_trainable = [](const Module& part, bool on) {
    for (Tensor& parameter : part.parameters()) parameter.set_requires_grad(on);
  };
  set_trainable(*this, true);
  if (layers == 0) return;
  set_trainable(tokens_, false);
  if (positions_) set_trainable(*positions_, false);
  for (std::size_t i = 0; i < layers; ++i) set_trainable(*blocks_[i], false);
}

std::vector<HiddenMatrix> Gpt::hidden_matrices() const {
  const auto parts = [this](const std::string& name) -> std::size_t {
    const auto& names = arch_.names;
    if (names.qkv.size() == 1 && name.ends_with(names.qkv[0] + std::string(".weight"))) return 3;
    if (names.mlp_gate == nullptr && name.ends_with(names.mlp_up + std::string(".weight")))
      return activation(config_.activation).inputs();
    return 1;
  };
  std::vector<HiddenMatrix> found;
  for (const auto& [name, parameter] : named_parameters())
    if (name.starts_with(arch_.names.block) && parameter.shape().size() == 2)
      found.push_back({name, parameter, arch_.layout, parts(name)});
  return found;
}

Tensor Gpt::embed(ForwardContext& ctx, std::span<const std::int32_t> ids, std::size_t batch) const {
  const std::size_t time = ids.size() / batch;
  const std::size_t past = ctx.cache == nullptr ? 0 : ctx.cache->length();
  if (past + time > config_.seq_len && (ctx.cache == nullptr || !has_rolling_cache()))
    throw std::length_error("A context of " + std::to_string(past + time) +
                            " tokens is longer than seq_len " + std::to_string(config_.seq_len) + ".");
  Tensor x = tokens_.forward(ctx.tape, ids);  // [B·T, C]
  if (positions_) {
    x = add(ctx.tape, x, embed_positions(ctx, past, time, batch));  // [B·T, C]
  } else {
    ctx.rotary_table = ctx.tape.make({time, config_.head_dim});
    rotary_table(ctx.rotary_table.data(), past, time, frequencies_.data(), config_.head_dim);
  }
  x = dropout_.forward(ctx.tape, x, ctx.dropout_keys);
  return x.reshape({batch, time, config_.n_embd});  // [B, T, C]
}

Tensor Gpt::embed_positions(ForwardContext& ctx, std::size_t past, std::size_t time,
                            std::size_t batch) const {
  const std::span<const std::int32_t> one_row(position_ids_.data() + past, time);
  if (batch == 1) return positions_->forward(ctx.tape, one_row);  // [T, C]
  std::vector<std::int32_t> all_rows;
  for (std::size_t row = 0; row < batch; ++row)
    all_rows.insert(all_rows.end(), one_row.begin(), one_row.end());
  return positions_->forward(ctx.tape, all_rows);  // [B·T, C]
}

/// [B, T, C] -> [B, 1, C]. Copied by hand: an assignment of xtensor views compiles to far more code.
static Tensor last_position_of(Tape& tape, const Tensor& x) {
  const std::size_t batch = x.dim(0), time = x.dim(1), width = x.dim(2);
  if (time == 1) return x;
  Tensor last = tape.make({batch, 1, width});
  for (std::size_t row = 0; row < batch; ++row)
    std::copy_n(x.data() + ((row + 1) * time - 1) * width, width, last.data() + row * width);
  return last;
}

Task<std::size_t> Gpt::forward_by_layer(ForwardContext& ctx, std::span<const std::int32_t> ids,
                                        std::size_t batch, Tensor& x, LogitsOf positions) const {
  x = embed(ctx, ids, batch);  // [B·T] -> [B, T, C]
  for (std::size_t layer = 0; layer < blocks_.size(); ++layer) {
    x = blocks_[layer]->forward(ctx, x, layer);  // [B, T, C]
    co_yield layer + 1;
  }
  if (positions == LogitsOf::last_position) x = last_position_of(ctx.tape, x);  // [B, 1, C]
  x = final_norm(ctx, x);                                                       // [B, T, C]
}

Tensor Gpt::loss(ForwardContext& ctx, const Tensor& x, std::span<const std::int32_t> targets) const {
  return lm_head_loss(ctx.tape, x, head_weight(), targets);  // [B, T, C] -> [1]
}

Tensor Gpt::loss(ForwardContext& ctx, const Tensor& x, const TokenSample& sample) const {
  const Tensor rows = embedding(ctx.tape, head_weight(), sample.tokens);       // [S, C]
  return lm_head_loss(ctx.tape, x, rows, sample.targets, sample.log_weights);  // [B, T, C] -> [1]
}

Tensor Gpt::forward(ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
                    LogitsOf positions) const {
  Tensor x;
  forward_by_layer(ctx, ids, batch, x, positions).finish();
  return logits(ctx, x);  // [B, T, C] -> [B, T, V]
}

}  // namespace mini_llm
