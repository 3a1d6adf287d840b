// Every activation against the reference.
#include "kernels/activation.h"

#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

class EveryActivation : public ::testing::TestWithParam<const Activation*> {
 protected:
  const Activation& activation() const { return *GetParam(); }
  /// The vectors' remainders, and both sides of the pool's tasks.
  template <class F>
  void for_sizes(const F& fn) const {
    for (const std::size_t width : {1, 2, 3, 4, 6, 7, 33, 16384, 20000})
      for (const std::size_t rows : {0, 1, 5, 70}) {
        if (width * rows > 100000) continue;
        SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
        fn(rows, width);
      }
  }
};

TEST_P(EveryActivation, EqualsTheReferenceForwardAndBackward) {
  for_sizes([&](std::size_t rows, std::size_t width) {
    const std::size_t n = rows * width;
    const Floats x = test::random_floats(activation().inputs() * n, 7, 3), dout = test::random_floats(n, 8);
    Floats out(n), recomputed(n), dx = test::random_floats(x.size(), 9);
    const reference::Activation expected = reference::activation(activation().name);
    const reference::Matrix matrix = test::matrix_of(x, activation().inputs() * width);
    const Doubles expected_dx = test::added(dx, expected.backward(test::matrix_of(dout, width), matrix));
    activation().forward(out.data(), x.data(), rows, width);
    EXPECT_TRUE(test::near(out, test::flat(expected.forward(matrix)), 1e-6));
    activation().recompute_backward(recomputed.data(), {dx.data(), true}, dout.data(), x.data(), rows, width);
    EXPECT_TRUE(test::same_bits(recomputed, out));
    EXPECT_TRUE(test::near(dx, expected_dx, 5e-6));
  });
}

TEST_P(EveryActivation, MayLeaveItsResultsWhereTheGradientWas) {
  for_sizes([&](std::size_t rows, std::size_t width) {
    const std::size_t n = rows * width;
    const Floats x = test::random_floats(activation().inputs() * n, 7, 3), dout = test::random_floats(n, 8);
    Floats out(n), dx(x.size());
    activation().recompute_backward(out.data(), {dx.data(), false}, dout.data(), x.data(), rows, width);
    Floats in_place = dout, written(x.size());
    activation().recompute_backward(in_place.data(), {written.data(), false}, in_place.data(), x.data(), rows,
                                    width);
    EXPECT_TRUE(test::same_bits(in_place, out));
    EXPECT_TRUE(test::same_bits(written, dx));
    if (activation().gated) return;
    in_place = dout;
    activation().recompute_backward(written.data(), {in_place.data(), false}, in_place.data(), x.data(), rows,
                                    width);
    EXPECT_TRUE(test::same_bits(in_place, dx));
  });
}

TEST_P(EveryActivation, IsFoundByItsName) {
  EXPECT_EQ(&mini_llm::activation(activation().name), &activation());
}

INSTANTIATE_TEST_SUITE_P(, EveryActivation, ::testing::ValuesIn(activations()),
                         [](const auto& info) { return info.param->name; });

TEST(Activation, RefusesAnUnknownName) {
  EXPECT_EQ(test::message_of<std::invalid_argument>([] { activation("tanh"); }),
            "There is no activation \"tanh\".");
}

TEST(Gelu, IsZeroOrTheIdentityFarFromZero) {
  const Floats x = {-1e6f, -100, -20, 20, 100, 1e6f};
  Floats out(x.size());
  kGelu.forward(out.data(), x.data(), 1, x.size());
  EXPECT_TRUE(test::near(out, {0, 0, 0, 20, 100, 1e6}, 1e-6));
}

}  // namespace
}  // namespace mini_llm
