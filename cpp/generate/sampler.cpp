#include "generate/sampler.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "kernels/math.h"
#include "kernels/parallel.h"

namespace mini_llm {

std::string problem_of(const SampleOptions& options) { return first_problem(options); }

void validate(const SampleOptions& options) {
  if (const std::string problem = problem_of(options); !problem.empty()) throw std::invalid_argument(problem);
}

Sampler::Sampler(const SampleOptions& options, std::uint64_t sample)
    : options_((validate(options), options)), rng_(options.seed, Stream::sample, sample) {}

namespace {

/// The largest of n logits. Throws std::domain_error unless all are finite.
float largest_of(const float* logits, std::size_t n) {
  f32x4 largest = splat(logits[0]), differences = splat(0);  // x - x: 0 if x is finite, else NaN
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const f32x4 x = load(logits + i);
    largest = max(largest, x);
    differences = differences + (x - x);
  }
  float result = max_lanes(largest), difference = sum_lanes(differences);
  for (; i < n; ++i) {
    result = std::max(result, logits[i]);
    difference += logits[i] - logits[i];
  }
  if (difference != 0)
    throw std::domain_error(
        "The model cannot generate: its logits are NaN or infinite, so its weights are damaged.");
  return result;
}

/// An integer that sorts like the float; both zeros map to the same integer.
std::int32_t key_of(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x + 0.0f);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/// The number of keys that are at least `key`. keys.size() is a multiple of 4.
std::size_t count_from(const std::vector<std::int32_t>& keys, std::int64_t key) {
  if (key > std::numeric_limits<std::int32_t>::max()) return 0;
  const auto k = static_cast<std::int32_t>(key);
  const i32x4 from = {k, k, k, k};
  i32x4 count = {};
  for (std::size_t i = 0; i < keys.size(); i += 4) {
    i32x4 four;
    std::memcpy(&four, &keys[i], sizeof four);
    count -= four >= from;  // a mask is -1
  }
  return static_cast<std::size_t>(count[0] + count[1] + count[2] + count[3]);
}

/// A key that exactly k keys reach or, if ties prevent that, the highest key that more than k reach. Found by
/// bisection, which has no unpredictable branches and moves no data.
std::int32_t threshold(const std::vector<std::int32_t>& keys, std::size_t k, std::int32_t largest) {
  std::int64_t low = std::numeric_limits<std::int32_t>::min(), high = std::int64_t{largest} + 1;
  while (high - low > 1) {  // at least k from low on, fewer from high on
    const std::int64_t middle = (low + high) >> 1;
    const std::size_t count = count_from(keys, middle);
    (count >= k ? low : high) = middle;
    if (count == k) break;
  }
  return static_cast<std::int32_t>(low);
}

}  // namespace

/// The logit of forbidden tokens.
constexpr float kForbidden = std::numeric_limits<float>::lowest();

Token Sampler::sample(const float* logits, std::size_t vocab, std::span<const std::int32_t> context,
                      std::span<const std::uint8_t> allowed) {
  filter(logits, vocab, context, allowed);
  return draw();
}

Sampler::Distribution Sampler::filter(const float* logits, std::size_t vocab,
                                      std::span<const std::int32_t> context,
                                      std::span<const std::uint8_t> allowed) {
  logits = penalize(logits, vocab, context);
  float largest = largest_of(logits, vocab);
  if (!allowed.empty()) {
    logits = forbid(logits, vocab, allowed);
    largest = largest_of(logits, vocab);
  }
  const std::size_t top_k = options_.temp == 0 ? 1 : options_.top_k;
  if (top_k == 1) {
    ids_.assign(1, static_cast<Token>(std::find(logits, logits + vocab, largest) - logits));
    weights_.assign(1, 1.0f);
    return {ids_, weights_, total_ = 1};
  }
  keep_top_k(logits, vocab, top_k == 0 ? vocab : top_k, largest);
  if (!allowed.empty()) drop_forbidden();
  weigh(largest);
  if (options_.top_p < 1) keep_top_p();
  if (options_.min_p > 0) keep_min_p();
  return {ids_, weights_, total_};
}

/// Changes a token's logit once, however often the token is in the context.
const float* Sampler::penalize(const float* logits, std::size_t vocab,
                               std::span<const std::int32_t> context) {
  if (options_.repetition_penalty == 1) return logits;
  const auto penalty = static_cast<float>(options_.repetition_penalty);
  changed_.assign(logits, logits + vocab);
  for (const std::int32_t token : context) {
    const float logit = logits[token];
    changed_[static_cast<std::size_t>(token)] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return changed_.data();
}

const float* Sampler::forbid(const float* logits, std::size_t vocab, std::span<const std::uint8_t> allowed) {
  if (logits != changed_.data()) changed_.assign(logits, logits + vocab);
  for (std::size_t i = 0; i < vocab; ++i)
    if (allowed[i] == 0) changed_[i] = kForbidden;
  return changed_.data();
}

/// Drops the candidates whose weights satisfy `is_out`; the rest keep their order.
template <class IsOut>
void Sampler::drop_if(const IsOut& is_out) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (is_out(weights_[i])) continue;
    weights_[kept] = weights_[i];
    ids_[kept++] = ids_[i];
  }
  weights_.resize(kept);
  ids_.resize(kept);
}

/// Drops forbidden tokens, which top-k keeps if fewer than k tokens are allowed.
void Sampler::drop_forbidden() {
  drop_if([](float logit) { return logit == kForbidden; });
}

void Sampler::keep_top_k(const float* logits, std::size_t vocab, std::size_t k, float largest) {
  weights_.assign(logits, logits + vocab);
  ids_.resize(vocab);
  std::iota(ids_.begin(), ids_.end(), Token{0});
  if (k >= vocab) return;
  keys_.assign(ceil_div(vocab, 4) * 4, std::numeric_limits<std::int32_t>::min());
  for (std::size_t i = 0; i < vocab; ++i) keys_[i] = key_of(logits[i]);
  const std::int32_t lowest = threshold(keys_, k, key_of(largest));
  std::size_t equals = k - count_from(keys_, std::int64_t{lowest} + 1);  // keep the first of equal ones
  std::size_t kept = 0;
  for (std::size_t i = 0; kept < k; ++i) {
    const bool is_equal = keys_[i] == lowest && equals > 0;
    equals -= is_equal;
    weights_[kept] = logits[i];
    ids_[kept] = static_cast<Token>(i);
    kept += keys_[i] > lowest || is_equal;
  }
  weights_.resize(k);
  ids_.resize(k);
}

/// Turns logits into exp((logit - largest) / temp).
void Sampler::weigh(float largest) {
  const std::size_t n = weights_.size();
  weights_.resize(ceil_div(n, 4) * 4);  // whole vectors
  for (float& x : weights_)
    // In double and clamped, so no temperature is too small to divide by.
    x = static_cast<float>(std::max((static_cast<double>(x) - largest) / options_.temp, -100.0));
  for (std::size_t i = 0; i < n; i += 4) store(&weights_[i], exp(load(&weights_[i])));
  weights_.resize(n);
  total_ = std::accumulate(weights_.begin(), weights_.end(), 0.0);
}

/// Pops the likeliest tokens from a heap until they reach top_p, which is faster than sorting all.
void Sampler::keep_top_p() {
  const auto less_likely = [](const Candidate& a, const Candidate& b) {
    return a.weight < b.weight || (a.weight == b.weight && a.id > b.id);
  };
  heap_.clear();
  for (std::size_t i = 0; i < ids_.size(); ++i) heap_.push_back({weights_[i], ids_[i]});
  std::make_heap(heap_.begin(), heap_.end(), less_likely);
  double kept = 0;
  std::size_t count = 0;
  for (; count == 0 || (!heap_.empty() && kept < options_.top_p * total_); ++count) {
    kept += weights_[count] = heap_.front().weight;
    ids_[count] = heap_.front().id;
    std::pop_heap(heap_.begin(), heap_.end(), less_likely);
    heap_.pop_back();
  }
  weights_.resize(count);
  ids_.resize(count);
  total_ = kept;
}

void Sampler::keep_min_p() {
  const double least = options_.min_p * *std::max_element(weights_.begin(), weights_.end());
  drop_if([least](float weight) { return weight < least; });
  total_ = std::accumulate(weights_.begin(), weights_.end(), 0.0);
}

Token Sampler::draw() {
  if (ids_.size() == 1) return ids_[0];
  double left = rng_.uniform() * total_;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    left -= weights_[i];
    if (left < 0) return ids_[i];
  }
  return ids_.back();
}

}  // namespace mini_llm
