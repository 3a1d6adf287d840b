// int8 weights: against the reference, to the bit, on odd sizes; bits that do not depend on rows and threads;
// and what they cost a trained model.
#include "kernels/int8.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/random.h"
#include "tests/reference_support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Quantized {
  std::vector<std::int8_t> numbers;
  Floats scales;

  Quantized(MatrixView b, std::size_t k, std::size_t n) : numbers(int8_size(k, n)), scales(int8_scales(n)) {
    quantize(numbers.data(), scales.data(), b, k, n);
  }
  Int8Matrix view() const { return {numbers.data(), scales.data()}; }
};

struct Problem {
  std::size_t m, n, k;
  bool transposed = false, bias = true, plus = true;
};

std::string describe(const Problem& p) {
  return std::to_string(p.m) + " x " + std::to_string(p.n) + " x " + std::to_string(p.k) +
         (p.transposed ? ", transposed" : "");
}

struct Matrices {
  Floats a, b, bias, plus;
  MatrixView b_view;

  explicit Matrices(const Problem& p)
      : a(test::random_floats(p.m * p.k, 1, 3)),
        b(test::random_floats(p.k * p.n, 2)),
        bias(test::random_floats(p.n, 3)),
        plus(test::random_floats(p.m * p.n, 4)),
        b_view(p.transposed ? transposed(b.data(), p.k) : row_major(b.data(), p.n)) {}

  float weight(std::size_t i, std::size_t j) const {
    return b_view.data[i * b_view.row_stride + j * b_view.col_stride];
  }
  /// Rows [first, first + count) of the product.
  Floats product(const Problem& p, std::size_t first, std::size_t count) const {
    const Quantized quantized(b_view, p.k, p.n);
    Floats c(count * p.n, kNaN);
    gemm_int8({c.data(), p.n, p.bias ? bias.data() : nullptr, p.plus ? plus.data() + first * p.n : nullptr},
              a.data() + first * p.k, quantized.view(), count, p.n, p.k);
    return c;
  }
};

/// The same by the reference, bias and plus added in this order.
Floats by_the_reference(const Problem& p, const Matrices& matrices) {
  auto a = reference::FloatMatrix::from_shape({p.m, p.k}), b = reference::FloatMatrix::from_shape({p.k, p.n});
  std::copy(matrices.a.begin(), matrices.a.end(), a.begin());
  for (std::size_t i = 0; i < p.k; ++i)
    for (std::size_t j = 0; j < p.n; ++j) b(i, j) = matrices.weight(i, j);
  const reference::FloatMatrix product = reference::int8_matmul(a, b);
  Floats c(product.begin(), product.end());
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (p.bias) c[i] = c[i] + matrices.bias[i % p.n];
    if (p.plus) c[i] = c[i] + matrices.plus[i];
  }
  return c;
}

TEST(Int8, EqualsTheReferenceToTheBit) {
  for (std::size_t m = 1; m <= 9; ++m)
    for (std::size_t n : {1, 7, 8, 9, 16, 17, 31, 40})
      for (std::size_t k : {1, 2, 3, 4, 5, 33}) {
        const Problem p{m, n, k, (m + n + k) % 2 == 0, n % 3 != 0, m % 3 != 0};
        const Matrices matrices(p);
        ASSERT_TRUE(test::same_bits(matrices.product(p, 0, m), by_the_reference(p, matrices))) << describe(p);
      }
  for (const Problem& p : {Problem{70, 530, 130}, Problem{3, 50, 1537, true}}) {
    const Matrices matrices(p);
    EXPECT_TRUE(test::same_bits(matrices.product(p, 0, p.m), by_the_reference(p, matrices))) << describe(p);
  }
}

TEST(Int8, IsCloseToTheFloatProduct) {
  const Problem p{5, 60, 384, false, false, false};
  const Matrices matrices(p);
  const Floats c = matrices.product(p, 0, p.m);
  const Doubles exact =
      test::flat(reference::matmul(test::matrix_of(matrices.a, p.k), test::matrix_of(matrices.b, p.n)));
  double error = 0, size = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    error += (c[i] - exact[i]) * (c[i] - exact[i]);
    size += exact[i] * exact[i];
  }
  EXPECT_LT(std::sqrt(error / size), 0.01);
}

TEST(Int8, RoundsWeightsToWithinHalfAStepOfTheirColumn) {
  const std::size_t k = 21, n = 13;
  const Floats b = test::random_floats(k * n, 5);
  const Quantized quantized(row_major(b.data(), n), k, n);
  reference::FloatMatrix matrix = reference::FloatMatrix::from_shape({k, n});
  std::copy(b.begin(), b.end(), matrix.begin());
  const reference::Quantized expected = reference::quantize_columns(matrix);
  for (std::size_t j = 0; j < n; ++j) {
    const float scale = quantized.scales[j];
    EXPECT_EQ(scale, expected.scales(0, j));
    for (std::size_t i = 0; i < k; ++i) {
      const std::size_t pair = j / kPanel * kPanel * 24 + i / 2 * 2 * kPanel + j % kPanel * 2;
      EXPECT_EQ(quantized.numbers[pair + i % 2], expected.numbers(i, j));
      EXPECT_NEAR(quantized.numbers[pair + i % 2] * scale, b[i * n + j], 0.5001f * scale);
    }
  }
}

TEST(Int8, SumsOfAnyDepthDoNotOverflow) {
  for (const std::size_t k : {4, 600, 5000, 65536}) {
    const Floats a(k, -1.0f), b(k * 8, 1.0f);
    Floats c(8);
    gemm_int8({c.data(), 8}, a.data(), Quantized(row_major(b.data(), 8), k, 8).view(), 1, 8, k);
    for (const float x : c) EXPECT_NEAR(x, -static_cast<float>(k), 1e-5f * static_cast<float>(k));
  }
}

TEST(Int8, ZerosAndTheSmallestNumbersAreHarmless) {
  for (const float tiny : {0.0f, 1e-45f, 1e-38f, 1e-31f}) {
    const Floats a(12, tiny), b(12 * 9, 1.0f), bias(9, 2.0f);
    Floats c(9);
    gemm_int8({c.data(), 9, bias.data()}, a.data(), Quantized(row_major(b.data(), 9), 12, 9).view(), 1, 9,
              12);
    EXPECT_EQ(c, bias);
    gemm_int8({c.data(), 9, bias.data()}, b.data(), Quantized(row_major(a.data(), 1), 12, 1).view(), 1, 1,
              12);
    EXPECT_EQ(c[0], 2.0f);
  }
}

TEST(Int8, NaNAndInfinityStay) {
  for (const float bad : {kNaN, kInfinity, -kInfinity})
    for (std::size_t place = 0; place < 7; ++place) {
      const std::size_t k = 7, n = 10;
      Floats a = test::random_floats(2 * k, 6), b = test::random_floats(k * n, 7), c(2 * n);
      a[k + place] = bad;  // in the second row
      gemm_int8({c.data(), n}, a.data(), Quantized(row_major(b.data(), n), k, n).view(), 2, n, k);
      for (std::size_t j = 0; j < n; ++j) {
        EXPECT_TRUE(std::isfinite(c[j]));
        EXPECT_FALSE(std::isfinite(c[n + j])) << bad << " at " << place;
      }
      a[k + place] = 1;
      b[place * n + 9] = bad;  // in the last column
      gemm_int8({c.data(), n}, a.data(), Quantized(row_major(b.data(), n), k, n).view(), 2, n, k);
      for (std::size_t j = 0; j < 9; ++j) EXPECT_TRUE(std::isfinite(c[j]));
      EXPECT_FALSE(std::isfinite(c[9]));
    }
}

TEST(Int8, ARowsBitsDoNotDependOnHowManyRowsAreComputed) {
  for (const Problem& p : {Problem{70, 45, 50}, Problem{9, 300, 36, true}}) {
    const Matrices matrices(p);
    const Floats all = matrices.product(p, 0, p.m);
    for (std::size_t count : {1, 2, 3, 4, 5})
      for (std::size_t first = 0; first + count <= p.m; ++first)
        ASSERT_TRUE(test::same_bits(matrices.product(p, first, count),
                                    {all.begin() + static_cast<std::ptrdiff_t>(first * p.n),
                                     all.begin() + static_cast<std::ptrdiff_t>((first + count) * p.n)}))
            << count << " rows from " << first;
  }
}

TEST(Int8, TheNumberOfThreadsDoesNotChangeTheBits) {
  for (const Problem& p : {Problem{1, 1100, 384}, Problem{150, 300, 200}}) {
    const Matrices matrices(p);
    const Floats with_one = matrices.product(p, 0, p.m);
    for (int n = 2; n <= 4; ++n) {
      const test::ThreadScope scope(n);
      EXPECT_TRUE(test::same_bits(matrices.product(p, 0, p.m), with_one)) << n << " threads";
    }
  }
}

TEST(Int8, ChangedWeightsAreRoundedAgain) {
  Tensor weight = test::random_tensor({8, 8}, 1), x = test::random_tensor({1, 8}, 2);
  Tape tape(Tape::Mode::inference, /*int8_weights=*/true);
  const Floats before = test::values_of(linear(tape, x, weight, {}));
  for (std::size_t i = 0; i < weight.size(); ++i) weight.data()[i] *= 2;
  EXPECT_TRUE(test::same_bits(test::values_of(linear(tape, x, weight, {})), before));
  weight.mark_modified();
  const Floats after = test::values_of(linear(tape, x, weight, {}));
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(after[i], 2 * before[i]);
}

/// Mean loss over the text in windows of seq_len, in nats per token.
double loss_on(Gpt& model, const std::string& text, bool int8_weights) {
  const EvalScope eval(model);
  Tape tape(Tape::Mode::inference, int8_weights);
  ForwardContext ctx{tape};
  const std::size_t time = model.config().seq_len;
  double sum = 0;
  std::size_t windows = 0;
  for (std::size_t begin = 0; begin + time < text.size(); begin += time, ++windows) {
    std::vector<std::int32_t> ids(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                  text.begin() + static_cast<std::ptrdiff_t>(begin + time + 1));
    std::vector<std::int32_t> targets(ids.begin() + 1, ids.end());
    ids.pop_back();
    const Tensor logits = model.forward(ctx, ids, 1);
    const Doubles losses = test::flat(
        reference::cross_entropy(test::matrix_of(test::values_of(logits), logits.width()), targets));
    sum += std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  }
  return sum / static_cast<double>(windows);
}

/// Words in an order that no model can memorize.
std::string shuffled_words(std::size_t size) {
  const char* words[] = {"the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog", "king", "queen"};
  Rng rng(9, Stream::init);
  std::string text;
  while (text.size() < size) {
    text += words[rng.below(10)];
    text += rng.below(8) == 0 ? ".\n" : " ";
  }
  return text;
}

TEST(Int8, CostsATrainedModelLessThanOnePercentOfItsLoss) {
  TrainOptions options = test::short_run(300);
  options.batch_size = 8;
  options.grad_accum = 1;
  options.eval_every = 0;
  ModelConfig config = test::tiny_config();
  config.n_embd = 32;
  const std::string text = shuffled_words(20000);
  Trainer trainer(config, options, text, "");
  test::run_all(trainer);
  const std::string unseen = shuffled_words(24000).substr(20000);
  const double with_float = loss_on(*trainer.model(), unseen, false);
  const double with_int8 = loss_on(*trainer.model(), unseen, true);
  EXPECT_LT(with_float, 2.0);  // it has learned: an untrained model's loss is ln 256 = 5.5
  EXPECT_NE(with_int8, with_float);
  EXPECT_NEAR(with_int8 / with_float, 1, 0.01);
}

}  // namespace
}  // namespace mini_llm
