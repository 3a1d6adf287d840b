#pragma once
// The training loop: forward, backward, clip, update, and an evaluation now and then, in slices. Everything
// random derives from the seed and the step, so a run's state is its weights, moments and step.
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "nn/gpt.h"
#include "tensor/tape.h"
#include "train/dataset.h"
#include "train/optimizer.h"
#include "train/options.h"
#include "train/routine.h"

namespace mini_llm {

struct TrainEvent {
  enum class Kind { none, step, eval, done, failed };
  Kind kind = Kind::none;
  std::size_t step = 0;                                          // steps completed
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // nats a token, the last step's
  double val_loss = std::numeric_limits<double>::quiet_NaN();    // nats a token, the last evaluation's
  // The same by the bytes that the tokens stand for, so that tokenizers compare.
  double train_bits_per_byte = std::numeric_limits<double>::quiet_NaN();
  double val_bits_per_byte = std::numeric_limits<double>::quiet_NaN();
  double lr = 0;
  double grad_norm = 0;  // before clipping
  double tokens = 0;     // trained on by this object
  std::string message;   // of a failure, or of an end with other weights than the last step's
};

class Trainer {
 public:
  /// Begins with these weights or, without any, with those drawn from the seed. Throws std::invalid_argument
  /// with a sentence for options or a text that cannot be trained with.
  Trainer(const ModelConfig& config, const TrainOptions& options, std::string_view corpus,
          std::string corpus_sha256, TokenizerPtr tokenizer = byte_tokenizer(),
          const StateDict* weights = nullptr);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Works for about max_ms, or until there is something to tell; an operation is the smallest unit.
  TrainEvent advance(double max_ms);

  /// Takes over a saved state; the shapes must agree (std::invalid_argument otherwise).
  struct Progress {
    std::size_t step = 0;
    double train_loss = std::numeric_limits<double>::quiet_NaN();
    double val_loss = std::numeric_limits<double>::quiet_NaN();
    std::size_t val_step = 0;  // the step that val_loss was measured after
    double train_bits_per_byte = std::numeric_limits<double>::quiet_NaN();
    double val_bits_per_byte = std::numeric_limits<double>::quiet_NaN();
    double best_val_loss = std::numeric_limits<double>::quiet_NaN();  // with early stopping
    std::size_t best_step = 0;
    bool turned_back = false;  // the weights are best_step's, so that no run can go on from them
  };
  /// `best` may be empty where the best weights are these.
  void restore(const StateDict& weights, const StateDict& optimizer_state, const Progress& progress,
               const StateDict& best = {});

  const std::shared_ptr<Gpt>& model() const { return model_; }
  const TokenizerPtr& tokenizer() const { return tokenizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  const TrainOptions& options() const { return options_; }
  const Progress& progress() const { return progress_; }
  const Dataset& dataset() const { return dataset_; }
  const std::string& corpus_sha256() const { return corpus_sha256_; }
  bool failed() const { return failed_; }
  /// Of what is trained the values that validated best, where early stopping keeps others than it has now.
  StateDict best() const { return progress_.best_step == progress_.step ? StateDict() : best_; }

  /// From now on operations are timed; false forgets what was measured.
  void set_profiling(bool on);
  const std::vector<Profile::Row>& profile() const { return profile_.rows(); }

 private:
  using Slices = Routine<TrainEvent::Kind>;
  Slices run_step();
  Slices forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum);
  std::size_t bytes_of(const std::vector<std::int32_t>& tokens) const;
  Slices evaluate();
  bool evaluation_due() const;
  void remember_best();
  bool ends_early() const;
  void turn_back_to_best();
  TrainEvent event(TrainEvent::Kind kind) const;
  void fail(const std::string& what, std::size_t step);

  TrainOptions options_;
  std::shared_ptr<Gpt> model_;
  Optimizer optimizer_;
  TokenizerPtr tokenizer_;
  Dataset dataset_;
  std::string corpus_sha256_;
  Tape tape_{Tape::Mode::recording};
  Tape evaluation_tape_{Tape::Mode::inference, tape_};
  Profile profile_;
  Progress progress_;
  double lr_ = 0, grad_norm_ = 0, tokens_ = 0;
  bool can_undo_ = false;  // the last update: no gradient has arrived since
  StateDict best_;         // of what is trained; empty before the first evaluation and without early stopping
  bool failed_ = false;
  std::string message_;
  Slices slices_;
};

}  // namespace mini_llm
