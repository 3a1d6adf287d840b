#pragma once
// Causal self-attention (Vaswani et al. 2017) on the matrix kernels' tiles, four rows of queries at a time
// and only as far right as the mask allows. Scores live in a few rows of scratch memory; the backward pass
// computes them again from the log-sum-exp that the forward pass keeps (as in Dao et al. 2022), so no T x T
// matrix per head is stored.
#include <cstddef>

#include "kernels/gemm.h"
#include "kernels/gradient.h"

namespace mini_llm {

/// The shape of one call. qkv is [batch, time, 3·C] with C = n_head·head_dim: queries, keys, values.
struct AttentionShape {
  std::size_t batch, time, n_head, head_dim;
  std::size_t width() const { return n_head * head_dim; }
};

/// out [batch, time, C]; log_sum_exp [batch, n_head, time] is kept for the backward pass.
void attention_forward(float* out, float* log_sum_exp, const float* qkv, AttentionShape shape);

/// The gradient of qkv, dqkv [batch, time, 3·C].
void attention_backward(Gradient dqkv, const float* dout, const float* out, const float* qkv,
                        const float* log_sum_exp, AttentionShape shape);

/// Keys and values of one head that were seen before, packed as the tiles read them: scaled keys as the
/// matrix [head_dim, time] and values as [time, head_dim], both with room for `capacity` times. Keeping the
/// packed form is what makes a cached row the same bits as a recomputed one.
struct HeadCache {
  float* keys;
  float* values;
  std::size_t capacity;
};
inline std::size_t head_cache_size(std::size_t capacity, std::size_t head_dim) {
  return packed_size(head_dim, capacity) + packed_size(capacity, head_dim);
}

/// `batch` sequences of `time` new positions that follow `past` cached ones: writes their keys and values
/// into the caches [batch, n_head] and attends to all. qkv [batch, time, 3·C], out [batch, time, C].
void attention_cached(float* out, const float* qkv, const HeadCache* heads, std::size_t past,
                      AttentionShape shape);

}  // namespace mini_llm
