#include "train/optimizer.h"

#include <algorithm>

#include "train/adamw.h"
#include "train/muon.h"
#include "train/trained_parameters.h"

namespace mini_llm {

namespace {

void add_adamw(Optimizers& all, const TrainOptions& o, std::vector<NamedTensor> parameters) {
  all.push_back(std::make_unique<AdamW>(std::move(parameters), o.beta1, o.beta2, o.weight_decay));
}

void adamw_for_all(Optimizers& all, const TrainOptions& o, const TrainedParameters& p) {
  add_adamw(all, o, p.tensors());
}

void muon_for_hidden_matrices(Optimizers& all, const TrainOptions& o, const TrainedParameters& p) {
  const std::vector<HiddenMatrix>& matrices = p.hidden_matrices();
  std::vector<NamedTensor> rest = p.tensors();
  std::erase_if(rest, [&](const NamedTensor& parameter) {
    return std::ranges::any_of(matrices, [&](const auto& matrix) { return matrix.name == parameter.first; });
  });
  add_adamw(all, o, std::move(rest));
  if (matrices.empty()) return;  // LoRA's factors are AdamW's
  all.push_back(std::make_unique<Muon>(matrices, o.lr > 0 ? o.muon_lr / o.lr : 0, o.weight_decay));
}

struct NamedOptimizer {
  const char* name;
  void (*add)(Optimizers& all, const TrainOptions& options, const TrainedParameters& parameters);
};
constexpr NamedOptimizer kOptimizers[] = {{"adamw", adamw_for_all}, {"muon", muon_for_hidden_matrices}};

}  // namespace

Optimizers make_optimizers(const TrainOptions& options, const TrainedParameters& parameters) {
  Optimizers all;
  for (const auto& [name, add] : kOptimizers)
    if (options.optimizer == name) add(all, options, parameters);
  return all;
}

std::size_t element_count(const std::vector<NamedTensor>& tensors) {
  std::size_t n = 0;
  for (const auto& [name, tensor] : tensors) n += tensor.size();
  return n;
}

StateDict make_moments(const char* prefix, const std::vector<NamedTensor>& parameters) {
  StateDict moments;
  for (const auto& [name, parameter] : parameters) {
    Tensor zeros(parameter.shape());
    std::fill_n(zeros.data(), zeros.size(), 0.0f);
    moments.emplace_back(prefix + ("." + name), zeros);
  }
  return moments;
}

}  // namespace mini_llm
