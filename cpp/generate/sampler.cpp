#include "generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mini_llm {

void validate(const SampleOptions& o) {
  const auto require = [](bool fits, const char* name, double value, const char* range) {
    if (!fits)
      throw std::invalid_argument(std::string(name) + " is " + std::to_string(value) + " but must be " +
                                  range + ".");
  };
  require(o.temp >= 0 && o.temp <= 100, "temp", o.temp, "from 0 to 100");
  require(o.top_p > 0 && o.top_p <= 1, "top_p", o.top_p, "above 0 and at most 1");
}

Sampler::Sampler(const SampleOptions& options)
    : options_((validate(options), options)), rng_(options.seed, Stream::sample) {}

Token Sampler::sample(const float* logits, std::size_t vocab) {
  candidates_.resize(vocab);
  for (std::size_t i = 0; i < vocab; ++i) {
    if (!std::isfinite(logits[i]))
      throw std::domain_error(
          "The model's logits are not finite: its weights are damaged, so it cannot generate.");
    candidates_[i] = {logits[i], i};
  }
  const auto likelier = [](const Candidate& a, const Candidate& b) {
    return a.value > b.value || (a.value == b.value && a.id < b.id);
  };
  const std::size_t top_k = options_.temp == 0 ? 1 : options_.top_k;
  if (top_k != 0 && top_k < vocab) {
    std::nth_element(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(top_k) - 1,
                     candidates_.end(), likelier);
    candidates_.resize(top_k);
  }
  if (candidates_.size() == 1) return static_cast<Token>(candidates_[0].id);

  std::sort(candidates_.begin(), candidates_.end(), likelier);
  const float largest = candidates_[0].value;
  double total = 0;
  for (Candidate& c : candidates_) {
    // In double and cut off, so that no temperature is too small to divide by.
    const double x = (static_cast<double>(c.value) - largest) / options_.temp;
    total += c.value = exp(static_cast<float>(std::max(x, -100.0)));
  }

  if (options_.top_p < 1) {
    double kept = 0;
    std::size_t count = 0;
    while (count < candidates_.size() && kept < options_.top_p * total) kept += candidates_[count++].value;
    candidates_.resize(count);
    total = kept;
  }
  double left = rng_.uniform() * total;
  for (const Candidate& c : candidates_) {
    left -= c.value;
    if (left < 0) return static_cast<Token>(c.id);
  }
  return static_cast<Token>(candidates_.back().id);
}

}  // namespace mini_llm
