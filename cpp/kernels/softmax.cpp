#include "kernels/softmax.h"

#include <algorithm>
#include <limits>

#include "kernels/math.h"

namespace mini_llm {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The largest of n floats, and of kVectors·4 lanes at a time: more independent chains hide the latency.
float row_max(const float* row, std::size_t n) {
  constexpr std::size_t kVectors = 4;
  f32x4 largest[kVectors];
  for (f32x4& lanes : largest) lanes = splat(-kInfinity);
  std::size_t i = 0;
  for (; i + 4 * kVectors <= n; i += 4 * kVectors)
    for (std::size_t v = 0; v < kVectors; ++v) largest[v] = max(largest[v], load(row + i + 4 * v));
  for (; i + 4 <= n; i += 4) largest[0] = max(largest[0], load(row + i));
  float result = max_lanes(max(max(largest[0], largest[1]), max(largest[2], largest[3])));
  for (; i < n; ++i) result = std::max(result, row[i]);
  return result;
}

/// The first n lanes of v, n < 4, then zeros.
f32x4 first_lanes(f32x4 v, std::size_t n) {
  const i32x4 kept = i32x4{0, 1, 2, 3} < static_cast<std::int32_t>(n);
  return (f32x4)((i32x4)v & kept);
}

/// One row of causal_exponentials; returns the sum. The last few scores go into the lanes that they would
/// have in a longer row: a row's sum must not depend on where its tile ends.
float exponentials(float* row, std::size_t n, std::size_t padded, float largest) {
  f32x4 sum = splat(0);
  std::size_t i = 0;
#if defined(MINI_LLM_WIDE)
  for (; i + 8 <= n; i += 8) {
    const f32x8 e = exp(load8(row + i) - largest);
    store(row + i, e);
    sum = sum + low(e);
    sum = sum + high(e);
  }
#endif
  for (; i < n; i += 4) {
    f32x4 e = exp(load(row + i) - largest);
    if (n - i < 4) e = first_lanes(e, n - i);
    store(row + i, e);
    sum = sum + e;
  }
  for (; i < padded; i += 4) store(row + i, splat(0));
  return sum_lanes(sum);
}

}  // namespace

void causal_exponentials(SoftmaxSums* sums, float* scores, std::size_t stride, std::size_t rows,
                         std::size_t n, std::size_t padded) {
  for (std::size_t r = 0; r < rows; ++r, scores += stride, ++n) {
    const float largest = row_max(scores, n);
    sums[r] = {largest, exponentials(scores, n, padded, largest)};
  }
}

float cross_entropy_in_place(float* logits, std::size_t vocab, std::size_t padded, std::int32_t target,
                             float scale) {
  if (target < 0) {
    std::fill_n(logits, padded, 0.0f);
    return 0;
  }
  const float target_logit = logits[target];
  SoftmaxSums sums;
  causal_exponentials(&sums, logits, padded, 1, vocab, padded);
  mini_llm::scale(logits, vocab, scale / sums.sum);
  logits[target] -= scale;
  return sums.max + static_cast<float>(log(sums.sum)) - target_logit;
}

}  // namespace mini_llm
