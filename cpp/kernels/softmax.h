#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/accumulator.h"

namespace mini_llm {

/// Turns n scores into exp(score - max) in place and writes zeros after them up to `padded`, a multiple of 4
/// for which the row has room.
struct SoftmaxSums {
  float max, sum;
};
SoftmaxSums exponentials(float* row, std::size_t n, std::size_t padded);

/// Cross-entropy of softmax(logits) against targets, in nats. logits [rows, vocab]; losses [rows];
/// log_sum_exp [rows], saved for backward. A row with a negative target has loss 0.
void cross_entropy_forward(float* losses, float* log_sum_exp, const float* logits,
                           const std::int32_t* targets, std::size_t rows, std::size_t vocab);

/// The gradient scale·(softmax(logits) - one_hot(target)); zeros for rows with a negative target.
void cross_entropy_backward(Accumulator dlogits, const float* logits, const float* log_sum_exp,
                            const std::int32_t* targets, std::size_t rows, std::size_t vocab, float scale);

}  // namespace mini_llm
