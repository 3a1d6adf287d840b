#include "kernels/softmax.h"

#include <algorithm>
#include <limits>

#include "kernels/math.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 32;

float row_max(const float* row, std::size_t n) {
  f32x4 m = splat(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) m = max(m, load(row + i));
  float result = max_lanes(m);
  for (; i < n; ++i) result = std::max(result, row[i]);
  return result;
}

}  // namespace

SoftmaxSums exponentials(float* row, std::size_t n, std::size_t padded) {
  const float largest = row_max(row, n);
  std::size_t i = 0;
  f32x4 sum = splat(0);
  for (; i + 4 <= n; i += 4) {
    const f32x4 e = exp(load(row + i) - splat(largest));
    store(row + i, e);
    sum = sum + e;
  }
  // The last few go into the lanes that they would have in a longer row: a row's sum must not depend on where
  // its tile ends.
  if (i < n) {
    f32x4 e = splat(0);
    for (std::size_t j = i; j < n; ++j) e[j - i] = exp(row[j] - largest);
    store(row + i, e);
    sum = sum + e;
    i += 4;
  }
  for (; i < padded; i += 4) store(row + i, splat(0));
  return {largest, sum_lanes(sum)};
}

void cross_entropy_forward(float* losses, float* log_sum_exp, const float* logits,
                           const std::int32_t* targets, std::size_t rows, std::size_t vocab) {
  parallel_rows(rows, kTaskRows, [=](std::size_t row) {
    const float* from = logits + row * vocab;
    const float largest = row_max(from, vocab);
    const float total =
        sum_over(vocab, [=](auto lanes, std::size_t i) { return exp(lanes.load(from + i) - largest); });
    log_sum_exp[row] = largest + static_cast<float>(log(total));
    losses[row] = targets[row] < 0 ? 0.0f : log_sum_exp[row] - from[targets[row]];
  });
}

void cross_entropy_backward(Accumulator dlogits, const float* logits, const float* log_sum_exp,
                            const std::int32_t* targets, std::size_t rows, std::size_t vocab, float scale) {
  parallel_rows(rows, kTaskRows, [=](std::size_t row) {
    const float* from = logits + row * vocab;
    const Accumulator to = dlogits + row * vocab;
    // Rows without a target have weight 0.
    const float weight = targets[row] < 0 ? 0 : scale, lse = log_sum_exp[row];
    for_lanes(vocab,
              [=](auto lanes, std::size_t i) { to.add_or_set(i, weight * exp(lanes.load(from + i) - lse)); });
    if (targets[row] >= 0) to.data[targets[row]] -= scale;
  });
}

}  // namespace mini_llm
