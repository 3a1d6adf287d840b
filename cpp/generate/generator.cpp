#include "generate/generator.h"

#include <algorithm>
#include <chrono>

namespace mini_llm {

/// How many tokens the logits of the last one can depend on. Through each layer of an endless model it sees
/// max_len - 1 tokens further back.
static std::size_t reach(const Gpt& model) {
  const ModelConfig& c = model.config();
  return model.endless() ? c.n_layer * (c.max_len - 1) + 1 : c.max_len;
}

Generator::Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt)
    : model_(std::move(model)),
      options_(options),
      sampler_(options),
      tape_(Tape::Mode::inference, options.int8),
      window_size_(options.cache ? model_->config().max_len : reach(*model_)) {
  const std::vector<Token> tokens = ByteTokenizer().encode(prompt.empty() ? "\n" : prompt);
  const std::size_t kept = std::min(tokens.size(), model_->config().max_len);
  window_.reserve(window_size_);
  window_.assign(tokens.end() - static_cast<std::ptrdiff_t>(kept), tokens.end());
  // An endless model needs one to recompute the context too, as only a ring forgets what lies too far back.
  if (options.cache || model_->endless()) cache_.emplace(model_->config());
}

const float* Generator::next_logits() {
  const EvalScope eval(*model_);
  Pass pass{tape_, {}, cache_ ? &*cache_ : nullptr};
  if (cache_ && !options_.cache) cache_->clear(window_begin_);
  const std::size_t seen = cache_ ? cache_->length() - window_begin_ : 0;
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
  held_back_ += ByteTokenizer().decode(token);
  if (window_.size() == window_size_) slide_window();
  window_.push_back(token);
}

void Generator::slide_window() {
  // Without a ring by half, so that recomputing the rest is paid for once in many tokens.
  const std::size_t kept = model_->endless() ? window_size_ - 1 : window_size_ / 2;
  window_.erase(window_.begin(), window_.end() - static_cast<std::ptrdiff_t>(kept));
  if (model_->endless())
    window_begin_ += window_size_ - kept;
  else if (cache_)
    cache_->clear();
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
