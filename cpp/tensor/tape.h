#pragma once
// Reverse-mode differentiation: operations append their backward step as they run, so the tape is in
// topological order by construction and going back is a walk from its end.
#include <functional>
#include <vector>

#include "tensor/tensor.h"

namespace mini_llm {

class Tape {
 public:
  enum class Mode { recording, inference };
  explicit Tape(Mode mode) : mode_(mode) {}
  /// One that uses another's free buffers, for work done while that one rests.
  Tape(Mode mode, const Tape& lender) : pool_(lender.pool_), mode_(mode) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  bool recording() const { return mode_ == Mode::recording; }

  /// A tensor for an operation's result or for what its backward step needs; values unspecified.
  Tensor make(Shape shape) { return Tensor(std::move(shape), pool_, recording()); }

  /// Appends a backward step. It captures the tensors that it needs, which keeps them until it has run.
  void record(std::function<void()> backward) {
    if (recording()) steps_.push_back(std::move(backward));
  }

  /// Runs the last backward step left and lets go of what it held; false when none was left.
  bool backward_step() {
    if (steps_.empty()) return false;
    steps_.back()();
    steps_.pop_back();
    return true;
  }

  /// Sets the gradient of a scalar to 1 and walks the whole tape.
  void backward(Tensor loss) {
    loss.grad()[0] = 1;
    while (backward_step()) {
    }
  }

  /// Forgets what was recorded, as after an interrupted pass.
  void clear() { steps_.clear(); }

 private:
  BufferPool pool_;  // before steps_, whose tensors come from it
  Mode mode_;
  std::vector<std::function<void()>> steps_;
};

}  // namespace mini_llm
