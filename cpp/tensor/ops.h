#pragma once
// Differentiable operations. Each computes its result on the kernels and records, beside it, the step that
// adds to its inputs' gradients. Shapes: B batch, T time, C width, V vocabulary.
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/attention.h"
#include "kernels/elementwise.h"
#include "tensor/tape.h"

namespace mini_llm {

/// x [..., K] · weight [K, N] + bias [N] (+ residual [..., N]) -> [..., N]; bias and residual may be empty.
Tensor linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual = {});

/// linear(gelu(x), weight, bias, residual), which keeps x alone for the way back.
Tensor gelu_linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual = {});

/// x [..., C] · table [V, C]ᵀ -> [..., V]: the language model's head, tied to the token embedding.
Tensor project_onto(Tape& tape, Tensor x, Tensor table);

/// a + b, of one shape.
Tensor add(Tape& tape, Tensor a, Tensor b);

/// GELU in GPT-2's tanh form.
Tensor gelu(Tape& tape, Tensor x);

/// LayerNorm over the last dimension; weight and bias [C].
Tensor layer_norm(Tape& tape, Tensor x, Tensor weight, Tensor bias);

/// Rows of table [V, C] -> [ids.size(), C].
Tensor embedding(Tape& tape, Tensor table, std::span<const std::int32_t> ids);

/// Each element kept with probability 1-p and divided by it, else 0.
Tensor dropout(Tape& tape, Tensor x, float p, DropoutKey key);

/// qkv [B, T, 3C] -> [B, T, C], causal.
Tensor causal_attention(Tape& tape, Tensor qkv, std::size_t n_head);

/// The same for the T positions of each sequence that follow `past` cached ones; not differentiable. heads
/// [B · n_head].
Tensor cached_attention(Tape& tape, const Tensor& qkv, std::span<const HeadCache> heads, std::size_t past);

/// Mean over rows of -log softmax(logits)[target] in nats -> [1]. logits [..., V]; a negative target is left
/// out of the mean.
Tensor cross_entropy(Tape& tape, Tensor logits, std::vector<std::int32_t> targets);

}  // namespace mini_llm
