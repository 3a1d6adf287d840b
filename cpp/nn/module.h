#pragma once
// The base of all layers. A Module registers its parameters and children by name, which gives the list of
// parameters, the state dict and the switch between training and evaluation.
#include <string>
#include <utility>
#include <vector>

#include "tensor/ops.h"

namespace mini_llm {

using NamedTensor = std::pair<std::string, Tensor>;
using StateDict = std::vector<NamedTensor>;  // in order of registration

/// Copies values into the tensors of the same names. Throws std::invalid_argument and changes nothing if one
/// is missing from `from`, is unknown or has another shape. `what` begins the sentence and names `from`.
void copy_state(const StateDict& from, const StateDict& to, const std::string& what);

/// New tensors with the same values.
StateDict copy_of(const StateDict& state);

class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  std::vector<NamedTensor> named_parameters() const;
  std::vector<Tensor> parameters() const;
  std::size_t n_parameters() const;

  /// All parameters under their full names ("h.0.attn.c_attn.weight"); the tensors are shared, not copied.
  StateDict state_dict() const { return named_parameters(); }
  /// Copies values, as copy_state does.
  void load_state_dict(const StateDict& state);

  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }

 protected:
  Tensor register_parameter(std::string name, Shape shape);
  /// The child must live as long as this module, as a member does.
  void register_module(std::string name, Module& child);

 private:
  void collect(const std::string& prefix, std::vector<NamedTensor>& out) const;

  std::vector<NamedTensor> parameters_;
  std::vector<std::pair<std::string, Module*>> children_;
  bool training_ = true;
};

/// Switches a module to evaluation within a scope.
class EvalScope {
 public:
  explicit EvalScope(Module& module) : module_(module), was_training_(module.training()) {
    if (was_training_) module_.eval();
  }
  ~EvalScope() {
    if (was_training_) module_.train();
  }
  EvalScope(const EvalScope&) = delete;
  EvalScope& operator=(const EvalScope&) = delete;

 private:
  Module& module_;
  bool was_training_;
};

}  // namespace mini_llm
