#include "nn/gpt.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/random.h"
#include "kernels/rotary.h"
#include "nn/architecture.h"
#include "nn/kv_cache.h"

namespace mini_llm {

/// project(residual), the sum made on the way; or, where dropout comes between, residual +
/// dropout(project()).
template <class Project>
static Tensor onto_residual(ForwardContext& ctx, const Dropout& dropout, const Tensor& residual,
                            const Project& project) {
  if (!dropout.active()) return project(residual);
  return add(ctx.tape, residual, dropout.forward(ctx.tape, project(Tensor()), ctx.dropout_calls));
}

/// A linear layer as the architecture has them.
static std::unique_ptr<Linear> make_linear(const Architecture& arch, std::size_t in, std::size_t out) {
  return std::make_unique<Linear>(in, out, arch.bias, arch.layout);
}

CausalSelfAttention::CausalSelfAttention(const ModelConfig& c, const Architecture& arch, float dropout)
    : n_head_(c.n_head),
      n_kv_head_(c.n_kv_head),
      out_(c.n_embd, c.n_embd, arch.bias, arch.layout),
      resid_dropout_(dropout) {
  const std::size_t keys = c.n_kv_head * c.head_dim(), widths[] = {c.n_embd, keys, keys};
  const auto& names = arch.names.qkv;
  for (std::size_t i = 0; i < names.size(); ++i)
    register_module(names[i],
                    qkv_.add(make_linear(arch, c.n_embd, names.size() == 1 ? c.qkv_width() : widths[i])));
  register_module(arch.names.attention_out, out_);
  if (arch.rotary) {
    register_module(arch.names.q_norm, q_norm_.emplace(c.head_dim(), arch.rms_norm));
    register_module(arch.names.k_norm, k_norm_.emplace(c.head_dim(), arch.rms_norm));
  }
  register_module("resid_dropout", resid_dropout_);
}

Tensor CausalSelfAttention::forward(ForwardContext& ctx, const Tensor& x, const Tensor& residual,
                                    std::size_t layer) const {
  Tensor qkv = qkv_.forward(ctx.tape, x);  // [B, T, qkv_width]
  if (q_norm_) qkv = rotary(ctx.tape, qkv, q_norm_->weight, k_norm_->weight, ctx.rotary_table, n_head_);
  const Tensor y =  // [B, T, C]
      ctx.cache == nullptr
          ? causal_attention(ctx.tape, qkv, n_head_, n_kv_head_)
          : cached_attention(ctx.tape, qkv, n_head_, ctx.cache->layer(layer, ctx.sequence, x.dim(0)),
                             ctx.cache->length());
  return onto_residual(ctx, resid_dropout_, residual,
                       [&](const Tensor& plus) { return out_.forward(ctx.tape, y, plus); });
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
  const Tensor hidden = in_.forward(ctx.tape, x);  // [B, T, n_inner], or twice as wide: gate and up
  return onto_residual(ctx, dropout_, residual,
                       [&](const Tensor& plus) { return out_.forward(ctx.tape, activation_, hidden, plus); });
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

Tensor Block::forward(ForwardContext& ctx, const Tensor& x, std::size_t layer) const {
  const Tensor attended = attention_.forward(ctx, norm_1_.forward(ctx.tape, x), x, layer);
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
    frequencies_.resize(config_.head_dim() / 2);
    rotary_frequencies(frequencies_.data(), config_.head_dim(), config_.rope_theta);
  } else {
    register_module(arch_.names.positions, positions_.emplace(config.seq_len, config.n_embd));
    counted_.resize(config.seq_len);
    std::iota(counted_.begin(), counted_.end(), 0);
  }
  register_module("drop", dropout_);
  for (std::size_t i = 0; i < config.n_layer; ++i) {
    blocks_.push_back(std::make_unique<Block>(config_, arch_, dropout));
    register_module(arch_.names.block + std::to_string(i), *blocks_.back());
  }
  register_module(arch_.names.last_norm, last_norm_);
}

void Gpt::initialize(std::uint32_t seed) {
  const float residual = 0.02f / __builtin_sqrtf(2.0f * static_cast<float>(config_.n_layer));
  const auto ends_with = [](const std::string& name, const char* layer) {
    return name.ends_with(std::string(layer) + ".weight");
  };
  std::uint64_t index = 0;
  for (auto& [name, parameter] : named_parameters()) {
    Rng rng(seed, Stream::init, index++);
    const bool is_matrix = parameter.shape().size() == 2;
    const float norm_weight = name.ends_with(".weight") ? 1.0f : 0.0f;
    const bool onto_residual =
        ends_with(name, arch_.names.attention_out) || ends_with(name, arch_.names.mlp_out);
    const float deviation = onto_residual ? residual : 0.02f;
    for (std::size_t i = 0; i < parameter.size(); ++i)
      parameter.data()[i] = is_matrix ? deviation * rng.normal() : norm_weight;
    parameter.mark_modified();
  }
}

void Gpt::freeze(std::size_t layers) {
  if (layers > blocks_.size())
    throw std::invalid_argument("freeze_layers is " + std::to_string(layers) + ", but the model has " +
                                std::to_string(blocks_.size()) + " layers; give at most so many.");
  const auto learn = [](const Module& part, bool on) {
    for (Tensor& parameter : part.parameters()) parameter.set_requires_grad(on);
  };
  learn(*this, true);
  if (layers == 0) return;
  learn(tokens_, false);
  if (positions_) learn(*positions_, false);
  for (std::size_t i = 0; i < layers; ++i) learn(*blocks_[i], false);
}

std::vector<HiddenMatrix> Gpt::hidden_matrices() const {
  std::vector<HiddenMatrix> found;
  for (const auto& [name, parameter] : named_parameters()) {
    const bool is_hidden = name.starts_with(arch_.names.block) && parameter.shape().size() == 2;
    const bool all_of_qkv =
        arch_.names.qkv.size() == 1 && name.ends_with(arch_.names.qkv[0] + std::string(".weight"));
    if (is_hidden) found.push_back({name, parameter, arch_.layout, all_of_qkv ? 3U : 1U});
  }
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
    x = add_positions(ctx, x, past, batch);
  } else {
    ctx.rotary_table = ctx.tape.make({time, config_.head_dim()});
    rotary_table(ctx.rotary_table.data(), past, time, frequencies_.data(), config_.head_dim());
  }
  x = dropout_.forward(ctx.tape, x, ctx.dropout_calls);
  return x.reshape({batch, time, config_.n_embd});
}

Tensor Gpt::add_positions(ForwardContext& ctx, const Tensor& tokens, std::size_t past,
                          std::size_t batch) const {
  std::span<const std::int32_t> places(counted_.data() + past, tokens.rows() / batch);
  std::vector<std::int32_t> of_all_rows;
  if (batch > 1) {
    for (std::size_t row = 0; row < batch; ++row)
      of_all_rows.insert(of_all_rows.end(), places.begin(), places.end());
    places = of_all_rows;
  }
  return add(ctx.tape, tokens, positions_->forward(ctx.tape, places));
}

/// [B, T, C] -> [B, 1, C].
static Tensor last_position(ForwardContext& ctx, const Tensor& x) {
  const std::size_t batch = x.dim(0), time = x.dim(1), width = x.dim(2);
  if (time == 1) return x;
  Tensor last = ctx.tape.make({batch, 1, width});
  for (std::size_t row = 0; row < batch; ++row)
    std::copy_n(x.data() + ((row + 1) * time - 1) * width, width, last.data() + row * width);
  return last;
}

Task<std::size_t> Gpt::forward_by_layer(ForwardContext& ctx, std::span<const std::int32_t> ids,
                                        std::size_t batch, Tensor& logits, LogitsOf positions) const {
  Tensor x = embed(ctx, ids, batch);  // [B, T, C]
  for (std::size_t layer = 0; layer < blocks_.size(); ++layer) {
    x = blocks_[layer]->forward(ctx, x, layer);  // [B, T, C]
    co_yield layer + 1;
  }
  if (positions == LogitsOf::last_position) x = last_position(ctx, x);          // [B, 1, C]
  logits = lm_head(ctx.tape, last_norm_.forward(ctx.tape, x), tokens_.weight);  // [B, T, V]
}

Tensor Gpt::forward(ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
                    LogitsOf positions) const {
  Tensor logits;
  forward_by_layer(ctx, ids, batch, logits, positions).finish();
  return logits;
}

}  // namespace mini_llm
