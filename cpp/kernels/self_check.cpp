#include "kernels/self_check.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/int8.h"
#include "kernels/math.h"
#include "kernels/random.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

using Floats = std::vector<float>;

Floats random_floats(std::size_t n, std::uint32_t seed) {
  Rng rng(seed, Stream::init);
  Floats values(n);
  for (float& value : values) value = static_cast<float>(rng.below(2001)) / 500 - 2;
  return values;
}

bool same_bits(const Floats& a, const Floats& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Whole tiles and panels, and some of each that are not.
constexpr std::size_t kRows = 2 * kTileRows + 1, kColumns = 2 * kPanel + 3, kDepth = 40;
constexpr std::size_t kCount = 61;  // elements of the other kernels: eight lanes, four and one

class SelfCheck {
 public:
  /// Computes with the kernels what the constructor computed plainly; null, or the kernel that differs.
  const char* differing_kernel() {
    for (const bool transposed_a : {false, true}) {
      Floats c(kRows * kColumns);
      const MatrixView a = transposed_a ? transposed(a_columns_.data(), kRows) : row_major(a_.data(), kDepth);
      gemm({c.data(), kColumns, bias_.data()}, a, row_major(b_.data(), kColumns), kRows, kColumns, kDepth);
      if (!same_bits(c, product_)) return "matrix product";
    }
    if (!near_product(int8_product())) return "int8 product";
    if (!same_bits(activated(kCount), activated_)) return "activation";
    if (!same_bits(exponentials(), exponentials_)) return "softmax";
    if (!same_bits(updated(kCount), updated_)) return "optimizer";
    return nullptr;
  }

 private:
  Floats a_ = random_floats(kRows * kDepth, 1), a_columns_ = columns_of(a_);
  Floats b_ = random_floats(kDepth * kColumns, 2), bias_ = random_floats(kColumns, 3);
  Floats x_ = random_floats(kCount, 4), gradient_ = random_floats(kCount, 5);
  Floats product_ = plain_product(), activated_ = activated(1), exponentials_ = plain_exponentials(),
         updated_ = updated(1);

  static Floats columns_of(const Floats& a) {
    Floats columns(a.size());
    for (std::size_t i = 0; i < kRows; ++i)
      for (std::size_t j = 0; j < kDepth; ++j) columns[j * kRows + i] = a[i * kDepth + j];
    return columns;
  }

  Floats plain_product() const {
    Floats c(kRows * kColumns);
    for (std::size_t i = 0; i < kRows; ++i)
      for (std::size_t j = 0; j < kColumns; ++j) {
        f32x4 sum = splat(bias_[j]);
        for (std::size_t k = 0; k < kDepth; ++k)
          sum = madd(splat(a_[i * kDepth + k]), splat(b_[k * kColumns + j]), sum);
        c[i * kColumns + j] = sum[0];
      }
    return c;
  }

  Floats int8_product() const {
    std::vector<std::int8_t> numbers(int8_size(kDepth, kColumns));
    Floats scales(int8_scales(kColumns)), c(kRows * kColumns);
    quantize(numbers.data(), scales.data(), row_major(b_.data(), kColumns), kDepth, kColumns);
    gemm_int8({c.data(), kColumns, bias_.data()}, a_.data(), {numbers.data(), scales.data()}, kRows, kColumns,
              kDepth);
    return c;
  }

  /// Rounding to int8 changes sums of 40 products of numbers up to 2 by less than 40·2·(2/127)/2.
  bool near_product(const Floats& c) const {
    for (std::size_t i = 0; i < c.size(); ++i)
      if (!(c[i] - product_[i] < 0.7f && product_[i] - c[i] < 0.7f)) return false;
    return true;
  }

  /// GELU and its gradient, `together` elements at a time.
  Floats activated(std::size_t together) const {
    Floats out(2 * kCount);
    for (std::size_t i = 0; i < kCount; i += together)
      kGelu.recompute_backward(&out[i], {&out[kCount + i], false}, &gradient_[i], &x_[i], 1, together);
    return out;
  }

  Floats exponentials() const {
    Floats row = x_;
    row.resize(kCount + 3);
    SoftmaxSums sums;
    causal_exponentials(&sums, row.data(), 0, 1, kCount, kCount + 3);
    return row;
  }

  Floats plain_exponentials() const {
    const float largest = *std::max_element(x_.begin(), x_.end());
    Floats row;
    for (const float x : x_) row.push_back(exp(x - largest));
    row.resize(kCount + 3);
    return row;
  }

  /// Weights, moments and previous weights after a step of AdamW, `together` elements at a time.
  Floats updated(std::size_t together) const {
    Floats all(4 * kCount, 0.25f);
    std::copy(x_.begin(), x_.end(), all.begin());
    for (std::size_t i = 0; i < kCount; i += together)
      adamw(&all[i], &all[kCount + i], &all[2 * kCount + i], &gradient_[i], &all[3 * kCount + i], together,
            {1e-2f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.1f, 0.01f, 0.5f});
    return all;
  }
};

}  // namespace

std::string kernel_self_check(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  SelfCheck check;
  do {
    if (const char* kernel = check.differing_kernel())
      return std::string("The ") + kernel + " kernel differs from plain arithmetic.";
  } while (Clock::now() < end);
  return "";
}

}  // namespace mini_llm
