#pragma once
// What moves the weights: Muon the matrices between the layers, if it is asked for, and AdamW all the rest.
#include "train/adamw.h"
#include "train/muon.h"
#include "train/options.h"

namespace mini_llm {

class Optimizer {
 public:
  Optimizer(const Gpt& model, const TrainOptions& options);

  void zero_grad();
  /// Global norm of all gradients.
  double grad_norm();
  /// Update number `step`, counted from 1, with AdamW's learning rate; Muon's is the same share of muon_lr.
  /// Gradients are multiplied by gradient_scale on the way.
  void update(std::size_t step, double lr, double gradient_scale, Tape& tape);
  /// Puts the weights back as they were before the update; to be called before any new gradient arrives. What
  /// is remembered of gradients stays moved.
  void undo_update();

  /// All that it remembers, "exp_avg.NAME" and so on; shared, not copied.
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) const {
    copy_state(state, state_dict(), "The optimizer's state");
  }

 private:
  std::vector<NamedTensor> parameters_;
  AdamW adamw_;
  Muon muon_;
  double muon_share_;  // of its learning rate in AdamW's
};

}  // namespace mini_llm
