#pragma once
#include <cstddef>

#include "kernels/accumulator.h"

namespace mini_llm {

inline constexpr float kLayerNormEps = 1e-5f;  // GPT-2's
inline constexpr float kRmsNormEps = 1e-6f;    // Qwen3's

/// LayerNorm (Ba et al. 2016) over rows of width C: out = (x - mean)·rstd·weight + bias. x, out [rows, C];
/// mean and rstd [rows] are saved for backward and may be null.
void layer_norm_forward(float* out, float* mean, float* rstd, const float* x, const float* weight,
                        const float* bias, std::size_t rows, std::size_t width);

/// dx [rows, C]; adds to dweight [C] and dbias [C]. Any of the three may be null.
void layer_norm_backward(Accumulator dx, float* dweight, float* dbias, const float* dout, const float* x,
                         const float* mean, const float* rstd, const float* weight, std::size_t rows,
                         std::size_t width);

/// RMSNorm (Zhang & Sennrich 2019): out = x·rstd·weight with rstd = 1/sqrt(mean(x²) + eps), which is saved
/// for backward and may be null.
void rms_norm_forward(float* out, float* rstd, const float* x, const float* weight, std::size_t rows,
                      std::size_t width);

/// dx [rows, C]; adds to dweight [C]. Either may be null.
void rms_norm_backward(Accumulator dx, float* dweight, const float* dout, const float* x, const float* rstd,
                       const float* weight, std::size_t rows, std::size_t width);

/// The rstd of one row.
inline float rms_norm_rstd(const float* x, std::size_t width) {
  const float squares =
      sum_over(width, [=](auto lanes, std::size_t i) { return lanes.load(x + i) * lanes.load(x + i); });
  return 1.0f / sqrt(squares / static_cast<float>(width) + kRmsNormEps);
}

}  // namespace mini_llm
