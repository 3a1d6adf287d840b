// Every activation against its formula in double.
#include "kernels/activation.h"

#include <cmath>

#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

struct Formula {
  const char* name;  // of the activation
  double (*value)(double);
  double (*slope)(double);
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

constexpr double kRoot = 0.7978845608028654;  // sqrt(2/pi)

const Formula kFormulas[] = {
    {"gelu", [](double x) { return 0.5 * x * (1 + std::tanh(kRoot * (x + 0.044715 * x * x * x))); },
     [](double x) {
       const double t = std::tanh(kRoot * (x + 0.044715 * x * x * x));
       return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * kRoot * (1 + 3 * 0.044715 * x * x);
     }},
    {"swiglu", [](double x) { return x * sigmoid(x); },
     [](double x) { return sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)); }},
};

class EveryActivation : public ::testing::TestWithParam<const Activation*> {
 protected:
  const Activation& activation() const { return *GetParam(); }
  const Formula& formula() const {
    for (const Formula& f : kFormulas)
      if (std::string(f.name) == activation().name) return f;
    throw std::logic_error(std::string("kFormulas lacks ") + activation().name);
  }

  /// What the formula gives for x and, added to dx, its gradient.
  struct Expected {
    Doubles out, dx;
  };
  Expected expected(const Floats& x, const Floats& dout, const Floats& dx, std::size_t width) const {
    Expected e{Doubles(dout.size()), Doubles(dx.begin(), dx.end())};
    for (std::size_t i = 0; i < dout.size(); ++i) {
      const std::size_t at = i / width * activation().inputs() * width + i % width;
      const double up = activation().gated ? x[at + width] : 1;
      e.out[i] = formula().value(x[at]) * up;
      e.dx[at] += dout[i] * up * formula().slope(x[at]);
      if (activation().gated) e.dx[at + width] += dout[i] * formula().value(x[at]);
    }
    return e;
  }

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

TEST_P(EveryActivation, IsItsFormulaForwardAndBackward) {
  for_sizes([&](std::size_t rows, std::size_t width) {
    const std::size_t n = rows * width;
    const Floats x = test::random_floats(activation().inputs() * n, 7, 3), dout = test::random_floats(n, 8);
    Floats out(n), recomputed(n), dx = test::random_floats(x.size(), 9);
    const Expected e = expected(x, dout, dx, width);
    activation().forward(out.data(), x.data(), rows, width);
    EXPECT_TRUE(test::near(out, e.out, 1e-6));
    activation().recompute_backward(recomputed.data(), {dx.data(), true}, dout.data(), x.data(), rows, width);
    EXPECT_TRUE(test::same_bits(recomputed, out));
    EXPECT_TRUE(test::near(dx, e.dx, 5e-6));
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
  EXPECT_EQ(
      test::message_of<std::invalid_argument>([] { activation("tanh"); }).find("activation must be one of "),
      0U);
}

TEST(Gelu, IsZeroOrTheIdentityFarFromZero) {
  const Floats x = {-1e6f, -100, -20, 20, 100, 1e6f};
  Floats out(x.size());
  kGelu.forward(out.data(), x.data(), 1, x.size());
  EXPECT_TRUE(test::near(out, {0, 0, 0, 20, 100, 1e6}, 1e-6));
}

}  // namespace
}  // namespace mini_llm
