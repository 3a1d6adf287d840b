#include "train/optimizer.h"

#include <algorithm>

namespace mini_llm {

namespace {

std::vector<HiddenMatrix> for_muon(const Gpt& model, const TrainOptions& options) {
  return options.optimizer == "muon" ? model.hidden_matrices() : std::vector<HiddenMatrix>();
}

/// What Muon leaves.
std::vector<NamedTensor> for_adamw(const Gpt& model, const TrainOptions& options) {
  std::vector<NamedTensor> rest = model.named_parameters();
  for (const HiddenMatrix& matrix : for_muon(model, options))
    std::erase_if(rest, [&](const NamedTensor& parameter) { return parameter.first == matrix.name; });
  return rest;
}

std::size_t count(const std::vector<NamedTensor>& parameters) {
  std::size_t n = 0;
  for (const auto& [name, parameter] : parameters) n += parameter.size();
  return n;
}

}  // namespace

Optimizer::Optimizer(const Gpt& model, const TrainOptions& options)
    : parameters_(model.named_parameters()),
      adamw_(for_adamw(model, options), {options.beta1, options.beta2, options.weight_decay}),
      muon_(for_muon(model, options), options.weight_decay),
      muon_share_(options.lr > 0 ? options.muon_lr / options.lr : 0) {}

void Optimizer::zero_grad() {
  for (auto& [name, parameter] : parameters_) parameter.zero_grad();
}

double Optimizer::grad_norm() {
  double total = 0;
  for (auto& [name, parameter] : parameters_) total += sum_of_squares(parameter.grad(), parameter.size());
  return __builtin_sqrt(total);
}

void Optimizer::update(std::size_t step, double lr, double gradient_scale, Tape& tape) {
  tape.run(
      sweep_cost("adamw", 7 * count(adamw_.parameters())), [&] { adamw_.update(step, lr, gradient_scale); },
      ProfilePass::update);
  if (muon_.empty()) return;
  tape.run(
      Cost{"muon", muon_.flops(), 0}, [&] { muon_.update(lr * muon_share_, gradient_scale); },
      ProfilePass::update);
}

void Optimizer::undo_update() {
  for (auto& [name, parameter] : parameters_) {
    std::copy_n(parameter.grad_memory(), parameter.size(), parameter.data());
    parameter.touch();
  }
}

StateDict Optimizer::state_dict() const {
  StateDict all;
  const auto append = [&](const char* what, const StateDict& some) {
    for (const auto& [name, tensor] : some) all.emplace_back(std::string(what) + "." + name, tensor);
  };
  append("exp_avg", adamw_.exp_avg());
  append("exp_avg_sq", adamw_.exp_avg_sq());
  append("momentum_buffer", muon_.momentum());
  return all;
}

}  // namespace mini_llm
