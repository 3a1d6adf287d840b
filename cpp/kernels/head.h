#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/gemm.h"

namespace mini_llm {

/// A language model's last layer: logits = x · tableᵀ of a table [vocab, width], packed both ways.
struct HeadTable {
  PackedMatrix transposed;  // [width, vocab]
  PackedMatrix table;       // [vocab, width]; read for gradients only
  std::size_t vocab, width;
  const float* bias = nullptr;  // [vocab], added to the logits, or null
};

/// The gradients of scale · (the sum of the losses); either may be null.
struct HeadGradients {
  float* dx;      // [rows, width]
  float* dtable;  // [vocab, width]
  float scale;
};

/// Cross-entropy of softmax(logits) against targets, in nats: losses [rows] of x [rows, width]. A row with a
/// negative target has loss 0. Computes the gradients at once, while a few rows of logits are in the cache,
/// so the logits of all rows are never stored (Hsu et al. 2024, "Liger Kernel").
void head_cross_entropy(float* losses, HeadGradients gradients, const float* x, const HeadTable& head,
                        const std::int32_t* targets, std::size_t rows);

}  // namespace mini_llm
