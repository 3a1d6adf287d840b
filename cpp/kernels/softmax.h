#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/accumulator.h"

namespace mini_llm {

/// Turns n scores into exp(score - max) in place, writes zeros after them up to `padded`, a multiple of 4 and
/// at least n, and returns {max, sum}. The row must have room for `padded` floats.
struct SoftmaxSums {
  float max, sum;
};
SoftmaxSums exponentials(float* row, std::size_t n, std::size_t padded);

/// Cross-entropy of softmax(logits) against targets, in nats. logits [rows, vocab]; losses and log_sum_exp
/// [rows] are written, log_sum_exp for the backward pass. A row whose target is negative has loss 0.
void cross_entropy_forward(float* losses, float* log_sum_exp, const float* logits,
                           const std::int32_t* targets, std::size_t rows, std::size_t vocab);

/// The gradient scale·(softmax(logits) - one_hot(target)); zeros for rows with a negative target.
void cross_entropy_backward(Accumulator dlogits, const float* logits, const float* log_sum_exp,
                            const std::int32_t* targets, std::size_t rows, std::size_t vocab, float scale);

}  // namespace mini_llm
