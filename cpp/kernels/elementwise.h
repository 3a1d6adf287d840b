#pragma once
// Kernels that touch each element once.
#include <cstddef>
#include <cstdint>

#include "kernels/accumulator.h"

namespace mini_llm {

/// out = a + b, n elements.
void add(float* out, const float* a, const float* b, std::size_t n);
/// The gradient of what is handed on as it is.
void accumulate(Accumulator to, const float* gradient, std::size_t n);

/// out = x·Phi(x) in the tanh form of GPT-2 (Hendrycks & Gimpel 2016).
void gelu_forward(float* out, const float* x, std::size_t n);
void gelu_backward(Accumulator dx, const float* dout, const float* x, std::size_t n);
/// Both at once: out = gelu(x) and dx = dx·gelu'(x) in place.
void gelu_recompute_backward(float* out, float* dx, const float* x, std::size_t n);

/// out [rows, width] = silu(gate)·up (Shazeer 2020) of gate_up [rows, 2·width]: in each row the gates, then
/// the ups; silu(x) = x·sigmoid(x).
void swiglu_forward(float* out, const float* gate_up, std::size_t rows, std::size_t width);
/// Both at once: out and, from its gradient, that of gate_up.
void swiglu_recompute_backward(float* out, Accumulator dgate_up, const float* dout, const float* gate_up,
                               std::size_t rows, std::size_t width);

/// Which elements a dropout keeps is a function of these numbers, so no mask is stored.
struct DropoutKey {
  std::uint32_t seed;
  std::uint64_t call;  // a number no other dropout of the run has
};

/// out = x/(1-p) where kept, 0 where dropped with probability p; the backward pass is the same function of
/// the gradient.
void dropout(Accumulator out, const float* x, std::size_t n, float p, DropoutKey key);

/// out[j] += sum over rows i of x[i, j]: the gradient of a bias. x is [rows, columns].
void accumulate_columns(float* out, const float* x, std::size_t rows, std::size_t columns);

/// out[i] = table[ids[i]], rows of `width` floats.
void embed(float* out, const float* table, const std::int32_t* ids, std::size_t count, std::size_t width);
/// dtable[ids[i]] += dout[i].
void embed_backward(float* dtable, const float* dout, const std::int32_t* ids, std::size_t count,
                    std::size_t width);

/// Sum of squares of n floats, in double over fixed chunks, on all threads.
double sum_of_squares(const float* x, std::size_t n);
/// The same on the calling thread, in chunks of its own.
double sum_of_squares_here(const float* x, std::size_t n);

/// What one AdamW update needs beside the arrays (Loshchilov & Hutter 2017).
struct AdamWStep {
  float lr;
  float beta1, beta2, eps;
  float weight_decay;      // 0 for what is not decayed
  float bias_correction1;  // 1 - beta1^t
  float bias_correction2;  // 1 - beta2^t
  float gradient_scale;    // clipping's factor, 1 where nothing is clipped
};

/// weight, exp_avg and exp_avg_sq move one step along gradient, in whose place the old weight is left.
void adamw(float* weight, float* exp_avg, float* exp_avg_sq, float* gradient, std::size_t n,
           const AdamWStep& step);

}  // namespace mini_llm
