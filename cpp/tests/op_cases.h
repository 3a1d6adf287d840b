#pragma once
// Every differentiable operation once or more, on odd sizes: the one list that serves the gradient check, the
// checks that gradients add up, and those of modes and threads. A new operation needs a line in op_cases.cpp.
#include <functional>
#include <string>
#include <vector>

#include "tensor/ops.h"

namespace mini_llm::test {

struct OpCase {
  std::string name;
  std::vector<Shape> inputs;  // each wants a gradient
  std::function<Tensor(Tape&, const std::vector<Tensor>&)> run;
};

const std::vector<OpCase>& op_cases();

/// The inputs of a case, filled with seeded numbers.
std::vector<Tensor> make_inputs(const OpCase& op);

}  // namespace mini_llm::test
