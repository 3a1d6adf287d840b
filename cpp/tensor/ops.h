#pragma once
// Differentiable operations. Each computes its result with kernels and records the backward step that adds to
// its inputs' gradients. Shapes: B batch, T time, C width, V vocabulary.
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/activation.h"
#include "kernels/attention.h"
#include "kernels/elementwise.h"
#include "tensor/tape.h"

namespace mini_llm {

/// How a linear layer's matrix lies in memory: [K, N] as in GPT-2's Conv1D, or [N, K] as in PyTorch's Linear.
enum class Layout { in_out, out_in };

/// x [..., K] · weight [K, N] + bias [N] (+ residual [..., N]) -> [..., N]; bias and residual may be empty.
Tensor linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual = {},
              Layout layout = Layout::in_out);

/// linear(activation(x), weight, bias, residual) of x [..., K] or, gated, [..., 2·K]. Saves only x for
/// backward. `activation` must outlive the tape's steps.
Tensor linear_with_activation(Tape& tape, const Activation& activation, Tensor x, Tensor weight, Tensor bias,
                              Tensor residual = {}, Layout layout = Layout::in_out);

/// Linear layers of one x without biases, with their results side by side: x [..., K], each weight [N, K] ->
/// [..., sum of all N].
Tensor fused_linear(Tape& tape, Tensor x, const std::vector<Tensor>& weights);

/// x [..., C] · table [V, C]ᵀ -> [..., V]: the language model's head, tied to the token embedding.
Tensor lm_head(Tape& tape, Tensor x, Tensor table);

/// a + b, both of the same shape.
Tensor add(Tape& tape, Tensor a, Tensor b);

/// LayerNorm over the last dimension; weight and bias [C].
Tensor layer_norm(Tape& tape, Tensor x, Tensor weight, Tensor bias);

/// RMSNorm over the last dimension; weight [C].
Tensor rms_norm(Tape& tape, Tensor x, Tensor weight);

/// QK-norm and rotary positions (kernels/rotary.h): qkv [B, T, (n_head + 2·n_kv_head)·head_dim], weights
/// [head_dim], table [T, head_dim].
Tensor rotary(Tape& tape, Tensor qkv, Tensor q_weight, Tensor k_weight, Tensor table, std::size_t n_head);

/// Rows of table [V, C] -> [ids.size(), C].
Tensor embedding(Tape& tape, Tensor table, std::span<const std::int32_t> ids);

/// Each element becomes 0 with probability p, and is divided by 1-p otherwise.
Tensor dropout(Tape& tape, Tensor x, float p, DropoutKey key);

/// qkv [B, T, (n_head + 2·n_kv_head)·head_dim] -> [B, T, n_head·head_dim], causal.
Tensor causal_attention(Tape& tape, Tensor qkv, std::size_t n_head, std::size_t n_kv_head);

/// The same for T positions of each sequence after `past` earlier ones, with their keys and values in the
/// caches kv_heads [B·n_kv_head]. Not differentiable.
Tensor cached_attention(Tape& tape, const Tensor& qkv, std::size_t n_head,
                        std::span<const HeadCache> kv_heads, std::size_t past);

/// lm_head and cross-entropy in one (kernels/head.h): x [..., C] and table [V, C] -> [1], the mean of
/// -log softmax(logits)[target] in nats over all rows whose target is not negative. bias [V] is added to the
/// logits, unless it is empty.
Tensor lm_head_loss(Tape& tape, Tensor x, Tensor table, std::span<const std::int32_t> targets,
                    std::span<const float> bias = {});

}  // namespace mini_llm
