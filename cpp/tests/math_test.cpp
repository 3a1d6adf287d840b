// exp, log, sin, cos and power against libm's, with the accuracy that their comments state.
#include "kernels/math.h"

#include <cmath>

#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Exp, IsRightToSevenDigitsOverItsRange) {
  double worst = 0;
  for (double x = -87.3; x <= 88.3; x += 0.0007) {
    const float at = static_cast<float>(x);
    const double expected = std::exp(static_cast<double>(at));
    worst = std::max(worst, std::abs(exp(at) - expected) / expected);
  }
  EXPECT_LT(worst, 2.5e-7);
}

TEST(Exp, MapsZeroToOne) {
  EXPECT_EQ(exp(0.0f), 1.0f);
  EXPECT_EQ(exp(-0.0f), 1.0f);
}

TEST(Exp, StaysANormalNumberOutsideItsRange) {
  for (float x : {-87.4f, -100.0f, -1e30f, -kInfinity}) {
    EXPECT_TRUE(std::isnormal(exp(x))) << x;
    EXPECT_LT(exp(x), 1.3e-38f) << x;
  }
  for (float x : {88.4f, 100.0f, 1e30f, kInfinity}) {
    EXPECT_TRUE(std::isnormal(exp(x))) << x;
    EXPECT_GT(exp(x), 2e38f) << x;
  }
}

TEST(Exp, PassesNaNOnLaneByLane) {
  const f32x4 result = exp(f32x4{std::nanf(""), 1, -kInfinity, 2});
  EXPECT_TRUE(std::isnan(result[0]));
  EXPECT_EQ(result[1], exp(1.0f));
  EXPECT_EQ(result[2], exp(-kInfinity));
  EXPECT_EQ(result[3], exp(2.0f));
}

TEST(Log, IsRightToFifteenDigits) {
  double worst = 0;
  for (double x = 1e-300; x < 1e300; x *= 1.0137) {
    const double expected = std::log(x);
    worst = std::max(worst, std::abs(log(x) - expected) / std::max(std::abs(expected), 1e-3));
  }
  for (double x = 0.5; x < 2; x += 1e-4)
    worst = std::max(worst, std::abs(log(x) - std::log(x)) / std::max(std::abs(std::log(x)), 1e-3));
  EXPECT_LT(worst, 4e-15);
  EXPECT_EQ(log(1.0), 0.0);
}

TEST(Log, PassesInfinityAndNaNOn) {
  EXPECT_EQ(log(static_cast<double>(kInfinity)), static_cast<double>(kInfinity));
  EXPECT_TRUE(std::isnan(log(std::nan(""))));
}

TEST(CosPi, IsRightToThirteenDigits) {
  for (double x = 0; x <= 1; x += 1.0 / 4096)
    EXPECT_NEAR(cos_pi(x), std::cos(3.14159265358979323846 * x), 1e-13) << x;
}

TEST(SinCos, AreAccurateAtAllPositionsOfALongText) {
  for (double x = 0; x < 50; x += 1.0 / 512) {
    EXPECT_NEAR(sin_cos(x).sin, std::sin(x), 2e-15) << x;
    EXPECT_NEAR(sin_cos(x).cos, std::cos(x), 2e-15) << x;
  }
  for (double x = 50; x < 1e8; x *= 1.00137) {
    EXPECT_NEAR(sin_cos(x).sin, std::sin(x), 2e-15 + 4e-16 * x) << x;
    EXPECT_NEAR(sin_cos(x).cos, std::cos(x), 2e-15 + 4e-16 * x) << x;
  }
  EXPECT_EQ(sin_cos(0).sin, 0);
  EXPECT_EQ(sin_cos(0).cos, 1);
}

TEST(Power, IsRightToThirteenDigits) {
  for (const double base : {1.0, 2.0, 50.0, 1e4, 1e6, 0.3})
    for (double exponent = -3; exponent <= 3; exponent += 1.0 / 64) {
      const double expected = std::pow(base, exponent);
      EXPECT_NEAR(power(base, exponent) / expected, 1, 1e-13) << base << " to the " << exponent;
    }
  EXPECT_EQ(power(10000, 0), 1);
}

TEST(Simd, MinMaxSelectAndSumsActOnTheirLanes) {
  const f32x4 a{1, 5, -2, 0}, b{2, 4, -3, 0};
  const f32x4 largest = max(a, b), smallest = min(a, b);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(largest[i], std::max(a[i], b[i]));
    EXPECT_EQ(smallest[i], std::min(a[i], b[i]));
  }
  EXPECT_EQ(max_lanes(a), 5);
  EXPECT_EQ(sum_lanes(a), 4);
  EXPECT_EQ(sqrt(f32x4{4, 9, 16, 2})[3], std::sqrt(2.0f));
}

TEST(Simd, LoopsTakeFourLanesAndThenOne) {
  const Floats x = {1, 2, 3, 4, 5, 6, 7};
  for (std::size_t n = 0; n <= x.size(); ++n) {
    Floats doubled(x.size(), 0.0f);
    for_lanes(n, [&](auto lanes, std::size_t i) {
      const auto v = lanes.load(&x[i]);
      lanes.store(&doubled[i], v + v);
    });
    const float sum = sum_over(n, [&](auto lanes, std::size_t i) { return lanes.load(&x[i]); });
    EXPECT_EQ(sum, static_cast<float>(n * (n + 1) / 2));
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(doubled[i], i < n ? 2 * x[i] : 0);
  }
}

}  // namespace
}  // namespace mini_llm
