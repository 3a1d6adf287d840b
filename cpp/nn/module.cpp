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

void copy_state(const StateDict& from, const StateDict& to, const std::string& what) {
  std::map<std::string, Tensor> given(from.begin(), from.end());
  std::vector<std::pair<Tensor, Tensor>> copies;
  for (const auto& [name, target] : to) {
    const auto found = given.find(name);
    if (found == given.end()) throw std::invalid_argument(what + " lacks the tensor \"" + name + "\".");
    if (found->second.shape() != target.shape())
      throw std::invalid_argument("The tensor \"" + name + "\" has shape " +
                                  to_string(found->second.shape()) + " where the model needs " +
                                  to_string(target.shape()) + ".");
    copies.emplace_back(target, found->second);
    given.erase(found);
  }
  if (!given.empty())
    throw std::invalid_argument(what + " holds a tensor \"" + given.begin()->first +
                                "\" that the model does not have.");
  for (auto& [target, source] : copies) {
    std::copy_n(source.data(), source.size(), target.data());
    target.mark_modified();
  }
}

StateDict copy_of(const StateDict& state) {
  StateDict copies;
  for (const auto& [name, tensor] : state)
    std::copy_n(tensor.data(), tensor.size(),
                copies.emplace_back(name, Tensor(tensor.shape())).second.data());
  return copies;
}

void Module::load_state_dict(const StateDict& state) {
  copy_state(state, named_parameters(), "The model's state");
}

void Module::train(bool on) {
  training_ = on;
  for (auto& [name, child] : children_) child->train(on);
}

}  // namespace mini_llm
