#pragma once
#include <cstddef>

#include "kernels/gradient.h"

namespace mini_llm {

inline constexpr float kLayerNormEps = 1e-5f;  // GPT-2's

/// LayerNorm (Ba et al. 2016) over rows of width C: out = (x - mean)·rstd·weight + bias. x, out [rows, C];
/// mean and rstd [rows] are kept for the backward pass and may be null.
void layer_norm_forward(float* out, float* mean, float* rstd, const float* x, const float* weight,
                        const float* bias, std::size_t rows, std::size_t width);

/// The gradient dx [rows, C]; dweight [C] and dbias [C] are added to.
void layer_norm_backward(Gradient dx, float* dweight, float* dbias, const float* dout, const float* x,
                         const float* mean, const float* rstd, const float* weight, std::size_t rows,
                         std::size_t width);

}  // namespace mini_llm
