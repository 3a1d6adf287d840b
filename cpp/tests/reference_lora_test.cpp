// LoRA's merge and its factors' gradients against the reference, for weights of both layouts.
#include "tests/reference_support.h"
#include "train/lora.h"

namespace mini_llm {
namespace {

using test::Floats;

constexpr std::size_t kIn = 11, kOut = 7, kRank = 3;
constexpr double kAlpha = 6;

/// A weight as the matrix [out, in].
reference::Matrix out_in(const Floats& values, Layout layout) {
  if (layout == Layout::out_in) return test::matrix_of(values, kIn);
  return xt::transpose(test::matrix_of(values, kOut));
}

HiddenMatrix make_weight(Layout layout) {
  const Shape shape = layout == Layout::out_in ? Shape{kOut, kIn} : Shape{kIn, kOut};
  return {"w.weight", test::random_tensor(shape, 1), layout, 1};
}

class ReferenceLora : public ::testing::TestWithParam<Layout> {
 protected:
  ReferenceLora() {
    for (auto [name, factor] : lora_.factors()) {
      const Floats values = test::random_floats(factor.size(), static_cast<std::uint32_t>(factor.dim(0)));
      std::copy(values.begin(), values.end(), factor.data());
    }
  }

  Tensor factor(std::size_t i) const { return lora_.factors()[i].second; }
  reference::Matrix a() const { return test::matrix_of(test::values_of(factor(0)), kIn); }
  reference::Matrix b() const { return test::matrix_of(test::values_of(factor(1)), kRank); }

  HiddenMatrix matrix_ = make_weight(GetParam());
  const Floats base_ = test::values_of(matrix_.weight);
  Lora lora_{{matrix_}, kRank, kAlpha, 1};
};

INSTANTIATE_TEST_SUITE_P(Layouts, ReferenceLora, ::testing::Values(Layout::in_out, Layout::out_in),
                         [](const auto& info) { return info.param == Layout::in_out ? "in_out" : "out_in"; });

TEST_P(ReferenceLora, MergedWeightsAgree) {
  lora_.merge();
  const reference::Matrix expected = reference::lora(out_in(base_, GetParam()), a(), b(), kAlpha);
  const auto merged = test::flat(out_in(test::values_of(matrix_.weight), GetParam()));
  EXPECT_TRUE(test::near({merged.begin(), merged.end()}, test::flat(expected), 2e-6));
}

TEST_P(ReferenceLora, GradientsOfTheFactorsAgree) {
  const Floats gradient = test::random_floats(kIn * kOut, 2);
  std::copy(gradient.begin(), gradient.end(), matrix_.weight.grad());
  lora_.backward();
  const reference::LoraGradients expected =
      reference::lora_backward(out_in(gradient, GetParam()), a(), b(), kAlpha);
  EXPECT_TRUE(test::near(test::gradient_of(factor(0)), test::flat(expected.a), 2e-6));
  EXPECT_TRUE(test::near(test::gradient_of(factor(1)), test::flat(expected.b), 2e-6));
}

}  // namespace
}  // namespace mini_llm
