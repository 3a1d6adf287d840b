#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "nn/token_sample.h"
#include "text/default_prompt.h"
#include "train/pair_embeddings.h"
#include "train/schedule.h"

namespace mini_llm {

namespace {

/// The last share of the steps, which compares all tokens of the vocabulary.
constexpr double kWholeSoftmax = 0.2;

/// The loss in bits per byte of a text with this number of tokens and bytes.
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
      parameters_(*model_, options),
      optimizers_(make_optimizers(options, parameters_)),
      tokenizer_(std::move(tokenizer)),
      dataset_(make_dataset(*tokenizer_, corpus, config.seq_len, options.val_fraction, options.eval_stride)),
      corpus_sha256_(std::move(corpus_sha256)),
      start_(make_default_prompt(*tokenizer_, training_part(corpus, options.val_fraction), options.seed)) {
  if (weights == nullptr && options.embedding_init == "pairs") add_pair_embeddings();
  good_ = copy_of(parameters_.tensors());
}

/// The random values stay, so that tokens of which the text says nothing differ too.
void Trainer::add_pair_embeddings() {
  // Eight times that of random ones; half and twice as much learn about as well.
  constexpr float kDeviation = 0.16f;
  Tensor table = model_->token_embeddings();
  const std::size_t vocabulary = table.shape()[0], width = table.shape()[1];
  const auto vectors =
      pair_embeddings(dataset_.training_tokens(), vocabulary, width, kDeviation, options_.seed);
  for (std::size_t i = 0; i < vectors.size(); ++i) table.data()[i] += vectors[i];
  table.mark_modified();
}

void Trainer::restore(const RunState& saved) {
  model_->load_state_dict(saved.weights);
  copy_state(saved.optimizer, optimizer_state(), "The optimizer's state");
  progress_ = saved.progress;
  recipe_ = saved.recipe;
  keep_good_weights();
  if (!std::isfinite(progress_.best.val_loss)) return;
  best_ = copy_of(parameters_.tensors());
  if (!saved.best.empty()) copy_state(saved.best, best_, "The run's best state");
}

RunState Trainer::state() const {
  RunState state;
  state.config = model_->config();
  state.tokenizer = tokenizer_;
  state.start = start_;
  state.weights = model_->state_dict();
  if (failed_) return state;  // no run can go on from here
  state.options = options_;
  state.progress = progress_;
  // An ended run that is extended would otherwise end again at once.
  if (ended_ && !progress_.restored_best) state.progress.patience_from = progress_.step;
  state.corpus_sha256 = corpus_sha256_;
  state.recipe = recipe_;
  state.optimizer = optimizer_state();
  if (!progress_.restored_best && progress_.best_step != progress_.step) state.best = best_;
  return state;
}

StateDict Trainer::optimizer_state() const {
  StateDict all;
  const auto append = [&all](const StateDict& some) {
    for (const NamedTensor& tensor : some) all.push_back(tensor);
  };
  for (const auto& optimizer : optimizers_) append(optimizer->state());
  append(parameters_.lora_state());
  return all;
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
        restore_best_weights();
        ended_ = true;
        return event(TrainEvent::Kind::done);
      }
      tape_.clear();  // of what an interrupted step may have left
      task_ = due ? evaluate() : run_step();
    }
    const TrainEvent::Kind kind = task_.resume();
    if (kind != TrainEvent::Kind::none) return event(kind);
  } while (Clock::now() < end);
  return event(TrainEvent::Kind::none);
}

/// A run that was saved between a step and its evaluation evaluates when it is resumed.
bool Trainer::evaluation_due() const {
  const std::size_t step = progress_.step;
  const bool wanted =
      step == options_.max_steps || (options_.eval_every != 0 && step % options_.eval_every == 0);
  return wanted && step != progress_.val_step && dataset_.has_validation();
}

void Trainer::update_best() {
  if (options_.patience == 0 || progress_.last.val_loss >= progress_.best.val_loss) return;
  progress_.best = progress_.last;
  progress_.best_step = progress_.step;
  if (best_.empty())
    best_ = copy_of(parameters_.tensors());
  else
    copy_state(parameters_.tensors(), best_, "The model");
}

bool Trainer::ends_early() const {
  const std::uint64_t wait = std::uint64_t{options_.patience} * options_.eval_every;
  const std::size_t from = std::max(progress_.best_step, progress_.patience_from);
  return wait > 0 && std::isfinite(progress_.best.val_loss) && progress_.step - from >= wait;
}

/// Called at the end of a run, because the model has only overfitted since its best step.
void Trainer::restore_best_weights() {
  if (ended_ || best_.empty() || progress_.best_step == progress_.step) return;
  swap_trained(best_);
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
    throw std::logic_error("This run has only one set of weights, those of its last step.");
  if (best == progress_.restored_best) return;
  swap_trained(best_);
  progress_.restored_best = best;
}

void Trainer::swap_trained(StateDict& others) {
  for (std::size_t i = 0; i < others.size(); ++i) {
    Tensor tensor = parameters_.tensors()[i].second;
    std::swap_ranges(tensor.data(), tensor.data() + tensor.size(), others[i].second.data());
    tensor.mark_modified();
  }
  parameters_.lora_merge(tape_);
}

/// Tries two rows: the text's beginning, and the same after the default prompt.
bool Trainer::can_generate() {
  // Logits of a model that has learned are far smaller; with larger ones another input may overflow.
  constexpr float kLargestLogit = 1e9f;
  const Batch window = dataset_.first_window();
  const std::size_t time = window.inputs.size();
  std::vector<std::int32_t> ids = window.inputs;
  for (const Token token : tokenizer_->encode(start_)) ids.push_back(token);
  ids.insert(ids.end(), window.inputs.begin(), window.inputs.end());
  ids.resize(2 * time);
  const EvalScope eval(*model_);
  ForwardContext ctx{inference_tape_};
  const Tensor logits = model_->forward(ctx, ids, 2);
  return std::all_of(logits.data(), logits.data() + logits.size(),
                     [](float x) { return std::abs(x) <= kLargestLogit; });  // NaN is not
}

void Trainer::keep_good_weights() {
  copy_state(parameters_.tensors(), good_, "The model");
  good_step_ = progress_.step;
}

bool Trainer::verify() {
  if (failed_) return false;
  if (can_generate()) {
    if (!progress_.restored_best) keep_good_weights();
    return true;
  }
  fail("The weights became NaN, infinite or far too large", progress_.step);
  return false;
}

Trainer::Steps Trainer::run_step() {
  const double lr = learning_rate(options_, progress_.step);
  double loss_sum = 0;
  std::size_t tokens = 0, bytes = 0;
  parameters_.zero_grad();
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
  parameters_.lora_backward(tape_);
  grad_norm_ = parameters_.grad_norm(tape_);
  if (!std::isfinite(grad_norm_)) {
    fail("The gradient became NaN or infinite", progress_.step + 1);
    co_return;
  }
  update_weights(lr);
  progress_.last.train_loss = loss;
  progress_.last.train_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  ++progress_.step;
  co_yield TrainEvent::Kind::step;
}

namespace {

/// A gradient's memory is free once the step has read the gradient.
float* keep_in_gradient(Tensor& parameter) { return parameter.grad_memory(); }

}  // namespace

void Trainer::update_weights(double lr) {
  const bool clips = options_.grad_clip > 0 && grad_norm_ > options_.grad_clip;
  const OptimizerStep step{progress_.step + 1, lr, clips ? options_.grad_clip / grad_norm_ : 1.0,
                           keep_in_gradient};
  for (const auto& optimizer : optimizers_)
    tape_.run(optimizer->cost(), [&] { optimizer->step(step); }, ProfilePass::update);
  parameters_.zero_grad();  // the values there are weights now
  parameters_.lora_merge(tape_);
  has_previous_weights_ = true;
  lr_ = lr;
}

/// The optimizer's moments stay as they are.
void Trainer::undo_step() {
  for (auto [name, tensor] : parameters_.tensors()) {
    std::copy_n(tensor.grad_memory(), tensor.size(), tensor.data());
    tensor.mark_modified();
  }
  parameters_.lora_merge(tape_);
  has_previous_weights_ = false;
  --progress_.step;
}

Tensor Trainer::training_loss(ForwardContext& ctx, const Tensor& x, std::span<const std::int32_t> targets,
                              std::uint64_t index) const {
  const std::size_t count = options_.softmax_tokens, vocab = model_->config().vocab_size;
  const auto sampled = (1 - kWholeSoftmax) * static_cast<double>(options_.max_steps);
  const bool whole = count == 0 || count >= vocab || static_cast<double>(progress_.step) >= sampled;
  if (whole) return model_->loss(ctx, x, targets);
  return model_->loss(ctx, x,
                      sample_tokens(targets, vocab, count, Rng(options_.seed, Stream::softmax, index)));
}

Trainer::Steps Trainer::forward_backward(const Batch& batch, std::uint64_t index, double& loss_sum) {
  constexpr std::uint64_t kCallsPerPass = 1024;  // above 2·n_layer + 1, the dropouts of a pass
  ForwardContext ctx{tape_, {options_.seed, index * kCallsPerPass}};
  {
    Tensor x;
    for (auto forward = model_->forward_by_layer(ctx, batch.inputs, batch.count, x); !forward.finished();
         forward.resume())
      co_yield TrainEvent::Kind::none;
    Tensor loss = training_loss(ctx, x, batch.targets, index);
    loss.grad()[0] = 1.0f / static_cast<float>(options_.grad_accum);
    loss_sum += loss.data()[0];
    if (!std::isfinite(loss.data()[0])) {  // without a backward pass the last step can still be undone
      tape_.clear();
      co_return;
    }
  }
  has_previous_weights_ = false;
  while (tape_.backward_step()) co_yield TrainEvent::Kind::none;
  tokens_ += static_cast<double>(batch.inputs.size());
}

/// The number of bytes in these tokens; targets that do not count are negative.
std::size_t Trainer::bytes_of(const std::vector<std::int32_t>& tokens) const {
  std::size_t bytes = 0;
  for (const std::int32_t token : tokens)
    if (token >= 0) bytes += tokenizer_->decode(static_cast<Token>(token)).size();
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
    ForwardContext ctx{inference_tape_};
    Tensor x;
    for (auto forward = model_->forward_by_layer(ctx, batch.inputs, batch.count, x); !forward.finished();
         forward.resume())
      co_yield TrainEvent::Kind::none;
    const Tensor loss = model_->loss(ctx, x, batch.targets);
    const auto counted = static_cast<std::size_t>(
        std::count_if(batch.targets.begin(), batch.targets.end(), [](std::int32_t t) { return t >= 0; }));
    loss_sum += static_cast<double>(loss.data()[0]) * static_cast<double>(counted);
    tokens += counted;
    bytes += bytes_of(batch.targets);
  }
  const double loss = loss_sum / static_cast<double>(tokens);
  // The last step broke the weights; after a run's last step no training loss would show it.
  if (!std::isfinite(loss)) {
    fail("The validation loss became NaN or infinite", progress_.step);
    co_return;
  }
  progress_.last.val_loss = loss;
  progress_.last.val_bits_per_byte = bits_per_byte(loss, tokens, bytes);
  progress_.val_step = progress_.step;
  update_best();
  keep_good_weights();
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

/// Advice after a failed run.
std::string advice(const TrainOptions& options) {
  std::string rates;
  const auto append = [&](const char* name, double rate) {
    if (rate > 0)
      rates += (rates.empty() ? "" : " and ") + std::string(name) + " than " + format_number(rate);
  };
  append("lower lr", options.lr);
  if (options.optimizer == "muon" && options.lora_rank == 0) append("lower muon_lr", options.muon_lr);
  return rates.empty() ? "" : "; try a " + rates + ", or a longer warm-up";
}

}  // namespace

/// Ends the run with the newest weights that can generate: the current ones, those before the last step, or
/// those last verified.
void Trainer::fail(const std::string& what, std::size_t step) {
  failed_ = true;
  tape_.clear();
  if (has_previous_weights_) undo_step();
  if (!can_generate()) {
    copy_state(good_, parameters_.tensors(), "The model");
    parameters_.lora_merge(tape_);
    progress_.step = good_step_;
  }
  message_ = what + " at step " + std::to_string(step) +
             ", so training has stopped and the weights of step " + std::to_string(progress_.step) +
             " are kept, the newest that can generate" + advice(options_) + ".";
}

}  // namespace mini_llm
