#pragma once
// Reverse-mode differentiation. Operations append their backward steps as they run, so the tape is in
// topological order, and the backward pass runs it from its end.
#include <memory>
#include <vector>

#include "tensor/profile.h"
#include "tensor/tensor.h"

namespace mini_llm {

class Tape {
 public:
  enum class Mode { recording, inference };
  /// int8_weights: products use int8 weights; for inference only.
  explicit Tape(Mode mode, bool int8_weights = false) : mode_(mode), int8_weights_(int8_weights) {}
  /// Shares `lender`'s buffer pool; use only while `lender` is idle.
  Tape(Mode mode, const Tape& lender) : pool_(lender.pool_), mode_(mode) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  bool recording() const { return mode_ == Mode::recording; }
  bool int8_weights() const { return int8_weights_; }

  /// Times operations into `profile`, which must outlive them; null stops it.
  void set_profile(Profile* profile) { profile_ = profile; }

  /// A tensor for an operation's result or for backward; values unspecified. Pass requires_grad false if no
  /// input of the operation needs a gradient.
  Tensor make(const Shape& shape, bool requires_grad = true) {
    return Tensor(shape, pool_, recording() && requires_grad);
  }

  /// Runs an operation, timed if there is a profile.
  template <class F>
  void run(const Cost& cost, const F& compute, ProfilePass pass = ProfilePass::forward) {
    const ProfileScope scope(profile_, cost, pass);
    compute();
  }

  /// Appends a backward step of the operation that computed `out`, if `out` needs a gradient. The step keeps
  /// the tensors that it captures until it has run.
  template <class F>
  void record(const Tensor& out, const Cost& cost, F backward) {
    if (out.requires_grad()) push({cost, std::make_unique<Recorded<F>>(std::move(backward))});
  }

  /// Runs the last remaining backward step and frees it. Returns false if none remains.
  bool backward_step();

  /// Sets the gradient of a scalar to 1 and runs all backward steps.
  void backward(Tensor loss);

  /// Drops all backward steps, for example after an interrupted pass.
  void clear() { steps_.clear(); }

 private:
  /// Like a std::function that cannot be copied: copying would add unused code for each kind of step.
  struct Backward {
    virtual ~Backward() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct Recorded final : Backward {
    explicit Recorded(F&& f) : function(std::move(f)) {}
    void run() override { function(); }
    F function;
  };
  struct Step {
    Cost cost;
    std::unique_ptr<Backward> backward;
  };
  void push(Step step);

  BufferPool pool_;  // declared before steps_, whose tensors use it
  Mode mode_;
  bool int8_weights_ = false;
  Profile* profile_ = nullptr;
  std::vector<Step> steps_;
};

}  // namespace mini_llm
