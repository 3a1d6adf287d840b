#include "reference/transformer.h"

namespace mini_llm::reference {

namespace {

Heads heads_of(const ModelConfig& c) { return {c.n_head, c.n_kv_head, with_defaults(c).head_dim}; }

/// x · weightᵀ of a weight [out, in], as PyTorch's Linear stores it.
Matrix linear_out_in(const Matrix& x, const Matrix& weight) { return matmul(x, xt::transpose(weight)); }

}  // namespace

Matrix gpt2_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x) {
  const std::string h = "h." + std::to_string(layer) + ".";
  const auto norm = [&](const std::string& name, const Matrix& y) {
    return layer_norm(y, p.weight(h + name), p.bias(h + name));
  };
  const auto linear = [&](const std::string& name, const Matrix& y) {
    return reference::linear(y, p.matrix(h + name), p.bias(h + name));
  };
  const Matrix qkv = linear("attn.c_attn", norm("ln_1", x));                                // [T, 3C]
  const Matrix attended = x + linear("attn.c_proj", attention(qkv, heads_of(config)).out);  // [T, C]
  const Matrix hidden =
      activation(config.activation).forward(linear("mlp.c_fc", norm("ln_2", attended)));  // [T, 4C]
  return attended + linear("mlp.c_proj", hidden);                                         // [T, C]
}

/// GPT-2 (Radford et al. 2019).
Matrix gpt2(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  const Matrix positions = xt::view(p.matrix("wpe"), xt::range(0, ids.size()), xt::all());
  Matrix x = embedding(p.matrix("wte"), ids) + positions;  // [T, C]
  for (std::size_t layer = 0; layer < config.n_layer; ++layer) x = gpt2_block(p, config, layer, x);
  x = layer_norm(x, p.weight("ln_f"), p.bias("ln_f"));
  return linear_out_in(x, p.matrix(config.tie_word_embeddings ? "wte" : "lm_head"));  // [T, V]
}

Matrix qwen3_block(const Parameters& p, const ModelConfig& config, std::size_t layer, const Matrix& x) {
  const std::string h = "model.layers." + std::to_string(layer) + ".";
  const auto norm = [&](const std::string& name, const Matrix& y) { return rms_norm(y, p.weight(h + name)); };
  const auto linear = [&](const std::string& name, const Matrix& y) {
    return linear_out_in(y, p.matrix(h + name));
  };
  const auto side_by_side = [](auto... parts) -> Matrix { return xt::concatenate(xt::xtuple(parts...), 1); };

  const Heads heads = heads_of(config);
  const Matrix y = norm("input_layernorm", x);
  const Matrix projected = side_by_side(linear("self_attn.q_proj", y), linear("self_attn.k_proj", y),
                                        linear("self_attn.v_proj", y));  // [T, qkv_width]
  const Matrix qkv =
      qk_norm_and_rotate(projected, p.weight(h + "self_attn.q_norm"), p.weight(h + "self_attn.k_norm"),
                         rotary_angles(0, x.shape(0), heads.head_dim, config.rope_theta), heads);
  const Matrix attended =
      x + linear("self_attn.o_proj", attention(qkv, heads, config.seq_len).out);  // [T, C]

  const Matrix z = norm("post_attention_layernorm", attended);
  const Matrix up = linear("mlp.up_proj", z);  // [T, n_inner]
  const Matrix gate_up = config.activation == "swiglu" ? side_by_side(linear("mlp.gate_proj", z), up) : up;
  const Matrix hidden = activation(config.activation).forward(gate_up);
  return attended + linear("mlp.down_proj", hidden);  // [T, C]
}

/// Qwen3 (Yang et al. 2025), the dense one.
Matrix qwen3(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  Matrix x = embedding(p.matrix("model.embed_tokens"), ids);  // [T, C]
  for (std::size_t layer = 0; layer < config.n_layer; ++layer) x = qwen3_block(p, config, layer, x);
  x = rms_norm(x, p.weight("model.norm"));
  return linear_out_in(x, p.matrix(config.tie_word_embeddings ? "model.embed_tokens" : "lm_head"));  // [T, V]
}

Matrix logits(const Parameters& p, const ModelConfig& config, const Ids& ids) {
  return config.arch == "gpt2" ? gpt2(p, config, ids) : qwen3(p, config, ids);
}

}  // namespace mini_llm::reference
