#include "train/adamw.h"

#include <algorithm>

namespace mini_llm {

namespace {

double integer_power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent != 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

}  // namespace

AdamW::AdamW(std::vector<NamedTensor> parameters, AdamWOptions options)
    : parameters_(std::move(parameters)), options_(options) {
  for (auto& [name, parameter] : parameters_)
    for (StateDict* moments : {&exp_avg_, &exp_avg_sq_}) {
      Tensor zeros(parameter.shape());
      std::fill_n(zeros.data(), zeros.size(), 0.0f);
      moments->emplace_back(name, zeros);
    }
}

void AdamW::update(std::size_t step, double lr, double gradient_scale) {
  AdamWStep s{};
  s.lr = static_cast<float>(lr);
  s.beta1 = static_cast<float>(options_.beta1);
  s.beta2 = static_cast<float>(options_.beta2);
  s.eps = static_cast<float>(options_.eps);
  s.bias_correction1 = static_cast<float>(1 - integer_power(options_.beta1, step));
  s.bias_correction2 = static_cast<float>(1 - integer_power(options_.beta2, step));
  s.gradient_scale = static_cast<float>(gradient_scale);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& parameter = parameters_[i].second;
    s.weight_decay = parameter.shape().size() == 2 ? static_cast<float>(options_.weight_decay) : 0.0f;
    adamw(parameter.data(), exp_avg_[i].second.data(), exp_avg_sq_[i].second.data(), parameter.grad(),
          parameter.size(), s);
    parameter.zero_grad();
    parameter.mark_modified();
  }
}

}  // namespace mini_llm
