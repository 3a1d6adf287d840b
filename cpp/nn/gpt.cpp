#include "nn/gpt.h"

#include <numeric>
#include <stdexcept>

#include "kernels/random.h"
#include "nn/kv_cache.h"

namespace mini_llm {

void validate(const ModelConfig& c) {
  const auto fail = [](const std::string& sentence) { throw std::invalid_argument(sentence); };
  if (c.arch != "gpt2")
    fail("The architecture \"" + c.arch + "\" is not known; this version knows \"gpt2\".");
  const auto range = [&](const char* name, std::size_t value, std::size_t low, std::size_t high) {
    if (value < low || value > high)
      fail(std::string(name) + " is " + std::to_string(value) + " but must be from " + std::to_string(low) +
           " to " + std::to_string(high) + ".");
  };
  range("vocab_size", c.vocab_size, 2, 65536);
  range("max_len", c.max_len, 1, 65536);
  range("n_layer", c.n_layer, 1, 256);
  range("n_head", c.n_head, 1, 256);
  range("n_embd", c.n_embd, 1, 16384);
  if (c.n_embd % c.n_head != 0)
    fail("n_embd " + std::to_string(c.n_embd) + " cannot be divided among n_head " +
         std::to_string(c.n_head) + " heads; choose n_embd as a multiple of n_head.");
}

std::uint64_t count_parameters(const ModelConfig& c) {
  const std::uint64_t width = c.n_embd;
  const std::uint64_t block = 12 * width * width + 13 * width;
  return (c.vocab_size + c.max_len) * width + c.n_layer * block + 2 * width;
}

/// project(residual), the sum made on the way; or, where dropout comes between, residual +
/// dropout(project()).
template <class Project>
static Tensor onto_residual(Pass& pass, const Dropout& dropout, const Tensor& residual,
                            const Project& project) {
  if (!dropout.active()) return project(residual);
  return add(pass.tape, residual, dropout.forward(pass.tape, project(Tensor()), pass.dropout_calls));
}

CausalSelfAttention::CausalSelfAttention(const ModelConfig& c, float dropout)
    : c_attn(c.n_embd, 3 * c.n_embd), c_proj(c.n_embd, c.n_embd), n_head_(c.n_head), resid_dropout_(dropout) {
  register_module("c_attn", c_attn);
  register_module("c_proj", c_proj);
  register_module("resid_dropout", resid_dropout_);
}

Tensor CausalSelfAttention::forward(Pass& pass, const Tensor& x, const Tensor& residual,
                                    std::size_t layer) const {
  const Tensor qkv = c_attn.forward(pass.tape, x);  // [B, T, 3C]
  const Tensor y = pass.cache == nullptr
                       ? causal_attention(pass.tape, qkv, n_head_)  // [B, T, C]
                       : cached_attention(pass.tape, qkv, pass.cache->layer(layer, pass.sequence, x.dim(0)),
                                          pass.cache->length());
  return onto_residual(pass, resid_dropout_, residual,
                       [&](const Tensor& plus) { return c_proj.forward(pass.tape, y, plus); });
}

Mlp::Mlp(const ModelConfig& c, float dropout)
    : c_fc(c.n_embd, 4 * c.n_embd), c_proj(4 * c.n_embd, c.n_embd), dropout_(dropout) {
  register_module("c_fc", c_fc);
  register_module("c_proj", c_proj);
  register_module("dropout", dropout_);
}

Tensor Mlp::forward(Pass& pass, const Tensor& x, const Tensor& residual) const {
  const Tensor hidden = c_fc.forward(pass.tape, x);  // [B, T, 4C]
  return onto_residual(pass, dropout_, residual,
                       [&](const Tensor& plus) { return c_proj.forward_gelu(pass.tape, hidden, plus); });
}

Block::Block(const ModelConfig& c, float dropout)
    : ln_1(c.n_embd), attn(c, dropout), ln_2(c.n_embd), mlp(c, dropout) {
  register_module("ln_1", ln_1);
  register_module("attn", attn);
  register_module("ln_2", ln_2);
  register_module("mlp", mlp);
}

Tensor Block::forward(Pass& pass, const Tensor& x, std::size_t layer) const {
  const Tensor attended = attn.forward(pass, ln_1.forward(pass.tape, x), x, layer);
  return mlp.forward(pass, ln_2.forward(pass.tape, attended), attended);
}

Gpt::Gpt(const ModelConfig& config, float dropout)
    : config_((validate(config), config)),
      wte_(config.vocab_size, config.n_embd),
      wpe_(config.max_len, config.n_embd),
      drop_(dropout),
      ln_f_(config.n_embd),
      positions_(config.max_len) {
  std::iota(positions_.begin(), positions_.end(), 0);
  register_module("wte", wte_);
  register_module("wpe", wpe_);
  register_module("drop", drop_);
  for (std::size_t i = 0; i < config.n_layer; ++i) {
    h_.push_back(std::make_unique<Block>(config, dropout));
    register_module("h." + std::to_string(i), *h_.back());
  }
  register_module("ln_f", ln_f_);
}

void Gpt::initialize(std::uint32_t seed) {
  const float residual = 0.02f / __builtin_sqrtf(2.0f * static_cast<float>(config_.n_layer));
  std::uint64_t index = 0;
  for (auto& [name, parameter] : named_parameters()) {
    Rng rng(seed, Stream::init, index++);
    const bool is_matrix = parameter.shape().size() == 2;
    const float norm_weight = name.ends_with(".weight") ? 1.0f : 0.0f;
    const float deviation = name.ends_with("c_proj.weight") ? residual : 0.02f;
    for (std::size_t i = 0; i < parameter.size(); ++i)
      parameter.data()[i] = is_matrix ? deviation * rng.normal() : norm_weight;
    parameter.touch();
  }
}

Tensor Gpt::embed(Pass& pass, std::span<const std::int32_t> ids, std::size_t batch) const {
  const std::size_t time = ids.size() / batch;
  const std::size_t past = pass.cache == nullptr ? 0 : pass.cache->length();
  if (past + time > config_.max_len)
    throw std::length_error("A context of " + std::to_string(past + time) +
                            " tokens is longer than max_len " + std::to_string(config_.max_len) + ".");
  std::span<const std::int32_t> positions(positions_.data() + past, time);
  std::vector<std::int32_t> of_all_rows;
  if (batch > 1) {
    for (std::size_t row = 0; row < batch; ++row)
      of_all_rows.insert(of_all_rows.end(), positions.begin(), positions.end());
    positions = of_all_rows;
  }
  const Tensor tokens = wte_.forward(pass.tape, ids);        // [B·T, C]
  const Tensor places = wpe_.forward(pass.tape, positions);  // [B·T, C]
  const Tensor x = drop_.forward(pass.tape, add(pass.tape, tokens, places), pass.dropout_calls);
  return x.reshape({batch, time, config_.n_embd});
}

Tensor Gpt::block(Pass& pass, const Tensor& x, std::size_t layer) const {
  return h_[layer]->forward(pass, x, layer);
}

Tensor Gpt::head(Pass& pass, const Tensor& x) const {
  return project_onto(pass.tape, ln_f_.forward(pass.tape, x), wte_.weight);  // [B, T, V]
}

Tensor Gpt::forward(Pass& pass, const std::vector<std::int32_t>& ids, std::size_t batch) const {
  Tensor x = embed(pass, ids, batch);
  for (std::size_t layer = 0; layer < config_.n_layer; ++layer) x = block(pass, x, layer);
  return head(pass, x);
}

}  // namespace mini_llm
