#pragma once
// Causal self-attention (Vaswani et al. 2017) on the matrix kernels' tiles, four rows of queries at a time
// and only as far right as the mask allows. Scores live in a few rows of scratch memory; the backward pass
// computes them again from the log-sum-exp that the forward pass keeps (as in Dao et al. 2022), so no T x T
// matrix per head is stored.
#include <cstddef>

#include "kernels/accumulator.h"
#include "kernels/gemm.h"

namespace mini_llm {

/// The shape of one call. qkv is [batch, time, qkv_width]: the queries of n_head heads, the keys of
/// n_kv_head, their values. Each head of keys and values serves a group of query heads that follow each other
/// (grouped queries, Ainslie et al. 2023).
struct AttentionShape {
  std::size_t batch, time, n_head, head_dim;
  std::size_t n_kv_head = n_head;
  std::size_t width() const { return n_head * head_dim; }  // of what comes out
  std::size_t qkv_width() const { return (n_head + 2 * n_kv_head) * head_dim; }
  std::size_t group() const { return n_head / n_kv_head; }
};

/// out [batch, time, width]; log_sum_exp [batch, n_head, time] is kept for the backward pass.
void attention_forward(float* out, float* log_sum_exp, const float* qkv, AttentionShape shape);

/// The gradient of qkv, dqkv [batch, time, qkv_width].
void attention_backward(Accumulator dqkv, const float* dout, const float* out, const float* qkv,
                        const float* log_sum_exp, AttentionShape shape);

/// Keys and values of one head that were seen before, packed as the tiles read them: scaled keys as the
/// matrix [head_dim, time] and values as [time, head_dim], both with room for `capacity` times. Keeping the
/// packed form is what makes a cached row the same bits as a recomputed one. It is a ring: position p lies at
/// p % capacity, in the place of what it pushes out.
struct HeadCache {
  float* keys;
  float* values;
  std::size_t capacity;
};
inline std::size_t head_cache_size(std::size_t capacity, std::size_t head_dim) {
  return packed_size(head_dim, capacity) + packed_size(capacity, head_dim);
}

/// `batch` sequences of `time` new positions that follow `past` earlier ones: writes their keys and values
/// into the caches [batch, n_kv_head], and each position attends to itself and what is left of those before
/// it, in the order of their places. qkv [batch, time, qkv_width], out [batch, time, width].
void attention_cached(float* out, const float* qkv, const HeadCache* heads, std::size_t past,
                      AttentionShape shape);

}  // namespace mini_llm
