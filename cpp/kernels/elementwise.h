#pragma once
// Kernels that touch each element once.
#include <cstddef>
#include <cstdint>

#include "kernels/accumulator.h"

namespace mini_llm {

/// out = a + b, n elements.
void add(float* out, const float* a, const float* b, std::size_t n);
/// Adds a gradient of n elements to `to`, or writes it there.
void accumulate(Accumulator to, const float* gradient, std::size_t n);

/// Decides which elements a dropout keeps, so no mask is stored.
struct DropoutKey {
  std::uint32_t seed;
  std::uint64_t call;  // unique within a run
};

/// out = 0 with probability p, else x/(1-p). The backward pass is the same function of the gradient.
void dropout(Accumulator out, const float* x, std::size_t n, float p, DropoutKey key);

/// out[j] += sum over rows i of x[i, j]: the gradient of a bias. x is [rows, columns].
void accumulate_columns(float* out, const float* x, std::size_t rows, std::size_t columns);

/// out[i] = table[ids[i]], rows of `width` floats.
void embed(float* out, const float* table, const std::int32_t* ids, std::size_t count, std::size_t width);
/// dtable[ids[i]] += dout[i].
void embed_backward(float* dtable, const float* dout, const std::int32_t* ids, std::size_t count,
                    std::size_t width);

/// Sum of squares of n floats: float sums of fixed chunks, added in double; on all threads.
double sum_of_squares(const float* x, std::size_t n);
/// The same on the calling thread.
double sum_of_squares_here(const float* x, std::size_t n);

/// The numbers of one AdamW update (Loshchilov & Hutter 2017).
struct AdamWStep {
  float lr;
  float beta1, beta2, eps;
  float weight_decay;      // 0: none
  float bias_correction1;  // 1 - beta1^t
  float bias_correction2;  // 1 - beta2^t
  float gradient_scale;    // of clipping; 1: none
};

/// Updates weight, exp_avg and exp_avg_sq. Saves the old weight in previous, which may alias gradient.
void adamw(float* weight, float* exp_avg, float* exp_avg_sq, const float* gradient, float* previous,
           std::size_t n, const AdamWStep& step);

}  // namespace mini_llm
