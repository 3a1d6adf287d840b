#pragma once
// Short training runs for the tests of the trainer and of checkpoints.
#include <string>
#include <vector>

#include "tests/support.h"
#include "train/trainer.h"

namespace mini_llm::test {

/// Options of a run of `max_steps` that uses everything random: several micro-batches and, if asked for,
/// dropout.
inline TrainOptions short_run(std::size_t max_steps, double dropout = 0) {
  TrainOptions o = plain_options();
  o.batch_size = 2;
  o.grad_accum = 2;
  o.max_steps = max_steps;
  o.lr = 1e-2;
  o.min_lr = 1e-3;
  o.warmup_steps = 2;
  o.dropout = dropout;
  o.eval_every = 3;
  o.eval_batches = 2;
  return o;
}

/// A run on a text whose last part, the validation's, is of another kind: what is learnt soon does it harm.
inline TrainOptions impatient_run() {
  TrainOptions options = short_run(400);
  options.val_fraction = 0.2;
  options.eval_every = 5;
  options.patience = 2;
  return options;
}
inline std::string text_with_another_end() { return sample_text(500) + std::string(125, 'z'); }

/// Runs until `step` steps and the evaluation after them are done, or the run ends; returns every event but
/// "none".
inline std::vector<TrainEvent> run_to(Trainer& trainer, std::size_t step, double max_ms = 1e9) {
  std::vector<TrainEvent> events;
  for (;;) {
    const bool evaluates = trainer.dataset().has_validation() && trainer.options().eval_every != 0 &&
                           step % trainer.options().eval_every == 0;
    const TrainEvent::Kind last = evaluates ? TrainEvent::Kind::eval : TrainEvent::Kind::step;
    const TrainEvent event = trainer.advance(max_ms);
    if (event.kind == TrainEvent::Kind::none) continue;
    events.push_back(event);
    if (event.kind == TrainEvent::Kind::failed || event.kind == TrainEvent::Kind::done) return events;
    if (event.step == step && event.kind == last) return events;
  }
}

/// All of it, "done" or "failed" included.
inline std::vector<TrainEvent> run_all(Trainer& trainer, double max_ms = 1e9) {
  return run_to(trainer, static_cast<std::size_t>(-1), max_ms);
}

}  // namespace mini_llm::test
