// Dropout against the reference: the share it keeps, its mask as a function of its key, and that it acts in
// training only.
#include <cmath>

#include "kernels/elementwise.h"
#include "nn/layers.h"
#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Floats;

Floats dropped(std::size_t n, float p, DropoutKey key) {
  const Floats ones(n, 1.0f);
  Floats out(n);
  dropout({out.data(), false}, ones.data(), n, p, key);
  return out;
}

TEST(DropoutKernel, KeepsOneMinusPAndScalesKeptElements) {
  constexpr std::size_t kCount = 200001;
  for (float p : {0.05f, 0.1f, 0.5f, 0.9f}) {
    std::size_t kept = 0;
    for (const float x : dropped(kCount, p, {1, 2})) {
      ASSERT_TRUE(x == 0 || x == 1.0f / (1.0f - p)) << x;
      kept += x != 0;
    }
    const double deviation = std::sqrt(p * (1 - p) / kCount);
    EXPECT_NEAR(static_cast<double>(kept) / kCount, 1 - p, 5 * deviation) << p;
  }
}

TEST(DropoutKernel, ItsMaskIsAFunctionOfItsKey) {
  const Floats mask = dropped(5000, 0.5f, {1, 2});
  EXPECT_TRUE(test::same_bits(dropped(5000, 0.5f, {1, 2}), mask));
  EXPECT_FALSE(test::same_bits(dropped(5000, 0.5f, {2, 2}), mask));
  EXPECT_FALSE(test::same_bits(dropped(5000, 0.5f, {1, 3}), mask));
  // The mask depends neither on the number of elements nor on the number of threads.
  const test::ThreadScope scope(3);
  const Floats longer = dropped(50001, 0.5f, {1, 2});
  EXPECT_TRUE(test::same_bits({longer.begin(), longer.begin() + 5000}, mask));
}

TEST(DropoutKernel, EqualsTheReference) {
  for (std::size_t n : {1, 2, 5, 16389}) {
    const Floats x = test::random_floats(n, 3), before = test::random_floats(n, 4);
    const reference::Matrix expected = reference::dropout(test::matrix_of(x, n), 0.25, 7, 1ULL << 40);
    Floats written(n), sum = before;
    dropout({written.data(), false}, x.data(), n, 0.25f, {7, 1ULL << 40});
    dropout({sum.data(), true}, x.data(), n, 0.25f, {7, 1ULL << 40});
    EXPECT_TRUE(test::near(written, test::flat(expected), 1e-6)) << n;
    EXPECT_TRUE(test::near(sum, test::added(before, expected), 1e-6)) << n;
  }
}

TEST(DropoutKernel, NeighborsAreIndependent) {
  const Floats mask = dropped(100000, 0.5f, {3, 4});
  for (std::size_t distance = 1; distance <= 8; ++distance) {
    int both = 0;
    for (std::size_t i = 0; i + distance < mask.size(); ++i) both += mask[i] != 0 && mask[i + distance] != 0;
    EXPECT_NEAR(both, 25000, 700) << distance;
  }
}

TEST(DropoutKernel, TheBackwardPassUsesTheSameMaskAndAdds) {
  const Floats mask = dropped(999, 0.3f, {5, 6}), dout = test::random_floats(999, 1);
  Floats dx = test::random_floats(999, 2), expected = dx;
  for (std::size_t i = 0; i < dx.size(); ++i) expected[i] += mask[i] == 0 ? 0 : dout[i] * mask[i];
  dropout(dx.data(), dout.data(), dx.size(), 0.3f, {5, 6});
  EXPECT_TRUE(test::same_bits(dx, expected));
}

TEST(DropoutLayer, ActsInTrainingOnly) {
  Dropout layer(0.5f);
  Tape tape(Tape::Mode::inference);
  const Tensor x = test::random_tensor({10, 10}, 1);
  DropoutKeys keys;
  EXPECT_FALSE(test::same_bits(test::values_of(layer.forward(tape, x, keys)), test::values_of(x)));
  layer.eval();
  EXPECT_TRUE(test::same_bits(test::values_of(layer.forward(tape, x, keys)), test::values_of(x)));
  layer.train();
  EXPECT_FALSE(test::same_bits(test::values_of(layer.forward(tape, x, keys)), test::values_of(x)));
}

TEST(DropoutLayer, EveryCallHasItsOwnMaskAndARepeatedPassTheSameMasks) {
  const Dropout layer(0.5f);
  Tape tape(Tape::Mode::inference);
  const Tensor x = test::random_tensor({10, 10}, 1);
  DropoutKeys keys{7, 100}, again{7, 100};
  const Floats first = test::values_of(layer.forward(tape, x, keys));
  const Floats second = test::values_of(layer.forward(tape, x, keys));
  EXPECT_FALSE(test::same_bits(first, second));
  EXPECT_TRUE(test::same_bits(test::values_of(layer.forward(tape, x, again)), first));
  EXPECT_TRUE(test::same_bits(test::values_of(layer.forward(tape, x, again)), second));
}

TEST(DropoutLayer, WithProbabilityZeroChangesNothing) {
  const Dropout layer(0);
  Tape tape(Tape::Mode::inference);
  const Tensor x = test::random_tensor({10}, 1);
  DropoutKeys keys;
  EXPECT_TRUE(test::same_bits(test::values_of(layer.forward(tape, x, keys)), test::values_of(x)));
}

TEST(DropoutInAModel, ChangesLogitsInTrainingAndNotInEvaluation) {
  const auto with = test::tiny_model(1, 0.5f), without = test::tiny_model(1, 0);
  const std::vector<std::int32_t> ids = {72, 101, 108, 108, 111};
  const auto logits = [&](const Gpt& model) {
    Tape tape(Tape::Mode::inference);
    ForwardContext ctx{tape};
    return test::values_of(model.forward(ctx, ids, 1));
  };
  const Floats plain = logits(*without);
  EXPECT_FALSE(test::same_bits(logits(*with), plain));
  with->eval();
  EXPECT_TRUE(test::same_bits(logits(*with), plain));
}

}  // namespace
}  // namespace mini_llm
