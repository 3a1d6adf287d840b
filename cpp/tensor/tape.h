#pragma once
// Reverse-mode differentiation: operations append their backward step as they run, so the tape is in
// topological order by construction and going back is a walk from its end.
#include <memory>
#include <vector>

#include "tensor/profile.h"
#include "tensor/tensor.h"

namespace mini_llm {

class Tape {
 public:
  enum class Mode { recording, inference };
  /// With int8_weights products with a weight matrix take its int8 form; for inference only.
  explicit Tape(Mode mode, bool int8_weights = false) : mode_(mode), int8_weights_(int8_weights) {}
  /// One that uses another's free buffers, for work done while that one rests.
  Tape(Mode mode, const Tape& lender) : pool_(lender.pool_), mode_(mode) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  bool recording() const { return mode_ == Mode::recording; }
  bool int8_weights() const { return int8_weights_; }

  /// From now on operations are timed into `profile`, which must outlive their use; null ends it.
  void set_profile(Profile* profile) { profile_ = profile; }

  /// A tensor for an operation's result or for what its backward step needs; values unspecified. Without
  /// requires_grad no input of the operation wants a gradient, so that nothing goes back through it.
  Tensor make(const Shape& shape, bool requires_grad = true) {
    return Tensor(shape, pool_, recording() && requires_grad);
  }

  /// Runs what an operation computes, timed where a profile is kept.
  template <class F>
  void run(const Cost& cost, const F& compute, ProfilePass pass = ProfilePass::forward) {
    const ProfileScope scope(profile_, cost, pass);
    compute();
  }

  /// Appends a backward step of what gave `out`, if that wants a gradient. It captures the tensors that it
  /// needs, which keeps them until it has run.
  template <class F>
  void record(const Tensor& out, const Cost& cost, F backward) {
    if (out.requires_grad()) push({cost, std::make_unique<Recorded<F>>(std::move(backward))});
  }

  /// Runs the last backward step left and lets go of what it held; false when none was left.
  bool backward_step();

  /// Sets the gradient of a scalar to 1 and walks the whole tape.
  void backward(Tensor loss);

  /// Forgets what was recorded, as after an interrupted pass.
  void clear() { steps_.clear(); }

 private:
  /// std::function could be copied as well, which for each kind of step would be code that nobody runs.
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

  BufferPool pool_;  // before steps_, whose tensors come from it
  Mode mode_;
  bool int8_weights_ = false;
  Profile* profile_ = nullptr;
  std::vector<Step> steps_;
};

}  // namespace mini_llm
