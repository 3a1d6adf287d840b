#include "train/runs.h"

#include <stdexcept>

namespace mini_llm {

namespace {

std::unique_ptr<Trainer> verified(std::unique_ptr<Trainer> trainer) {
  if (!trainer->verify())
    throw std::invalid_argument(
        "The weights in this file are NaN, infinite or far too large, so that the model can neither generate "
        "nor learn; go back to an earlier file.");
  return trainer;
}

void require_resumable(const RunState& saved, const std::string& corpus_sha256) {
  if (!saved.options || saved.optimizer.empty())
    throw std::invalid_argument(
        "This file holds weights only, without the optimizer's state, so training cannot go on from it.");
  if (saved.progress.restored_best)
    throw std::invalid_argument("This run has ended with the weights of its best step, " +
                                std::to_string(saved.progress.best_step) +
                                ", so it cannot go on; begin a new run from this model instead.");
  if (saved.corpus_sha256 != corpus_sha256)
    throw std::invalid_argument("This run was trained on another text (SHA-256 " + saved.corpus_sha256 +
                                ", this one has " + corpus_sha256 +
                                "); give the text that it was started with.");
}

}  // namespace

std::unique_ptr<Trainer> resume_run(const RunState& saved, const TrainOptions& options,
                                    std::string_view corpus, const std::string& corpus_sha256) {
  require_resumable(saved, corpus_sha256);
  auto trainer = std::make_unique<Trainer>(saved.config, options, corpus, corpus_sha256, saved.tokenizer,
                                           &saved.weights);
  trainer->restore(saved);
  return verified(std::move(trainer));
}

std::unique_ptr<Trainer> finetune_run(const RunState& saved, const TrainOptions& options,
                                      std::string_view corpus, const std::string& corpus_sha256) {
  return verified(std::make_unique<Trainer>(saved.config, options, corpus, corpus_sha256, saved.tokenizer,
                                            &saved.weights));
}

}  // namespace mini_llm
