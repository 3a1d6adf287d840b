#include "train/optimizer.h"

#include <algorithm>

namespace mini_llm {

namespace {

/// Takes what is frozen out of the gradients' way, and returns the rest. Beside LoRA's matrices all is
/// frozen.
std::vector<NamedTensor> choose_weights(Gpt& model, const TrainOptions& options) {
  model.freeze(options.freeze_layers);
  std::vector<NamedTensor> weights = model.named_parameters();
  if (options.lora_rank > 0) {
    const std::vector<HiddenMatrix> matrices = trained_matrices(model);
    for (auto& [name, weight] : weights) weight.set_requires_grad(false);
    for (HiddenMatrix matrix : matrices) matrix.weight.set_requires_grad(true);
  }
  std::erase_if(weights, [](const NamedTensor& weight) { return !weight.second.requires_grad(); });
  return weights;
}

std::vector<HiddenMatrix> for_muon(const Gpt& model, const TrainOptions& options) {
  const bool muon = options.optimizer == "muon" && options.lora_rank == 0;
  return muon ? trained_matrices(model) : std::vector<HiddenMatrix>();
}

/// What Muon leaves.
std::vector<NamedTensor> for_adamw(std::vector<NamedTensor> parameters,
                                   const std::vector<HiddenMatrix>& muon) {
  for (const HiddenMatrix& matrix : muon)
    std::erase_if(parameters, [&](const NamedTensor& parameter) { return parameter.first == matrix.name; });
  return parameters;
}

std::size_t count(const std::vector<NamedTensor>& parameters) {
  std::size_t n = 0;
  for (const auto& [name, parameter] : parameters) n += parameter.size();
  return n;
}

}  // namespace

Optimizer::Optimizer(Gpt& model, const TrainOptions& options)
    : weights_(choose_weights(model, options)),
      lora_(options.lora_rank > 0 ? std::optional(make_lora(model, options)) : std::nullopt),
      parameters_(lora_ ? lora_->factors() : weights_),
      adamw_(for_adamw(parameters_, for_muon(model, options)),
             {options.beta1, options.beta2, options.weight_decay}),
      muon_(for_muon(model, options), options.weight_decay),
      muon_share_(options.lr > 0 ? options.muon_lr / options.lr : 0) {}

void Optimizer::zero_grad() {
  for (auto& [name, weight] : weights_) weight.zero_grad();
}

double Optimizer::grad_norm(Tape& tape) {
  if (lora_) tape.run(Cost{"lora", 2 * lora_->flops()}, [&] { lora_->backward(); }, ProfilePass::update);
  double total = 0;
  tape.run(
      sweep_cost("grad_norm", count(parameters_)),
      [&] {
        for (auto& [name, parameter] : parameters_)
          total += sum_of_squares(parameter.grad(), parameter.size());
      },
      ProfilePass::update);
  return __builtin_sqrt(total);
}

void Optimizer::update(std::size_t step, double lr, double gradient_scale, Tape& tape) {
  tape.run(
      sweep_cost("adamw", 7 * count(adamw_.parameters())), [&] { adamw_.update(step, lr, gradient_scale); },
      ProfilePass::update);
  if (lora_) tape.run(Cost{"lora", lora_->flops()}, [&] { lora_->merge(); }, ProfilePass::update);
  if (muon_.empty()) return;
  tape.run(
      Cost{"muon", muon_.flops(), 0}, [&] { muon_.update(lr * muon_share_, gradient_scale); },
      ProfilePass::update);
}

void Optimizer::undo_update() {
  for (auto& [name, parameter] : parameters_) {
    std::copy_n(parameter.grad_memory(), parameter.size(), parameter.data());
    parameter.mark_modified();
  }
  if (lora_) lora_->merge();
}

void Optimizer::load_trained(const StateDict& state) {
  copy_state(state, parameters_, "The kept state");
  if (lora_) lora_->merge();
}

void Optimizer::swap_trained(StateDict& state) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& parameter = parameters_[i].second;
    std::swap_ranges(parameter.data(), parameter.data() + parameter.size(), state[i].second.data());
    parameter.mark_modified();
  }
  if (lora_) lora_->merge();
}

StateDict Optimizer::state_dict() const {
  StateDict all;
  const auto append = [&](const char* what, const StateDict& some) {
    for (const auto& [name, tensor] : some) all.emplace_back(std::string(what) + "." + name, tensor);
  };
  append("exp_avg", adamw_.exp_avg());
  append("exp_avg_sq", adamw_.exp_avg_sq());
  append("momentum_buffer", muon_.momentum());
  if (lora_) {
    append("base", lora_->base());
    append("lora", lora_->factors());
  }
  return all;
}

}  // namespace mini_llm
