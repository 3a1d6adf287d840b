#include "generate/generator.h"

#include <algorithm>
#include <chrono>

#include "text/default_prompt.h"

namespace mini_llm {

using Reason = GenerateEvent::Reason;

/// The number of tokens on which the next token's logits depend. With a rolling cache, each layer reaches
/// seq_len - 1 tokens further back.
static std::size_t receptive_field(const Gpt& model) {
  const ModelConfig& c = model.config();
  return model.has_rolling_cache() ? c.n_layer * (c.seq_len - 1) + 1 : c.seq_len;
}

/// The prompt's tokens, or those of `start` if the prompt is empty. If healing would take back the whole
/// prompt, the prompt stays unhealed when `start` is visible, and follows `start` otherwise.
static HealedPrompt prepare(const Tokenizer& tokenizer, std::string_view prompt, const std::string& start) {
  if (prompt.empty()) return {tokenizer.encode(start), {}};
  HealedPrompt healed = heal(tokenizer, prompt);
  if (!healed.context.empty()) return healed;
  if (!visible_part(start).empty()) return {tokenizer.encode(prompt), {}};
  return {tokenizer.encode(start), healed.tail};
}

Generator::Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt,
                     TokenizerPtr tokenizer, const std::string& start)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      options_((validate(options), options)),
      filter_(tokenizer_, model_->config().vocab_size),
      tape_(Tape::Mode::inference, options.int8),
      window_size_(options.cache ? model_->config().seq_len : receptive_field(*model_)) {
  const ModelConfig& config = model_->config();
  const HealedPrompt healed = prepare(*tokenizer_, prompt, start);
  const std::vector<Token>& tokens = healed.context;
  const std::size_t kept = std::min(tokens.size(), config.seq_len);
  tail_ = healed.tail;
  for (const Token token : tail_) tail_text_ += tokenizer_->decode(token);
  if (prompt.empty()) lead_ = visible_part(start);
  const Utf8State utf8 = state_after(prompt.substr(0, prompt.size() - tail_text_.size()));
  event_.samples.resize(options.n);
  for (std::size_t i = 0; i < options.n; ++i) {
    if (options.max_new_tokens == 0) {
      event_.samples[i].reason = Reason::length;
      continue;
    }
    sequences_.push_back({i, Sampler(options, i), StopStrings(options.stop), {}, {}, utf8, tail_text_});
    Sequence& sequence = sequences_.back();
    sequence.window.reserve(window_size_);
    sequence.window.assign(tokens.end() - static_cast<std::ptrdiff_t>(kept), tokens.end());
    sequence.logits.resize(config.vocab_size);
  }
  // With rotary positions, recomputing the context needs the ring, too: it hides tokens too far back.
  if (options.cache || model_->has_rolling_cache()) cache_.emplace(config, options.n);
}

const float* Generator::next_logits(std::size_t sample) {
  const auto found = std::find_if(sequences_.begin(), sequences_.end(),
                                  [=](const Sequence& s) { return s.sample == sample; });
  if (found == sequences_.end()) return nullptr;
  compute_logits();
  return found->logits.data();
}

/// Prefills the prompt once for all sequences. After that, sequences with one new token each run as one
/// batch. More new tokens fill a matrix product on their own, so they run one sequence at a time to save
/// memory.
void Generator::compute_logits() {
  if (has_logits_) return;
  const EvalScope eval(*model_);
  if (cache_ && !options_.cache) cache_->clear(window_begin_);
  const std::size_t seen = cache_ ? cache_->length() - window_begin_ : 0;
  const std::size_t fresh = sequences_[0].window.size() - seen;
  if (!prefilled_) {
    prefilled_ = true;
    forward(0, 1, fresh);
    for (Sequence& sequence : sequences_) sequence.logits = sequences_[0].logits;
    if (cache_) cache_->copy_first();
  } else if (fresh == 1) {
    forward(0, sequences_.size(), 1);
  } else {
    for (std::size_t i = 0; i < sequences_.size(); ++i) forward(i, 1, fresh);
  }
  if (cache_) cache_->advance(fresh);
  has_logits_ = true;
}

/// Computes the logits of `count` sequences, whose last `fresh` tokens are not in the cache.
void Generator::forward(std::size_t first, std::size_t count, std::size_t fresh) {
  const std::span<Sequence> batch = std::span(sequences_).subspan(first, count);
  ids_.clear();
  for (const Sequence& s : batch)
    ids_.insert(ids_.end(), s.window.end() - static_cast<std::ptrdiff_t>(fresh), s.window.end());
  event_.computed += count * fresh;
  event_.cached += count * (batch[0].window.size() - fresh);
  ForwardContext ctx{tape_, {}, cache_ ? &*cache_ : nullptr, first};
  const Tensor logits =  // [count, 1, V]
      model_->forward(ctx, ids_, count, Gpt::LogitsOf::last_position);
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(logits.data() + i * logits.width(), logits.width(), batch[i].logits.data());
}

/// Generates one token of each sequence.
void Generator::step() {
  compute_logits();
  const std::size_t context = std::min(sequences_[0].window.size(), model_->config().seq_len);
  for (Sequence& s : sequences_)
    s.next =
        s.sampler.sample(s.logits.data(), s.logits.size(), std::span(s.window).last(context), allowed(s));
  if (sequences_[0].window.size() == window_size_) slide();
  for (Sequence& s : sequences_) append_next(s);
  has_logits_ = false;
  drop_ended();
}

/// Without a ring, a full window slides by half, so it is recomputed only once per half window of new tokens.
void Generator::slide() {
  const std::size_t kept = model_->has_rolling_cache() ? window_size_ - 1 : window_size_ / 2;
  for (Sequence& s : sequences_)
    s.window.erase(s.window.begin(), s.window.end() - static_cast<std::ptrdiff_t>(kept));
  if (model_->has_rolling_cache())
    window_begin_ += window_size_ - kept;
  else if (cache_)
    cache_->clear();
}

std::span<const std::uint8_t> Generator::allowed(const Sequence& s) {
  return s.rest.empty() ? filter_.allowed(s.utf8) : filter_.allowed(s.utf8, s.rest, tail_[s.repeated]);
}

void Generator::append_next(Sequence& sequence) {
  GenerateEvent::Sample& sample = event_.samples[sequence.sample];
  if (filter_.is_end(sequence.next)) {
    sample.reason = Reason::stop;
    sequence.stop.finish(sample.bytes);
    return;
  }
  sequence.window.push_back(sequence.next);
  std::string_view bytes = tokenizer_->decode(sequence.next);
  sequence.utf8 = std::max(next_state(sequence.utf8, bytes), Utf8State::boundary);
  const std::size_t known = std::min(bytes.size(), sequence.rest.size());
  sequence.rest.remove_prefix(known);
  bytes.remove_prefix(known);
  ++sequence.repeated;
  if (bytes.empty()) return;  // the token only repeats the prompt
  ++sample.tokens;
  ++event_.tokens;
  if (sequence.stop.take(bytes, sample.bytes)) {
    sample.reason = Reason::stop;
  } else if (sample.tokens == options_.max_new_tokens) {
    sample.reason = Reason::length;
    sequence.stop.finish(sample.bytes);
  }
}

void Generator::drop_ended() {
  for (std::size_t i = sequences_.size(); i-- > 0;) {
    if (event_.samples[sequences_[i].sample].reason == Reason::none) continue;
    sequences_.erase(sequences_.begin() + static_cast<std::ptrdiff_t>(i));
    if (cache_) cache_->drop(i);
  }
}

const GenerateEvent& Generator::advance(double max_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(max_ms);
  const EvalScope eval(*model_);
  for (GenerateEvent::Sample& sample : event_.samples)
    sample.bytes = has_begun_ || sample.reason != Reason::none ? "" : lead_;
  has_begun_ = true;
  event_.computed = event_.cached = 0;
  while (!sequences_.empty()) {
    step();
    if (Clock::now() >= end) break;
  }
  event_.done = sequences_.empty();
  return event_;
}

}  // namespace mini_llm
