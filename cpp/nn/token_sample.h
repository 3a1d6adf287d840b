#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random.h"

namespace mini_llm {

/// Some tokens of the vocabulary that stand for all of it in a softmax (Bengio & Senécal 2003): the batch's
/// targets, and others that are drawn with equal chances. Each of the others counts for as many tokens as
/// were not drawn for it, so that the sum over the sample is, on average, that over the vocabulary.
struct TokenSample {
  std::vector<std::int32_t> tokens;   // ascending
  std::vector<float> log_weights;     // of each, added to its logit
  std::vector<std::int32_t> targets;  // the batch's targets, as places in `tokens`
};

/// Samples `count` tokens of `vocab`, or more if the targets leave fewer than a quarter of them to chance.
TokenSample sample_tokens(std::span<const std::int32_t> targets, std::size_t vocab, std::size_t count,
                          Rng rng);

}  // namespace mini_llm
