#pragma once
// Short training runs, and their files, for the tests of the trainer and of checkpoints.
#include <string>
#include <vector>

#include "io/checkpoint.h"
#include "tests/support.h"
#include "train/runs.h"

namespace mini_llm::test {

/// Options of a short run with several micro-batches and, if given, dropout.
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

/// Early stopping, for a text whose validation part is of another kind, so that training soon makes it worse.
inline TrainOptions impatient_run() {
  TrainOptions options = short_run(400);
  options.val_fraction = 0.2;
  options.eval_every = 5;
  options.patience = 2;
  return options;
}
inline std::string text_with_another_end() { return sample_text(500) + std::string(125, 'z'); }

/// Runs until `step` steps and the evaluation after them are done, or the run ends. Returns all events except
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

/// Runs to the end; returns all events, "done" or "failed" included.
inline std::vector<TrainEvent> run_all(Trainer& trainer, double max_ms = 1e9) {
  return run_to(trainer, static_cast<std::size_t>(-1), max_ms);
}

inline const std::string kText = sample_text(600);

/// A run of a tiny model on kText, with "sha" for its SHA-256.
inline std::unique_ptr<Trainer> make_trainer(const TrainOptions& options, const std::string& arch = "gpt2") {
  return std::make_unique<Trainer>(tiny_config(arch), options, kText, "sha");
}

/// A run with a few merges after three steps.
inline std::unique_ptr<Trainer> bpe_run() {
  const auto tokenizer = std::make_shared<const Tokenizer>(
      std::vector<TokenPair>{{'o', 'v'}, {256, 'e'}, {'q', 'u'}, {' ', 't'}, {259, 'h'}});
  ModelConfig config = tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  auto trainer = std::make_unique<Trainer>(config, short_run(6), kText, "sha", tokenizer);
  run_to(*trainer, 3);
  return trainer;
}

inline std::string saved(const Trainer& trainer) { return save_checkpoint(trainer.state()).bytes(); }
inline std::string some_checkpoint() {
  const auto trainer = make_trainer(short_run(4));
  run_to(*trainer, 3);
  return saved(*trainer);
}
inline LoadedModel model_of(const Trainer& trainer) {
  return {trainer.model(), trainer.tokenizer(), trainer.start()};
}
inline std::unique_ptr<Trainer> resume(std::string_view file, const TrainOptions& options,
                                       std::string_view corpus, const std::string& corpus_sha256) {
  return resume_run(read_checkpoint(file), options, corpus, corpus_sha256);
}
inline std::unique_ptr<Trainer> finetune(std::string_view file, const TrainOptions& options,
                                         std::string_view corpus, const std::string& corpus_sha256) {
  return finetune_run(read_checkpoint(file), options, corpus, corpus_sha256);
}

}  // namespace mini_llm::test
