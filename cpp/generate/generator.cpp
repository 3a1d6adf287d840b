#include "generate/generator.h"

#include <algorithm>
#include <chrono>

namespace mini_llm {

Generator::Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt,
                     TokenizerPtr tokenizer)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      options_(options),
      sampler_(options),
      tape_(Tape::Mode::inference, options.int8) {
  const std::vector<Token> tokens = tokenizer_->encode(prompt.empty() ? "\n" : prompt);
  const std::size_t kept = std::min(tokens.size(), model_->config().max_len);
  window_.reserve(model_->config().max_len);
  window_.assign(tokens.end() - static_cast<std::ptrdiff_t>(kept), tokens.end());
  if (options.cache) cache_.emplace(model_->config());
}

const float* Generator::next_logits() {
  const EvalScope eval(*model_);
  Pass pass{tape_, {}, cache_ ? &*cache_ : nullptr};
  const std::size_t seen = cache_ ? cache_->length() : 0;
  if (seen == window_.size()) return logits_.data();  // asked for again
  const auto fresh = std::span<const std::int32_t>(window_).subspan(seen);
  Tensor x = model_->embed(pass, fresh, 1);
  for (std::size_t layer = 0; layer < model_->config().n_layer; ++layer) x = model_->block(pass, x, layer);
  if (cache_) cache_->advance(fresh.size());
  Tensor last = tape_.make({1, 1, x.width()});  // only the last row's logits are wanted
  std::copy_n(x.data() + (x.rows() - 1) * x.width(), x.width(), last.data());
  logits_ = model_->head(pass, last);
  return logits_.data();
}

void Generator::append(Token token) {
  ++tokens_;
  held_back_ += tokenizer_->decode(token);
  // A full window slides by half, so that recomputing the rest of it is paid for once in many tokens.
  const std::size_t max_len = model_->config().max_len;
  if (window_.size() == max_len) {
    window_.erase(window_.begin(), window_.end() - static_cast<std::ptrdiff_t>(max_len / 2));
    if (cache_) cache_->clear();
  }
  window_.push_back(token);
}

/// The text up to the stop string or, while there is none, up to where one may have begun.
std::string Generator::release() {
  std::size_t end = held_back_.size();
  const std::string& stop = options_.stop;
  if (!stop.empty()) {
    const std::size_t found = held_back_.find(stop);
    if (found != std::string::npos) {
      reason_ = GenerateEvent::Reason::stop;
      end = found;
    } else if (reason_ == GenerateEvent::Reason::none) {
      for (std::size_t n = std::min(stop.size() - 1, held_back_.size()); n > 0; --n)
        if (held_back_.ends_with(std::string_view(stop).substr(0, n))) {
          end = held_back_.size() - n;
          break;
        }
    }
  }
  std::string fresh = held_back_.substr(0, end);
  held_back_.erase(0, end);
  return fresh;
}

GenerateEvent Generator::advance(double max_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(max_ms);
  const EvalScope eval(*model_);  // for the whole slice
  GenerateEvent event;
  if (options_.max_new_tokens == 0) reason_ = GenerateEvent::Reason::length;
  while (reason_ == GenerateEvent::Reason::none) {
    append(sampler_.sample(next_logits(), model_->config().vocab_size));
    if (tokens_ == options_.max_new_tokens) reason_ = GenerateEvent::Reason::length;
    event.bytes += release();
    if (Clock::now() >= end) break;
  }
  event.tokens = tokens_;
  event.reason = reason_;
  event.done = reason_ != GenerateEvent::Reason::none;
  return event;
}

}  // namespace mini_llm
