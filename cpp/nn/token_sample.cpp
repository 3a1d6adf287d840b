#include "nn/token_sample.h"

#include <algorithm>

#include "kernels/math.h"

namespace mini_llm {

TokenSample sample_tokens(std::span<const std::int32_t> targets, std::size_t vocab, std::size_t count,
                          Rng rng) {
  constexpr std::int32_t kAbsent = -1, kTarget = -2;
  std::vector<std::int32_t> place(vocab, kAbsent);
  for (const std::int32_t target : targets) place[static_cast<std::size_t>(target)] = kTarget;
  const auto others = static_cast<std::size_t>(std::count(place.begin(), place.end(), kAbsent));
  const std::size_t certain = vocab - others;
  const std::size_t drawn = std::min(others, std::max(count - std::min(count, certain), count / 4));
  const auto weight = static_cast<float>(
      log(static_cast<double>(others) / static_cast<double>(std::max<std::size_t>(drawn, 1))));

  TokenSample sample;
  sample.tokens.reserve(certain + drawn);
  std::size_t left = others, wanted = drawn;
  for (std::size_t token = 0; token < vocab; ++token) {
    const bool is_target = place[token] == kTarget;
    // Each set of `wanted` tokens among those that are left is equally likely.
    if (!is_target && rng.below(left--) >= wanted) continue;
    if (!is_target) --wanted;
    place[token] = static_cast<std::int32_t>(sample.tokens.size());
    sample.tokens.push_back(static_cast<std::int32_t>(token));
    sample.log_weights.push_back(is_target ? 0 : weight);
  }
  for (const std::int32_t target : targets) sample.targets.push_back(place[static_cast<std::size_t>(target)]);
  return sample;
}

}  // namespace mini_llm
