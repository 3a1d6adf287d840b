#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "text/start.h"
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
      dataset_(make_dataset(*tokenizer_, corpus, config.seq_len, options.val_fraction)),
      corpus_sha256_(std::move(corpus_sha256)),
      start_(choose_start(*tokenizer_, training_part(corpus, options.val_fraction), options.seed)),
      proven_(copy_of(optimizer_.trained())) {}

void Trainer::restore(const StateDict& weights, const StateDict& optimizer_state, const Progress& progress,
                      const StateDict& best) {
  model_->load_state_dict(weights);
  optimizer_.load_state_dict(optimizer_state);
  progress_ = progress;
  keep_proven();
  if (!std::isfinite(progress.best.val_loss)) return;
  best_ = copy_of(optimizer_.trained());
  if (!best.empty()) copy_state(best, best_, "The run's best state");
}

TrainEvent Trainer::advance(double max_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(max_ms);
  do {
    if (failed_) return event(TrainEvent::Kind::failed);
    if (task_.finished()) {
      const bool due = evaluation_due();
      if (!due && (progress_.step >= options_.max_steps || ends_early())) {
        if (!verify()) return event(TrainEvent::Kind::failed);
        restore_best();
        ended_ = true;
        return event(TrainEvent::Kind::done);
      }
      tape_.clear();  // what an interrupted step may have left
      task_ = due ? evaluate() : run_step();
    }
    const TrainEvent::Kind kind = task_.resume();
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
  if (options_.patience == 0 || progress_.last.val_loss >= progress_.best.val_loss) return;
  progress_.best = progress_.last;
  progress_.best_step = progress_.step;
  if (best_.empty())
    best_ = copy_of(optimizer_.trained());
  else
    copy_state(optimizer_.trained(), best_, "What is trained");
}

bool Trainer::ends_early() const {
  const std::uint64_t wait = std::uint64_t{options_.patience} * options_.eval_every;
  const std::size_t from = std::max(progress_.best_step, progress_.patience_from);
  return wait > 0 && std::isfinite(progress_.best.val_loss) && progress_.step - from >= wait;
}

/// At the end of a run: what came after the best weights has only learnt the text by heart.
void Trainer::restore_best() {
  if (ended_ || best_.empty() || progress_.best_step == progress_.step) return;
  optimizer_.swap_trained(best_);
  progress_.restored_best = true;
  const std::string best = std::to_string(progress_.best_step), last = std::to_string(progress_.step);
  message_ =
      progress_.step < options_.max_steps
          ? "Stopped early at step " + last + ": no validation since step " + best +
                " was better, so the weights of step " + best + " were restored."
          : "The validation at step " + best + " was the best, so the weights of that step were restored.";
}

void Trainer::use_weights(bool best) {
  if (!has_last_weights())
    throw std::logic_error("This run has only one set of weights: those of its last step.");
  if (best == progress_.restored_best) return;
  optimizer_.swap_trained(best_);
  progress_.restored_best = best;
}

Trainer::Progress Trainer::progress_to_save() const {
  Progress progress = progress_;
  if (ended_ && !progress.restored_best) progress.patience_from = progress.step;
  return progress;
}

/// Two rows: the text's beginning, by itself and after what a text generated from nothing goes on from.
bool Trainer::can_generate() {
  // No logits of a model that has learnt something are nearly as large; with larger ones another input may
  // overflow.
  constexpr float kLargestLogit = 1e9f;
  const Batch window = dataset_.first_window();
  const std::size_t time = window.inputs.size();
  std::vector<std::int32_t> ids = window.inputs;
  for (const Token token : tokenizer_->encode(start_)) ids.push_back(token);
  ids.insert(ids.end(), window.inputs.begin(), window.inputs.end());
  ids.resize(2 * time);
  const EvalScope eval(*model_);
  ForwardContext ctx{evaluation_tape_};
  const Tensor logits = model_->forward(ctx, ids, 2);
  return std::all_of(logits.data(), logits.data() + logits.size(),
                     [](float x) { return std::abs(x) <= kLargestLogit; });  // NaN is not
}

void Trainer::keep_proven() {
  copy_state(optimizer_.trained(), proven_, "What is trained");
  proven_step_ = progress_.step;
}

bool Trainer::verify() {
  if (failed_) return false;
  if (can_generate()) {
    if (!progress_.restored_best) keep_proven();
    return true;
  }
  fail("The weights became NaN, infinite or far too large", progress_.step);
  return false;
}

Trainer::Steps Trainer::run_step() {
  const double lr = learning_rate(options_, progress_.step);
  double loss_sum = 0;
  std::size_t tokens = 0, bytes = 0;
  optimizer_.zero_grad();
  for (std::size_t micro = 0; micro < options_.grad_accum; ++micro) {
    const std::uint64_t index = std::uint64_t{progress_.step} * options_.grad_accum + micro;
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
  progress_.last.train_loss = loss;
  progress_.last.train_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  ++progress_.step;
  co_yield TrainEvent::Kind::step;
}

Trainer::Steps Trainer::forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum) {
  constexpr std::uint64_t kCallsPerPass = 1024;  // more than a pass has dropouts: 2·n_layer + 1
  ForwardContext ctx{tape_, {options_.seed, index * kCallsPerPass}};
  {
    Tensor logits;
    for (auto forward = model_->forward_by_layer(ctx, batch.inputs, batch.count, logits); !forward.finished();
         forward.resume())
      co_yield TrainEvent::Kind::none;
    Tensor loss = cross_entropy(tape_, std::move(logits), batch.targets);
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

Trainer::Steps Trainer::evaluate() {
  const std::uint64_t asked = std::uint64_t{options_.eval_batches} * options_.batch_size;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(asked, SIZE_MAX));
  const std::size_t windows = dataset_.validation_windows(wanted);
  double loss_sum = 0;
  std::size_t tokens = 0, bytes = 0;
  for (std::size_t first = 0; first < windows; first += options_.batch_size) {
    const Batch batch = dataset_.validation_batch(wanted, first, options_.batch_size);
    const EvalScope eval(*model_);
    ForwardContext ctx{evaluation_tape_};
    Tensor logits;
    for (auto forward = model_->forward_by_layer(ctx, batch.inputs, batch.count, logits); !forward.finished();
         forward.resume())
      co_yield TrainEvent::Kind::none;
    const Tensor loss = cross_entropy(evaluation_tape_, std::move(logits), batch.targets);
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
  progress_.last.val_loss = loss;
  progress_.last.val_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  progress_.val_step = progress_.step;
  remember_best();
  keep_proven();
  co_yield TrainEvent::Kind::eval;
}

TrainEvent Trainer::event(TrainEvent::Kind kind) const {
  return {progress_.of_weights(),
          kind,
          progress_.step,
          progress_.weights_step(),
          lr_,
          grad_norm_,
          tokens_,
          message_};
}

namespace {

/// "0.02", "1e-07": as short as it can be read again.
std::string short_number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", x);
  return text;
}

/// What to try with a run whose learning rates were too high.
std::string advice(const TrainOptions& options) {
  std::string rates;
  const auto append = [&](const char* name, double rate) {
    if (rate > 0) rates += (rates.empty() ? "" : " and ") + std::string(name) + " than " + short_number(rate);
  };
  append("lower lr", options.lr);
  if (options.optimizer == "muon" && options.lora_rank == 0) append("lower muon_lr", options.muon_lr);
  return rates.empty() ? "" : "; try a " + rates + ", or a longer warm-up";
}

}  // namespace

/// Keeps the newest weights that can generate: these, those before the last update, or those that were last
/// shown to.
void Trainer::fail(const std::string& what, std::size_t step) {
  failed_ = true;
  tape_.clear();
  if (can_undo_) {
    optimizer_.undo_update();
    --progress_.step;
  }
  if (!can_generate()) {
    optimizer_.load_trained(proven_);
    progress_.step = proven_step_;
  }
  message_ = what + " at step " + std::to_string(step) +
             ", so training has stopped and the weights of step " + std::to_string(progress_.step) +
             " are kept, the newest that can generate" + advice(options_) + ".";
}

}  // namespace mini_llm
