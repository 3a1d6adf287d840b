#pragma once
#include <cstddef>
#include <cstdint>

namespace mini_llm {

/// What turns a row of exp(score - max) into softmax, and into log-sum-exp.
struct SoftmaxSums {
  float max, sum;
};

/// Turns scores into exp(score - max) in place, in `rows` rows of `stride` floats. The first row has n scores
/// and each later one has one more. After a row's scores come zeros up to `padded`, a multiple of 4 for which
/// it has room.
void causal_exponentials(SoftmaxSums* sums, float* scores, std::size_t stride, std::size_t rows,
                         std::size_t n, std::size_t padded);

/// The cross-entropy of softmax(logits) against `target`, in nats. Turns the logits into the gradient
/// scale·(softmax(logits) - one_hot(target)). The row has room for zeros up to `padded`, as above. With a
/// negative target the loss and the gradient are 0.
float cross_entropy_in_place(float* logits, std::size_t vocab, std::size_t padded, std::int32_t target,
                             float scale);

}  // namespace mini_llm
