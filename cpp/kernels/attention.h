#pragma once
// Causal self-attention (Vaswani et al. 2017) on the tiles of gemm.h, kTileRows queries at a time and only
// as far right as the mask allows. Scores live in a few rows of scratch memory. The backward pass recomputes
// them from the log-sum-exp that the forward pass saves (Dao et al. 2022), so no head stores a T x T matrix.
#include <cstddef>

#include "kernels/accumulator.h"
#include "kernels/gemm.h"

namespace mini_llm {

/// The shape of one call. qkv is [batch, time, qkv_width]: the queries of n_head heads, the keys of n_kv_head
/// heads, their values. Each head of keys and values serves a group of consecutive query heads (grouped-query
/// attention, Ainslie et al. 2023).
struct AttentionShape {
  std::size_t batch, time, n_head, head_dim;
  std::size_t n_kv_head = n_head;
  std::size_t width() const { return n_head * head_dim; }  // of a row of out
  std::size_t qkv_width() const { return (n_head + 2 * n_kv_head) * head_dim; }
  std::size_t group() const { return n_head / n_kv_head; }
};

/// out [batch, time, width]; log_sum_exp [batch, n_head, time], saved for backward.
void attention_forward(float* out, float* log_sum_exp, const float* qkv, AttentionShape shape);

/// The gradient of qkv, dqkv [batch, time, qkv_width].
void attention_backward(Accumulator dqkv, const float* dout, const float* out, const float* qkv,
                        const float* log_sum_exp, AttentionShape shape);

/// Keys and values of one head, packed as the tiles read them: scaled keys [head_dim, capacity] and values
/// [capacity, head_dim]. The packed form gives a cached row the same bits as a recomputed one. It is a ring:
/// position p lies at p % capacity and overwrites position p - capacity.
struct HeadCache {
  float* keys;
  float* values;
  std::size_t capacity;
};
inline std::size_t head_cache_size(std::size_t capacity, std::size_t head_dim) {
  return packed_size(head_dim, capacity) + packed_size(capacity, head_dim);
}

/// `batch` sequences of `time` new positions after `past` earlier ones: writes their keys and values into the
/// caches [batch, n_kv_head]. Each position attends to itself and to the earlier ones that the ring still
/// holds, in the order of their places. qkv [batch, time, qkv_width], out [batch, time, width].
void attention_cached(float* out, const float* qkv, const HeadCache* heads, std::size_t past,
                      AttentionShape shape);

}  // namespace mini_llm
