#pragma once
// Every differentiable operation on odd sizes, for the checks of gradients, accumulation, modes and threads.
// A new operation needs an entry in op_cases.cpp.
#include <functional>
#include <string>
#include <vector>

#include "tensor/ops.h"

namespace mini_llm::test {

struct OpCase {
  std::string name;
  std::vector<Shape> inputs;  // all need a gradient
  std::function<Tensor(Tape&, const std::vector<Tensor>&)> run;
};

const std::vector<OpCase>& op_cases();

/// The inputs of a case, filled with seeded numbers.
std::vector<Tensor> make_inputs(const OpCase& op);

}  // namespace mini_llm::test
