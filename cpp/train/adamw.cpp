#include "train/adamw.h"

#include "kernels/elementwise.h"

namespace mini_llm {

namespace {

constexpr double kEps = 1e-8;

double integer_power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

}  // namespace

AdamW::AdamW(std::vector<NamedTensor> parameters, const TrainOptions& options)
    : parameters_(std::move(parameters)),
      exp_avg_(make_moments("exp_avg", parameters_)),
      exp_avg_sq_(make_moments("exp_avg_sq", parameters_)),
      options_(options) {}

void AdamW::step(const OptimizerStep& s) {
  AdamWStep numbers{};
  numbers.lr = static_cast<float>(s.lr);
  numbers.beta1 = static_cast<float>(options_.beta1);
  numbers.beta2 = static_cast<float>(options_.beta2);
  numbers.eps = static_cast<float>(kEps);
  numbers.bias_correction1 = static_cast<float>(1 - integer_power(options_.beta1, s.number));
  numbers.bias_correction2 = static_cast<float>(1 - integer_power(options_.beta2, s.number));
  numbers.gradient_scale = static_cast<float>(s.gradient_scale);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& parameter = parameters_[i].second;
    numbers.weight_decay = parameter.shape().size() == 2 ? static_cast<float>(options_.weight_decay) : 0.0f;
    adamw(parameter.data(), exp_avg_[i].second.data(), exp_avg_sq_[i].second.data(), parameter.grad(),
          s.previous != nullptr ? s.previous(parameter) : parameter.grad_memory(), parameter.size(), numbers);
    parameter.mark_modified();
  }
}

Cost AdamW::cost() const { return sweep_cost("adamw", 7 * element_count(parameters_)); }

StateDict AdamW::state() const {
  StateDict all = exp_avg_;
  for (const NamedTensor& moment : exp_avg_sq_) all.push_back(moment);
  return all;
}

}  // namespace mini_llm
