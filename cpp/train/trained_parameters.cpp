#include "train/trained_parameters.h"

#include "kernels/elementwise.h"
#include "train/optimizer.h"

namespace mini_llm {

namespace {

/// Clears requires_grad on frozen parameters, with LoRA on all but its matrices, and returns the rest.
std::vector<NamedTensor> freeze_others(Gpt& model, const TrainOptions& options) {
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

}  // namespace

TrainedParameters::TrainedParameters(Gpt& model, const TrainOptions& options)
    : weights_(freeze_others(model, options)) {
  if (options.lora_rank > 0)
    lora_ = make_lora(model, options);
  else
    hidden_matrices_ = trained_matrices(model);
  tensors_ = lora_ ? lora_->factors() : weights_;
}

void TrainedParameters::zero_grad() {
  for (auto& [name, weight] : weights_) weight.zero_grad();
  for (auto& [name, tensor] : tensors_) tensor.zero_grad();
}

void TrainedParameters::lora_backward(Tape& tape) {
  if (lora_) tape.run(lora_->backward_cost(), [&] { lora_->backward(); }, ProfilePass::update);
}

void TrainedParameters::lora_merge(Tape& tape) {
  if (lora_) tape.run(lora_->merge_cost(), [&] { lora_->merge(); }, ProfilePass::update);
}

double TrainedParameters::grad_norm(Tape& tape) const {
  double total = 0;
  tape.run(
      sweep_cost("grad_norm", element_count(tensors_)),
      [&] {
        for (auto [name, tensor] : tensors_) total += sum_of_squares(tensor.grad(), tensor.size());
      },
      ProfilePass::update);
  return __builtin_sqrt(total);
}

StateDict TrainedParameters::lora_state() const {
  StateDict all;
  if (!lora_) return all;
  for (const auto& [name, tensor] : lora_->base()) all.emplace_back("base." + name, tensor);
  for (const auto& [name, tensor] : lora_->factors()) all.emplace_back("lora." + name, tensor);
  return all;
}

}  // namespace mini_llm
