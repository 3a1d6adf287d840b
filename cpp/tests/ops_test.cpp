// Every operation in op_cases.cpp: gradients against finite differences, and the promises that all keep.
#include "tensor/ops.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "tests/finite_differences.h"
#include "tests/op_cases.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;
using test::OpCase;

class EveryOp : public ::testing::TestWithParam<OpCase> {};

/// A name for GoogleTest: letters and digits, and the case's place in the list.
std::string parameter_name(const ::testing::TestParamInfo<OpCase>& info) {
  std::string name = info.param.name;
  std::erase_if(name, [](char c) { return c == ','; });
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name + "_" + std::to_string(info.index);
}
INSTANTIATE_TEST_SUITE_P(Ops, EveryOp, ::testing::ValuesIn(test::op_cases()), parameter_name);

/// Weights that make one number of the operation's result.
Floats weights_for(const Tensor& out) { return test::random_floats(out.size(), 99); }

double weighed(const OpCase& op, const std::vector<Tensor>& inputs) {
  Tape tape(Tape::Mode::inference);
  const Tensor out = op.run(tape, inputs);
  const Floats weights = weights_for(out);
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += static_cast<double>(weights[i]) * out.data()[i];
  return sum;
}

/// Runs the operation forward and backward, adding to the inputs' gradients; returns its values.
Floats forward_backward(const OpCase& op, const std::vector<Tensor>& inputs) {
  Tape tape(Tape::Mode::recording);
  Tensor out = op.run(tape, inputs);
  Floats values = test::values_of(out);
  const Floats weights = weights_for(out);
  // Added, because an operation may return its input, whose gradient this then is.
  for (std::size_t i = 0; i < weights.size(); ++i) out.grad()[i] += weights[i];
  while (tape.backward_step()) {
  }
  return values;
}

TEST_P(EveryOp, GradientsAgreeWithFiniteDifferences) {
  std::vector<Tensor> inputs = test::make_inputs(GetParam());
  forward_backward(GetParam(), inputs);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    Tensor& input = inputs[n];
    const Floats gradient = test::gradient_of(input);
    for (std::size_t i = 0; i < input.size(); ++i) {
      const float at = input.data()[i];
      const auto moved = [&](double by) {
        input.data()[i] = at + static_cast<float>(by);
        input.mark_modified();
        return weighed(GetParam(), inputs);
      };
      const double expected = test::slope(moved, 1.0 / 64);
      moved(0);
      ASSERT_NEAR(gradient[i], expected, 5e-4 * (1 + std::abs(expected)))
          << "input " << n << ", element " << i;
    }
  }
}

TEST_P(EveryOp, GradientsAccumulate) {
  const std::vector<Tensor> once = test::make_inputs(GetParam()), twice = test::make_inputs(GetParam());
  forward_backward(GetParam(), once);
  for (int i = 0; i < 2; ++i) forward_backward(GetParam(), twice);
  for (std::size_t n = 0; n < once.size(); ++n) {
    std::vector<double> doubled;
    for (const float g : test::gradient_of(once[n])) doubled.push_back(2.0 * g);
    EXPECT_TRUE(test::near(test::gradient_of(twice[n]), doubled, 1e-5));
  }
}

TEST_P(EveryOp, GivesTheSameBitsWithoutATapeAndRecordsNothingThen) {
  const std::vector<Tensor> inputs = test::make_inputs(GetParam());
  const Floats recorded = forward_backward(GetParam(), inputs);
  Tape tape(Tape::Mode::inference);
  EXPECT_TRUE(test::same_bits(test::values_of(GetParam().run(tape, inputs)), recorded));
  EXPECT_FALSE(tape.backward_step());
}

TEST_P(EveryOp, GivesTheSameBitsOnAnyNumberOfThreads) {
  Floats first_values;
  std::vector<Floats> first_gradients;
  for (int n = 1; n <= 4; ++n) {
    const test::ThreadScope scope(n);
    const std::vector<Tensor> inputs = test::make_inputs(GetParam());
    const Floats values = forward_backward(GetParam(), inputs);
    if (n == 1) first_values = values;
    EXPECT_TRUE(test::same_bits(values, first_values)) << n << " threads";
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Floats gradient = test::gradient_of(inputs[i]);
      if (n == 1) first_gradients.push_back(gradient);
      EXPECT_TRUE(test::same_bits(gradient, first_gradients[i])) << n << " threads, input " << i;
    }
  }
}

TEST_P(EveryOp, InputsWithoutRequiresGradGetNoGradientAndTheOthersGetTheirs) {
  const std::vector<Tensor> all = test::make_inputs(GetParam());
  forward_backward(GetParam(), all);
  for (std::size_t frozen = 0; frozen < all.size(); ++frozen) {
    std::vector<Tensor> inputs = test::make_inputs(GetParam());
    inputs[frozen].set_requires_grad(false);
    forward_backward(GetParam(), inputs);
    for (std::size_t n = 0; n < inputs.size(); ++n) {
      if (n == frozen) continue;
      const Floats gradient = test::gradient_of(all[n]);
      EXPECT_TRUE(test::near(test::gradient_of(inputs[n]), {gradient.begin(), gradient.end()}, 1e-6))
          << "input " << n << " beside " << frozen;
    }
    const bool handed_through = GetParam().name == "dropout of nothing";
    EXPECT_EQ(inputs[frozen].has_grad(), handed_through) << frozen;
  }
}

TEST_P(EveryOp, NothingIsRecordedIfNoInputRequiresGrad) {
  std::vector<Tensor> inputs = test::make_inputs(GetParam());
  for (Tensor& input : inputs) input.set_requires_grad(false);
  Tape tape(Tape::Mode::recording);
  EXPECT_FALSE(GetParam().run(tape, inputs).requires_grad());
  EXPECT_FALSE(tape.backward_step());
}

TEST(Ops, RefuseShapesThatDoNotFitAndNameThem) {
  Tape tape(Tape::Mode::inference);
  const auto tensor = [](Shape shape) { return test::random_tensor(std::move(shape), 1); };
  const auto message = [&](const auto& fn) { return test::message_of<std::invalid_argument>(fn); };
  EXPECT_EQ(message([&] { linear(tape, tensor({2, 3}), tensor({4, 5}), Tensor()); }),
            "linear cannot take shapes [2, 3] and [4, 5].");
  EXPECT_NE(message([&] { lm_head(tape, tensor({2, 3}), tensor({3, 4})); }).find("[3, 4]"),
            std::string::npos);
  EXPECT_NE(message([&] { add(tape, tensor({2, 3}), tensor({3, 2})); }).find("add"), std::string::npos);
  EXPECT_NE(message([&] { layer_norm(tape, tensor({2, 3}), tensor({2}), tensor({2})); }).find("layer_norm"),
            std::string::npos);
}

TEST(Ops, RefuseTokensOutsideTheVocabulary) {
  Tape tape(Tape::Mode::inference);
  const Tensor table = test::random_tensor({5, 3}, 1);
  for (const std::int32_t id : {-1, 5, 1000000})
    EXPECT_NE(test::message_of<std::out_of_range>([&] {
                embedding(tape, table, std::vector<std::int32_t>{0, id});
              }).find(std::to_string(id)),
              std::string::npos);
}

TEST(Ops, TheLossRefusesTargetsOutsideTheVocabularyOrOfAnotherNumber) {
  Tape tape(Tape::Mode::inference);
  const Tensor x = test::random_tensor({2, 3}, 1), table = test::random_tensor({5, 3}, 2);
  const auto loss = [&](const std::vector<std::int32_t>& targets) { lm_head_loss(tape, x, table, targets); };
  EXPECT_NE(test::message_of<std::out_of_range>([&] { loss({0, 5}); }).find("5"), std::string::npos);
  EXPECT_NE(test::message_of<std::invalid_argument>([&] { loss({0}); }).find("2 rows, not 1"),
            std::string::npos);
}

TEST(Ops, TensorsWithoutRequiresGradGetNoGradient) {
  Tape tape(Tape::Mode::recording);
  Tensor x({2, 3}), weight = test::random_tensor({3, 4}, 1);
  std::fill_n(x.data(), x.size(), 1.0f);
  Tensor out = linear(tape, x, weight, Tensor());
  std::fill_n(out.grad(), out.size(), 1.0f);
  while (tape.backward_step()) {
  }
  EXPECT_FALSE(x.has_grad());
  EXPECT_TRUE(weight.has_grad());
}

}  // namespace
}  // namespace mini_llm
