#include "nn/module.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace mini_llm {

Tensor Module::register_parameter(std::string name, Shape shape) {
  Tensor parameter(std::move(shape), /*requires_grad=*/true);
  parameters_.emplace_back(std::move(name), parameter);
  return parameter;
}

void Module::register_module(std::string name, Module& child) {
  children_.emplace_back(std::move(name), &child);
}

void Module::collect(const std::string& prefix, std::vector<NamedTensor>& out) const {
  for (const auto& [name, parameter] : parameters_) out.emplace_back(prefix + name, parameter);
  for (const auto& [name, child] : children_) child->collect(prefix + name + ".", out);
}

std::vector<NamedTensor> Module::named_parameters() const {
  std::vector<NamedTensor> result;
  collect("", result);
  return result;
}

std::vector<Tensor> Module::parameters() const {
  std::vector<Tensor> result;
  for (auto& [name, parameter] : named_parameters()) result.push_back(parameter);
  return result;
}

std::size_t Module::n_parameters() const {
  std::size_t n = 0;
  for (const Tensor& parameter : parameters()) n += parameter.size();
  return n;
}

void Module::load_state_dict(const StateDict& state) {
  std::map<std::string, Tensor> given(state.begin(), state.end());
  std::vector<std::pair<Tensor, Tensor>> copies;
  for (auto& [name, parameter] : named_parameters()) {
    const auto found = given.find(name);
    if (found == given.end()) throw std::invalid_argument("The weights lack the tensor \"" + name + "\".");
    if (found->second.shape() != parameter.shape())
      throw std::invalid_argument("The tensor \"" + name + "\" has shape " +
                                  to_string(found->second.shape()) + " where the model needs " +
                                  to_string(parameter.shape()) + ".");
    copies.emplace_back(parameter, found->second);
    given.erase(found);
  }
  if (!given.empty())
    throw std::invalid_argument("The weights hold a tensor \"" + given.begin()->first +
                                "\" that the model does not have.");
  for (auto& [to, from] : copies) {
    std::copy_n(from.data(), from.size(), to.data());
    to.touch();
  }
}

void Module::train(bool on) {
  training_ = on;
  for (auto& [name, child] : children_) child->train(on);
}

}  // namespace mini_llm
