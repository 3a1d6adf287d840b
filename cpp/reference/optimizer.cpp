#include <cmath>

#include "reference/reference.h"

namespace mini_llm::reference {

double global_norm(const std::vector<Vector>& gradients) {
  double sum = 0;
  for (const Vector& gradient : gradients) sum += xt::sum(xt::square(gradient))();
  return std::sqrt(sum);
}

/// Adam with decoupled weight decay (Loshchilov & Hutter 2017): the gradient's running mean over the root of
/// its running mean square, both corrected for their start at zero.
void adamw(Vector& weight, AdamWState& state, const Vector& gradient, int step, double lr,
           const AdamWOptions& o) {
  state.exp_avg = o.beta1 * state.exp_avg + (1 - o.beta1) * gradient;
  state.exp_avg_sq = o.beta2 * state.exp_avg_sq + (1 - o.beta2) * xt::square(gradient);
  const Vector mean = state.exp_avg / (1 - std::pow(o.beta1, step));
  const Vector mean_square = state.exp_avg_sq / (1 - std::pow(o.beta2, step));
  weight -= lr * (o.weight_decay * weight + mean / (xt::sqrt(mean_square) + o.eps));
}

/// Each step takes every singular value s to a·s + b·s³ + c·s⁵, by products of matrices alone. The
/// coefficients are those of the Polar Express (Amsel et al. 2025) for singular values from 0.01 to 1; the
/// margin keeps rounding from carrying one past 1.
Matrix newton_schulz(const Matrix& x) {
  if (x.shape(0) > x.shape(1)) return xt::transpose(newton_schulz(xt::transpose(x)));
  const double norm = std::sqrt(xt::sum(xt::square(x))());
  if (norm == 0) return x;
  constexpr double kMargin = 1.02;
  constexpr double kSteps[][3] = {
      {8.0934, -23.6204, 17.4462}, {3.6366, -2.7219, 0.5365}, {2.6613, -1.9772, 0.4526}};
  Matrix y = x / (kMargin * norm);
  for (const auto& [a, b, c] : kSteps) {
    const Matrix gram = matmul(y, xt::transpose(y));
    y = a * y + matmul(b * gram + c * matmul(gram, gram), y);
  }
  return y;
}

/// Muon (Jordan et al. 2024): Nesterov's momentum made orthogonal, scaled by sqrt(out/in) for a matrix with
/// more outputs than inputs; decay is decoupled.
void muon(Matrix& weight, Matrix& momentum, const Matrix& gradient, double lr, double weight_decay) {
  constexpr double kMomentum = 0.95;
  momentum = kMomentum * momentum + (1 - kMomentum) * gradient;
  const Matrix direction = newton_schulz(kMomentum * momentum + (1 - kMomentum) * gradient);
  const double ratio = static_cast<double>(weight.shape(1)) / static_cast<double>(weight.shape(0));
  weight = (1 - lr * weight_decay) * weight - lr * std::sqrt(std::max(1.0, ratio)) * direction;
}

}  // namespace mini_llm::reference
