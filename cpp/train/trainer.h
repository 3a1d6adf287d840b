#pragma once
// The training loop: forward, backward, clip, update and, at times, evaluate, in slices. Everything random
// derives from the seed and the step, so a run's state is its weights, its optimizer's state and its step.
#include <memory>
#include <string>

#include "nn/gpt.h"
#include "tensor/tape.h"
#include "tensor/task.h"
#include "train/dataset.h"
#include "train/optimizer.h"
#include "train/run_state.h"
#include "train/trained_parameters.h"

namespace mini_llm {

class Trainer {
 public:
  /// Starts with these weights; if there are none, with weights drawn from the seed. Throws
  /// std::invalid_argument with a sentence if the options are wrong or the text is too short.
  Trainer(const ModelConfig& config, const TrainOptions& options, std::string_view corpus,
          std::string corpus_sha256, TokenizerPtr tokenizer = byte_tokenizer(),
          const StateDict* weights = nullptr);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Works for about max_ms or until there is an event. It cannot stop within a layer or an operation.
  TrainEvent advance(double max_ms);

  /// Continues from a saved state. Throws std::invalid_argument if a tensor is missing or has another shape.
  void restore(const RunState& saved);
  /// The state to save, which shares the tensors; after a failure, only the model. Call verify first.
  RunState state() const;

  /// Checks by a forward pass that the model can generate. If it cannot, restores the newest weights that
  /// can, ends the run as failed and returns false; message() then says why.
  bool verify();

  /// Whether an ended run has both the weights of its last step and, from another step, those that validated
  /// best.
  bool has_last_weights() const { return ended_ && !best_.empty() && progress_.best_step != progress_.step; }
  /// Gives the model the best weights or the last ones. Throws std::logic_error unless both exist.
  void use_weights(bool best);

  const std::shared_ptr<Gpt>& model() const { return model_; }
  const TokenizerPtr& tokenizer() const { return tokenizer_; }
  const TrainOptions& options() const { return options_; }
  const Progress& progress() const { return progress_; }
  const Dataset& dataset() const { return dataset_; }
  bool failed() const { return failed_; }
  const std::string& message() const { return message_; }
  /// The default prompt (text/default_prompt.h).
  const std::string& start() const { return start_; }
  /// Stored in every saved state; see RunInfo::recipe.
  void set_recipe(std::string recipe) { recipe_ = std::move(recipe); }

  /// The optimizer's and LoRA's tensors under the names that files give them; shared, not copied.
  StateDict optimizer_state() const;

  /// Times operations from now on; false forgets the measurements.
  void set_profiling(bool on);
  const std::vector<Profile::Row>& profile() const { return profile_.rows(); }

 private:
  using Steps = Task<TrainEvent::Kind>;
  void add_pair_embeddings();
  Steps run_step();
  Steps forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum);
  /// The loss of micro-batch number `index`, from all tokens of the vocabulary or from some of them.
  Tensor training_loss(ForwardContext& ctx, const Tensor& x, std::span<const std::int32_t> targets,
                       std::uint64_t index) const;
  void update_weights(double lr);
  std::size_t bytes_of(const std::vector<std::int32_t>& tokens) const;
  Steps evaluate();
  bool evaluation_due() const;
  void update_best();
  bool ends_early() const;
  void restore_best_weights();
  bool can_generate();
  void keep_good_weights();
  void undo_step();
  void swap_trained(StateDict& others);
  TrainEvent event(TrainEvent::Kind kind) const;
  void fail(const std::string& what, std::size_t step);

  TrainOptions options_;
  std::shared_ptr<Gpt> model_;
  TrainedParameters parameters_;
  Optimizers optimizers_;
  TokenizerPtr tokenizer_;
  Dataset dataset_;
  std::string corpus_sha256_, recipe_;
  Tape tape_{Tape::Mode::recording};
  Tape inference_tape_{Tape::Mode::inference, tape_};
  Profile profile_;
  Progress progress_;
  double lr_ = 0, grad_norm_ = 0, tokens_ = 0;
  std::string start_;
  // The gradients' memory holds the weights from before the last step, which can thus be undone.
  bool has_previous_weights_ = false;
  // The trained tensors that validated best or, once the model has these, those of the last step. Empty
  // before the first evaluation and without early stopping.
  StateDict best_;
  StateDict good_;  // the newest trained tensors with which the model was seen to generate
  std::size_t good_step_ = 0;
  bool ended_ = false, failed_ = false;
  std::string message_;
  Steps task_;
};

}  // namespace mini_llm
