#pragma once
// QK-norm and rotary positions of queries and keys. QK-norm (Henry et al. 2020) is an RMSNorm of each head.
// RoPE (Su et al. 2021) then rotates the pair (x[i], x[i + head_dim/2]) of a head by an angle that grows with
// the position. Values pass through.
#include <cstddef>

#include "kernels/attention.h"

namespace mini_llm {

/// The angle from one position to the next of each pair i < head_dim/2: theta^(-2i/head_dim), rounded to
/// float as Hugging Face's is.
void rotary_frequencies(float* out, std::size_t head_dim, double theta);

/// The angles' cosines, then their sines, for `count` positions from `first` on: out [count, head_dim].
void rotary_table(float* out, std::size_t first, std::size_t count, const float* frequencies,
                  std::size_t head_dim);

/// qkv, out [batch, time, qkv_width]; q_weight and k_weight [head_dim]; table [time, head_dim] from
/// rotary_table. rstd [batch, time, n_head + n_kv_head] is saved for backward and may be null.
void rotary_forward(float* out, float* rstd, const float* qkv, const float* q_weight, const float* k_weight,
                    const float* table, AttentionShape shape);

/// Turns the gradient of out into that of qkv in place, and adds to dq_weight and dk_weight [head_dim],
/// either of which may be null.
void rotary_backward(float* dqkv, float* dq_weight, float* dk_weight, const float* qkv, const float* rstd,
                     const float* q_weight, const float* k_weight, const float* table, AttentionShape shape);

}  // namespace mini_llm
