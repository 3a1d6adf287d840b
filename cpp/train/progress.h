#pragma once
// The progress of a run, and the events that it reports.
#include <array>
#include <limits>
#include <string>

#include "schema/field.h"

namespace mini_llm {

/// In nats per token and, to compare tokenizers, in bits per byte of text. NaN where not known yet.
struct Losses {
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // the last step's
  double val_loss = std::numeric_limits<double>::quiet_NaN();    // the last evaluation's
  double train_bits_per_byte = std::numeric_limits<double>::quiet_NaN();
  double val_bits_per_byte = std::numeric_limits<double>::quiet_NaN();

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("train_loss", &Losses::train_loss, any());
    field("val_loss", &Losses::val_loss, any());
    field("train_bits_per_byte", &Losses::train_bits_per_byte, any());
    field("val_bits_per_byte", &Losses::val_bits_per_byte, any());
  }
};

/// The progress that is saved with a run.
struct Progress {
  std::size_t step = 0;
  Losses last;               // of the last step and evaluation
  std::size_t val_step = 0;  // the step before the last evaluation
  Losses best;               // of the evaluation with the lowest val_loss, with early stopping
  std::size_t best_step = 0;
  std::size_t patience_from =
      0;                       // patience counts from here at the earliest: where an ended run was extended
  bool restored_best = false;  // the weights are best_step's, so the run cannot go on

  const Losses& of_weights() const { return restored_best ? best : last; }
  std::size_t weights_step() const { return restored_best ? best_step : step; }
};

/// The result of a call of Trainer::advance, with the losses of the model's current weights.
struct TrainEvent : Losses {
  enum class Kind { none, step, eval, done, failed };
  friend constexpr std::array<const char*, 5> names_of(Kind) {
    return {"none", "step", "eval", "done", "failed"};
  }

  Kind kind = Kind::none;
  std::size_t step = 0;          // steps completed
  std::size_t weights_step = 0;  // the step whose weights the model has
  double lr = 0;
  double grad_norm = 0;  // before clipping
  double tokens = 0;     // trained on by this trainer
  std::string message;   // why it failed, or which weights an ended run has

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("kind", &TrainEvent::kind, any());
    field("step", &TrainEvent::step, any());
    field("weights_step", &TrainEvent::weights_step, any());
    Losses::describe(field);
    field("lr", &TrainEvent::lr, any());
    field("grad_norm", &TrainEvent::grad_norm, any());
    field("tokens", &TrainEvent::tokens, any());
    field("message", &TrainEvent::message, any());
  }
};

}  // namespace mini_llm
