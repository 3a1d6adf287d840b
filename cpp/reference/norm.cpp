// LayerNorm (Ba et al. 2016) with GPT-2's eps, and RMSNorm (Zhang & Sennrich 2019) with Qwen3's.
#include "reference/reference.h"

namespace mini_llm::reference {

Normalized normalize(const Matrix& x) {
  const Matrix mean = row_means(x), variance = row_means(xt::square(x - mean));
  const Matrix rstd = 1 / xt::sqrt(variance + 1e-5);
  return {(x - mean) * rstd, mean, rstd};
}

Normalized normalize_rms(const Matrix& x) {
  const Matrix rstd = 1 / xt::sqrt(row_means(xt::square(x)) + 1e-6);
  return {x * rstd, xt::zeros_like(rstd), rstd};
}

Matrix layer_norm(const Matrix& x, const Vector& weight, const Vector& bias) {
  return normalize(x).values * weight + bias;
}

Matrix rms_norm(const Matrix& x, const Vector& weight) { return normalize_rms(x).values * weight; }

/// With g the gradient of n, the normalized x: dx = rstd·(g - mean(g) - n·mean(g·n)).
NormGradients layer_norm_backward(const Matrix& dout, const Matrix& x, const Vector& weight) {
  const auto [n, mean, rstd] = normalize(x);
  const Matrix g = dout * weight;
  return {rstd * (g - row_means(g) - n * row_means(g * n)), xt::sum(dout * n, {0}), xt::sum(dout, {0})};
}

/// The same without the mean: dx = rstd·(g - n·mean(g·n)).
NormGradients rms_norm_backward(const Matrix& dout, const Matrix& x, const Vector& weight) {
  const auto [n, mean, rstd] = normalize_rms(x);
  const Matrix g = dout * weight;
  return {rstd * (g - n * row_means(g * n)), xt::sum(dout * n, {0}), {}};
}

}  // namespace mini_llm::reference
