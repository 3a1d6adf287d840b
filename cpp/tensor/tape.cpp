#include "tensor/tape.h"

namespace mini_llm {

void Tape::push(Step step) { steps_.push_back(std::move(step)); }

bool Tape::backward_step() {
  if (steps_.empty()) return false;
  run(steps_.back().cost, [this] { steps_.back().backward->run(); }, ProfilePass::backward);
  steps_.pop_back();
  return true;
}

void Tape::backward(Tensor loss) {
  loss.grad()[0] = 1;
  while (backward_step()) {
  }
}

}  // namespace mini_llm
