#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "train/schedule.h"

namespace mini_llm {

namespace {

/// From nats a token to bits a byte, of that many tokens and bytes.
double bits_per_byte(double nats, std::size_t tokens, std::size_t bytes) {
  return nats / 0.6931471805599453 * (static_cast<double>(tokens) / static_cast<double>(bytes));
}

std::shared_ptr<Gpt> make_model(const ModelConfig& config, const TrainOptions& options,
                                const StateDict* weights) {
  auto model = std::make_shared<Gpt>(config, static_cast<float>(options.dropout));
  if (weights != nullptr)
    model->load_state_dict(*weights);
  else
    model->initialize(options.seed);
  return model;
}

}  // namespace

Trainer::Trainer(const ModelConfig& config, const TrainOptions& options, std::string_view corpus,
                 std::string corpus_sha256, TokenizerPtr tokenizer, const StateDict* weights)
    : options_((validate(options), options)),
      model_(make_model(config, options, weights)),
      optimizer_(*model_, options),
      tokenizer_(std::move(tokenizer)),
      dataset_(make_dataset(*tokenizer_, corpus, config.max_len, options.val_fraction)),
      corpus_sha256_(std::move(corpus_sha256)) {}

void Trainer::restore(const StateDict& weights, const StateDict& optimizer_state, const Progress& progress,
                      const StateDict& best) {
  model_->load_state_dict(weights);
  optimizer_.load_state_dict(optimizer_state);
  progress_ = progress;
  if (!std::isfinite(progress.best_val_loss)) return;
  best_ = copy_of(optimizer_.trained());
  if (!best.empty()) copy_state(best, best_, "The run's best state");
}

TrainEvent Trainer::advance(double max_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(max_ms);
  do {
    if (slices_.finished()) {
      if (failed_) return event(TrainEvent::Kind::failed);
      const bool due = evaluation_due();
      if (!due && (progress_.step >= options_.max_steps || ends_early())) {
        turn_back_to_best();
        return event(TrainEvent::Kind::done);
      }
      tape_.clear();  // what an interrupted step may have left
      slices_ = due ? evaluate() : run_step();
    }
    const TrainEvent::Kind kind = slices_.resume();
    if (kind != TrainEvent::Kind::none) return event(kind);
  } while (Clock::now() < end);
  return event(TrainEvent::Kind::none);
}

/// Also after a run was resumed: one that was saved between a step and its evaluation makes up for it.
bool Trainer::evaluation_due() const {
  const std::size_t step = progress_.step;
  const bool wanted =
      step == options_.max_steps || (options_.eval_every != 0 && step % options_.eval_every == 0);
  return wanted && step != progress_.val_step && dataset_.has_validation();
}

void Trainer::remember_best() {
  if (options_.patience == 0 || progress_.val_loss >= progress_.best_val_loss) return;
  progress_.best_val_loss = progress_.val_loss;
  progress_.best_step = progress_.step;
  if (best_.empty())
    best_ = copy_of(optimizer_.trained());
  else
    copy_state(optimizer_.trained(), best_, "What is trained");
}

bool Trainer::ends_early() const {
  const std::size_t wait = options_.patience * options_.eval_every;
  return wait > 0 && std::isfinite(progress_.best_val_loss) && progress_.step - progress_.best_step >= wait;
}

/// At the end of a run: what came after the best weights has only learnt the text by heart.
void Trainer::turn_back_to_best() {
  if (best_.empty() || progress_.best_step == progress_.step) return;
  optimizer_.load_trained(best_);
  progress_.turned_back = true;
  progress_.val_bits_per_byte *= progress_.best_val_loss / progress_.val_loss;
  progress_.val_loss = progress_.best_val_loss;
  message_ = "No validation after step " + std::to_string(progress_.best_step) +
             " was better, so training has ended at step " + std::to_string(progress_.step) +
             " with the weights of that one.";
  best_.clear();
}

Trainer::Slices Trainer::run_step() {
  const double lr = learning_rate(options_, progress_.step);
  double loss_sum = 0;
  std::size_t tokens = 0, bytes = 0;
  optimizer_.zero_grad();
  for (std::size_t micro = 0; micro < options_.grad_accum; ++micro) {
    const std::uint64_t index = progress_.step * options_.grad_accum + micro;
    const Batch batch = dataset_.train_batch(options_.seed, index, options_.batch_size);
    tokens += batch.targets.size();
    bytes += bytes_of(batch.targets);
    for (auto pass = forward_backward(batch, index, loss_sum); !pass.finished();) co_yield pass.resume();
  }
  const double loss = loss_sum / static_cast<double>(options_.grad_accum);
  if (!std::isfinite(loss)) {
    fail(std::isnan(loss) ? "The loss became NaN" : "The loss became infinite", progress_.step + 1);
    co_return;
  }
  grad_norm_ = optimizer_.grad_norm(tape_);
  if (!std::isfinite(grad_norm_)) {
    fail("The gradient became NaN or infinite", progress_.step + 1);
    co_return;
  }
  const bool clips = options_.grad_clip > 0 && grad_norm_ > options_.grad_clip;
  optimizer_.update(progress_.step + 1, lr, clips ? options_.grad_clip / grad_norm_ : 1.0, tape_);
  can_undo_ = true;
  lr_ = lr;
  progress_.train_loss = loss;
  progress_.train_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  ++progress_.step;
  co_yield TrainEvent::Kind::step;
}

Trainer::Slices Trainer::forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum) {
  constexpr std::uint64_t kCallsPerPass = 1024;  // more than a pass has dropouts: 2·n_layer + 1
  Pass pass{tape_, {options_.seed, index * kCallsPerPass}};
  {
    Tensor x = model_->embed(pass, batch.inputs, batch.count);
    for (std::size_t layer = 0; layer < model_->config().n_layer; ++layer) {
      co_yield TrainEvent::Kind::none;
      x = model_->block(pass, x, layer);
    }
    co_yield TrainEvent::Kind::none;
    Tensor loss = cross_entropy(tape_, model_->head(pass, x), batch.targets);
    loss.grad()[0] = 1.0f / static_cast<float>(options_.grad_accum);
    loss_sum += loss.data()[0];
    if (!std::isfinite(loss.data()[0])) {  // no gradient is worth computing, and the update can be undone
      tape_.clear();
      co_return;
    }
  }
  can_undo_ = false;
  while (tape_.backward_step()) co_yield TrainEvent::Kind::none;
  tokens_ += static_cast<double>(batch.inputs.size());
}

/// How many bytes of text these tokens stand for.
std::size_t Trainer::bytes_of(const std::vector<std::int32_t>& tokens) const {
  std::size_t bytes = 0;
  for (const std::int32_t token : tokens) bytes += tokenizer_->decode(static_cast<Token>(token)).size();
  return bytes;
}

void Trainer::set_profiling(bool on) {
  profile_ = Profile();
  tape_.set_profile(on ? &profile_ : nullptr);
}

Trainer::Slices Trainer::evaluate() {
  const std::size_t wanted = options_.eval_batches * options_.batch_size;
  const std::size_t windows = dataset_.validation_windows(wanted);
  double loss_sum = 0;
  std::size_t tokens = 0, bytes = 0;
  for (std::size_t first = 0; first < windows; first += options_.batch_size) {
    const Batch batch = dataset_.validation_batch(wanted, first, options_.batch_size);
    const EvalScope eval(*model_);
    Pass pass{evaluation_tape_};
    Tensor x = model_->embed(pass, batch.inputs, batch.count);
    for (std::size_t layer = 0; layer < model_->config().n_layer; ++layer) {
      co_yield TrainEvent::Kind::none;
      x = model_->block(pass, x, layer);
    }
    const Tensor loss = cross_entropy(evaluation_tape_, model_->head(pass, x), batch.targets);
    loss_sum += static_cast<double>(loss.data()[0]) * static_cast<double>(batch.count);
    tokens += batch.targets.size();
    bytes += bytes_of(batch.targets);
  }
  const double loss = loss_sum / static_cast<double>(windows);
  // The last update broke the weights; after the run's last step no training loss would tell.
  if (!std::isfinite(loss)) {
    fail("The validation loss became NaN or infinite", progress_.step);
    co_return;
  }
  progress_.val_loss = loss;
  progress_.val_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  progress_.val_step = progress_.step;
  remember_best();
  co_yield TrainEvent::Kind::eval;
}

TrainEvent Trainer::event(TrainEvent::Kind kind) const {
  return {kind,
          progress_.step,
          progress_.train_loss,
          progress_.val_loss,
          progress_.train_bits_per_byte,
          progress_.val_bits_per_byte,
          lr_,
          grad_norm_,
          tokens_,
          message_};
}

void Trainer::fail(const std::string& what, std::size_t step) {
  failed_ = true;
  message_ = what + " at step " + std::to_string(step) +
             ", so training has stopped with the last good weights; try a lower lr than " +
             std::to_string(options_.lr) + " or a longer warm-up.";
  if (can_undo_) optimizer_.undo_update();
}

}  // namespace mini_llm
