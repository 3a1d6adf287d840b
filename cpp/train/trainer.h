#pragma once
// The training loop: forward, backward, clip, update, and an evaluation now and then, in slices. Everything
// random derives from the seed and the step, so a run's state is its weights, moments and step.
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "nn/gpt.h"
#include "tensor/tape.h"
#include "tensor/task.h"
#include "train/dataset.h"
#include "train/optimizer.h"
#include "train/options.h"

namespace mini_llm {

/// Nats a token, and the same by the bytes that the tokens stand for, so that tokenizers compare. NaN where
/// nothing is known yet.
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

/// With the losses of the weights that the model has now.
struct TrainEvent : Losses {
  enum class Kind { none, step, eval, done, failed };
  friend constexpr std::array<const char*, 5> names_of(Kind) {
    return {"none", "step", "eval", "done", "failed"};
  }

  Kind kind = Kind::none;
  std::size_t step = 0;          // steps completed
  std::size_t weights_step = 0;  // the step that the model's weights are of
  double lr = 0;
  double grad_norm = 0;  // before clipping
  double tokens = 0;     // trained on by this object
  std::string message;   // of a failure, or of an end with other weights than the last step's

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
    Losses last;               // of the last step and evaluation
    std::size_t val_step = 0;  // the step that the last evaluation was made after
    Losses best;               // of the evaluation with the lowest val_loss, with early stopping
    std::size_t best_step = 0;
    std::size_t patience_from =
        0;                       // patience counts from here at the earliest: where an ended run was extended
    bool restored_best = false;  // the weights are best_step's, so that no run can go on from them

    const Losses& of_weights() const { return restored_best ? best : last; }
    std::size_t weights_step() const { return restored_best ? best_step : step; }
  };
  /// `best` may be empty where the best weights are these.
  void restore(const StateDict& weights, const StateDict& optimizer_state, const Progress& progress,
               const StateDict& best = {});

  /// Proves with a forward pass that the model can generate. If it cannot, puts back the newest weights that
  /// could and ends the run as failed; false then, and message() says so. To be called before anything is
  /// saved.
  bool verify();

  /// Once the run has ended: whether the weights of the last step and those that validated best are both
  /// there.
  bool has_last_weights() const { return ended_ && !best_.empty() && progress_.best_step != progress_.step; }
  /// Gives the model the one or the other. Throws std::logic_error unless both are there.
  void use_weights(bool best);

  const std::shared_ptr<Gpt>& model() const { return model_; }
  const TokenizerPtr& tokenizer() const { return tokenizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  const TrainOptions& options() const { return options_; }
  const Progress& progress() const { return progress_; }
  /// For a file: as it is, but for a run that has ended, which would end again at once where it goes on.
  Progress progress_to_save() const;
  const Dataset& dataset() const { return dataset_; }
  const std::string& corpus_sha256() const { return corpus_sha256_; }
  bool failed() const { return failed_; }
  const std::string& message() const { return message_; }
  /// What a text generated from nothing begins with.
  const std::string& start() const { return start_; }
  /// Of what is trained the values that validated best, where early stopping keeps others than it has now.
  StateDict best() const {
    return progress_.restored_best || progress_.best_step == progress_.step ? StateDict() : best_;
  }

  /// From now on operations are timed; false forgets what was measured.
  void set_profiling(bool on);
  const std::vector<Profile::Row>& profile() const { return profile_.rows(); }

 private:
  using Steps = Task<TrainEvent::Kind>;
  Steps run_step();
  Steps forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum);
  std::size_t bytes_of(const std::vector<std::int32_t>& tokens) const;
  Steps evaluate();
  bool evaluation_due() const;
  void remember_best();
  bool ends_early() const;
  void restore_best();
  bool can_generate();
  void keep_proven();
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
  std::string start_;
  bool can_undo_ = false;  // the last update: no gradient has arrived since
  // Of what is trained the values that validated best or, once these were restored, those of the last step;
  // empty before the first evaluation and without early stopping.
  StateDict best_;
  StateDict proven_;  // and those that were last shown to generate
  std::size_t proven_step_ = 0;
  bool ended_ = false, failed_ = false;
  std::string message_;
  Steps task_;
};

}  // namespace mini_llm
