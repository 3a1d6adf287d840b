// Tensors: shared values, reshaping, xtensor expressions, recycled buffers, and packed copies.
#include "tensor/tensor.h"

#include "tensor/tape.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;

TEST(Tensor, HasItsShape) {
  const Tensor t(Shape{2, 3, 4});
  EXPECT_EQ(t.size(), 24U);
  EXPECT_EQ(t.rows(), 6U);
  EXPECT_EQ(t.width(), 4U);
  EXPECT_EQ(to_string(t.shape()), "[2, 3, 4]");
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_TRUE(t);
  EXPECT_FALSE(Tensor());
}

TEST(Tensor, CopiesAndReshapesShareValuesAndGradient) {
  Tensor t = test::random_tensor({4, 6}, 1);
  Tensor copy = t, reshaped = t.reshape({2, 12});
  t.data()[5] = 42;
  t.grad()[7] = 7;
  EXPECT_EQ(copy.data()[5], 42);
  EXPECT_EQ(reshaped.data()[5], 42);
  EXPECT_EQ(reshaped.grad()[7], 7);
  EXPECT_EQ(to_string(reshaped.shape()), "[2, 12]");
  const std::string message = test::message_of<std::invalid_argument>([&] { t.reshape({5, 5}); });
  EXPECT_NE(message.find("[4, 6]"), std::string::npos);
  EXPECT_NE(message.find("[5, 5]"), std::string::npos);
}

TEST(Tensor, IsAnXtensorExpression) {
  Tensor t(Shape{2, 3});
  t.view() = xt::ones<float>({2, 3});
  t.view()(1, 2) = 5;
  t.grad_view() = t.view() * 2.0f;
  const Tensor& fixed = t;
  EXPECT_EQ(t.data()[5], 5);
  EXPECT_EQ(t.grad()[5], 10);
  EXPECT_EQ(xt::eval(xt::sum(fixed.view()))(), 10);
}

TEST(Tensor, AGradientIsZeroAtFirstAndAfterZeroGrad) {
  Tensor t(Shape{100}, true);
  EXPECT_FALSE(t.has_grad());
  EXPECT_TRUE(test::same_bits(test::gradient_of(t), Floats(100, 0.0f)));
  t.grad()[99] = 1;
  t.zero_grad();
  EXPECT_TRUE(test::same_bits(test::gradient_of(t), Floats(100, 0.0f)));
}

TEST(BufferPool, RecyclesABufferAndNeverHandsItOutTwiceAtOnce) {
  BufferPool pool;
  const float* first = nullptr;
  {
    const auto a = pool.take(1000), b = pool.take(1000);
    EXPECT_NE(a->data(), b->data());
    EXPECT_GE(a->size(), 1000U);
    first = b->data();
  }
  const auto again = pool.take(1000), more = pool.take(1000);
  EXPECT_NE(again->data(), more->data());
  EXPECT_TRUE(again->data() == first || more->data() == first);
}

TEST(BufferPool, BuffersMayOutliveTheirPool) {
  std::shared_ptr<Storage> survivor;
  {
    BufferPool pool;
    survivor = pool.take(500);
  }
  survivor->data()[499] = 1;
  EXPECT_EQ(survivor->data()[499], 1);
}

TEST(BufferPool, RoundsUpByAnEighthAtMost) {
  BufferPool pool;
  for (std::size_t n = 1; n < 100000; n = n * 9 / 8 + 1) {
    const std::size_t size = pool.take(n)->size();
    EXPECT_GE(size, n);
    EXPECT_LE(static_cast<double>(size), std::max(64.0, 1.125 * static_cast<double>(n) + 1));
  }
}

/// The matrix that was packed.
Floats unpacked(PackedMatrix p, std::size_t k, std::size_t n) {
  Floats matrix(k * n);
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < n; ++j)
      matrix[i * n + j] = p.data[j / kPanel * p.stride + i * kPanel + j % kPanel];
  return matrix;
}

TEST(Tensor, PackedCopiesFollowTheValues) {
  Tensor t = test::random_tensor({5, 11}, 1);
  for (float value : {1.0f, 2.0f}) {
    t.data()[3 * 11 + 10] = value;
    t.mark_modified();
    EXPECT_TRUE(test::same_bits(unpacked(t.packed(false), 5, 11), test::values_of(t)));
    const Floats transposed = unpacked(t.packed(true), 11, 5);
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = 0; j < 11; ++j) EXPECT_EQ(transposed[j * 5 + i], t.data()[i * 11 + j]);
  }
}

constexpr Cost kUntimed{"a test"};

TEST(Tape, RunsBackwardStepsInReverseOrderAndOnlyWhenRecording) {
  std::string order;
  const Tensor wants({1}, true);
  Tape recording(Tape::Mode::recording), inference(Tape::Mode::inference);
  for (const char c : {'a', 'b', 'c'}) {
    recording.record(wants, kUntimed, [&order, c] { order += c; });
    inference.record(inference.make({1}), kUntimed, [&order, c] { order += c; });
  }
  recording.backward(Tensor(Shape{1}, true));
  EXPECT_EQ(order, "cba");
  EXPECT_FALSE(recording.backward_step());
  EXPECT_FALSE(inference.backward_step());
}

TEST(Tape, ClearDropsAnInterruptedPass) {
  Tape tape(Tape::Mode::recording);
  bool ran = false;
  tape.record(Tensor({1}, true), kUntimed, [&ran] { ran = true; });
  tape.clear();
  EXPECT_FALSE(tape.backward_step());
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace mini_llm
