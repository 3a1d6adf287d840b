#include "reference/transformer.h"

namespace mini_llm::reference {

namespace {

Heads heads_of(const ModelConfig& c) { return {c.n_head, c.n_kv_head, with_defaults(c).head_dim}; }

/// x · weightᵀ of a weight [out, in], as PyTorch's Linear stores it.
Matrix linear_out_in(const Matrix& x, const Matrix& weight) { return matmul(x, xt::transpose(weight)); }

}  // namespace

static Matrix gpt2_qkv(const Parameters& p, std::size_t layer, const Matrix& x) {
  const std::string h = "h." + std::to_string(layer) + ".";
  const Matrix y = layer_norm(x, p.weight(h + "ln_1"), p.bias(h + "ln_1"));
  return linear(y, p.matrix(h + "attn.c_attn"), p.bias(h + "attn.c_attn"));  // [T, 3C]
}

Matrix gpt2_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x) {
  const std::string h = "h." + std::to_string(layer) + ".";
  const auto norm = [&](const std::string& name, const Matrix& y) {
    return layer_norm(y, p.weight(h + name), p.bias(h + name));
  };
  const auto linear = [&](const std::string& name, const Matrix& y) {
    return reference::linear(y, p.matrix(h + name), p.bias(h + name));
  };
  const Matrix qkv = gpt2_qkv(p, layer, x);                                                 // [T, 3C]
  const Matrix attended = x + linear("attn.c_proj", attention(qkv, heads_of(config)).out);  // [T, C]
  const Matrix hidden =
      activation(config.activation).forward(linear("mlp.c_fc", norm("ln_2", attended)));  // [T, 4C]
  return attended + linear("mlp.c_proj", hidden);                                         // [T, C]
}

static Matrix gpt2_stream(const Parameters& p, const ModelConfig& config, const Ids& ids,
                          std::size_t layers) {
  const Matrix positions = xt::view(p.matrix("wpe"), xt::range(0, ids.size()), xt::all());
  Matrix x = embedding(p.matrix("wte"), ids) + positions;  // [T, C]
  for (std::size_t layer = 0; layer < layers; ++layer) x = gpt2_block(p, config, layer, x);
  return x;
}

static Matrix gpt2_head(const Parameters& p, const ModelConfig& config, const Matrix& x) {
  const Matrix y = layer_norm(x, p.weight("ln_f"), p.bias("ln_f"));
  return linear_out_in(y, p.matrix(config.tie_word_embeddings ? "wte" : "lm_head"));  // [T, V]
}

/// GPT-2 (Radford et al. 2019).
Matrix gpt2(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  return gpt2_head(p, config, gpt2_stream(p, config, ids, config.n_layer));
}

static Matrix side_by_side(const Matrix& a, const Matrix& b) { return xt::concatenate(xt::xtuple(a, b), 1); }

static Matrix qwen3_qkv(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x) {
  const std::string h = "model.layers." + std::to_string(layer) + ".";
  const Heads heads = heads_of(config);
  const Matrix y = rms_norm(x, p.weight(h + "input_layernorm"));
  const auto linear = [&](const std::string& name) { return linear_out_in(y, p.matrix(h + name)); };
  const Matrix projected = side_by_side(side_by_side(linear("self_attn.q_proj"), linear("self_attn.k_proj")),
                                        linear("self_attn.v_proj"));  // [T, qkv_width]
  return qk_norm_and_rotate(projected, p.weight(h + "self_attn.q_norm"), p.weight(h + "self_attn.k_norm"),
                            rotary_angles(0, x.shape(0), heads.head_dim, config.rope_theta), heads);
}

Matrix qwen3_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x) {
  const std::string h = "model.layers." + std::to_string(layer) + ".";
  const auto linear = [&](const std::string& name, const Matrix& y) {
    return linear_out_in(y, p.matrix(h + name));
  };
  const Matrix qkv = qwen3_qkv(p, config, layer, x);  // [T, qkv_width]
  const Matrix attended =
      x + linear("self_attn.o_proj", attention(qkv, heads_of(config), config.seq_len).out);  // [T, C]

  const Matrix z = rms_norm(attended, p.weight(h + "post_attention_layernorm"));
  const Matrix up = linear("mlp.up_proj", z);  // [T, n_inner]
  const Matrix gate_up = config.activation == "swiglu" ? side_by_side(linear("mlp.gate_proj", z), up) : up;
  const Matrix hidden = activation(config.activation).forward(gate_up);
  return attended + linear("mlp.down_proj", hidden);  // [T, C]
}

static Matrix qwen3_stream(const Parameters& p, const ModelConfig& config, const Ids& ids,
                           std::size_t layers) {
  Matrix x = embedding(p.matrix("model.embed_tokens"), ids);  // [T, C]
  for (std::size_t layer = 0; layer < layers; ++layer) x = qwen3_block(p, config, layer, x);
  return x;
}

static Matrix qwen3_head(const Parameters& p, const ModelConfig& config, const Matrix& x) {
  const Matrix y = rms_norm(x, p.weight("model.norm"));
  return linear_out_in(y, p.matrix(config.tie_word_embeddings ? "model.embed_tokens" : "lm_head"));  // [T, V]
}

/// Qwen3 (Yang et al. 2025), the dense one.
Matrix qwen3(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  return qwen3_head(p, config, qwen3_stream(p, config, ids, config.n_layer));
}

Matrix logits(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  return config.arch == "gpt2" ? gpt2(p, config, ids) : qwen3(p, config, ids);
}

Matrix lens_logits(const Parameters& p, const ModelConfig& config, const Ids& ids, std::size_t layers) {
  return config.arch == "gpt2" ? gpt2_head(p, config, gpt2_stream(p, config, ids, layers))
                               : qwen3_head(p, config, qwen3_stream(p, config, ids, layers));
}

std::vector<Matrix> layer_attention(const Parameters& p, const ModelConfig& config, const Ids& ids,
                                    std::size_t layer) {
  const Matrix qkv = config.arch == "gpt2" ? gpt2_qkv(p, layer, gpt2_stream(p, config, ids, layer))
                                           : qwen3_qkv(p, config, layer, qwen3_stream(p, config, ids, layer));
  return attention_weights(qkv, heads_of(config), config.seq_len);
}

}  // namespace mini_llm::reference
