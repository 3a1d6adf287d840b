#pragma once
// What moves the weights: Muon the matrices between the layers, if it is asked for, and AdamW all the rest.
// With LoRA it is AdamW, and what moves are the factors of those matrices.
#include <optional>

#include "train/adamw.h"
#include "train/lora.h"
#include "train/muon.h"
#include "train/options.h"

namespace mini_llm {

class Optimizer {
 public:
  /// Of the model only what it trains takes gradients from now on.
  Optimizer(Gpt& model, const TrainOptions& options);

  void zero_grad();
  /// Global norm of all gradients of what is trained; to be called before the update.
  double grad_norm(Tape& tape);
  /// Update number `step`, counted from 1, with AdamW's learning rate; Muon's is the same share of muon_lr.
  /// Gradients are multiplied by gradient_scale on the way.
  void update(std::size_t step, double lr, double gradient_scale, Tape& tape);
  /// Puts the weights back as they were before the update; to be called before any new gradient arrives. What
  /// is remembered of gradients stays moved.
  void undo_update();

  /// What is trained: weights, or LoRA's factors of them; shared, not copied.
  const StateDict& trained() const { return parameters_; }
  /// Puts other values into what is trained, those of an earlier `trained`.
  void load_trained(const StateDict& state);
  /// Exchanges what is trained for other values, which take its place in `state`.
  void swap_trained(StateDict& state);

  /// All that it remembers, "exp_avg.NAME" and so on; shared, not copied.
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) const {
    copy_state(state, state_dict(), "The optimizer's state");
  }

 private:
  std::vector<NamedTensor> weights_;  // the model's, whose gradients are wanted
  std::optional<Lora> lora_;
  std::vector<NamedTensor> parameters_;  // what is trained: these weights, or factors of them
  AdamW adamw_;
  Muon muon_;
  double muon_share_;  // of its learning rate in AdamW's
};

}  // namespace mini_llm
