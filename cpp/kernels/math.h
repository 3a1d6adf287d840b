#pragma once
// exp, log, sin and cos with the same bits on every platform; libm's differ in the last bits.
#include <bit>
#include <cstdint>
#include <limits>

#include "kernels/simd.h"

namespace mini_llm {

/// e^x by range reduction x = n·ln 2 + r and a degree-6 Taylor polynomial of r, |r| <= ln 2 / 2. Relative
/// error below 2.5e-7. Clamped to [-87.3, 88.3], where the result is a normal number; NaN stays NaN.
template <class V>
inline V exp_of(V x) {
  const V clamped = max(min(x, splat_as<V>(constant(88.3f))), splat_as<V>(constant(-87.3f)));
  const float magic = constant(12582912.0f);  // 1.5·2^23: adding it rounds to the nearest integer
  const V shifted = clamped * constant(1.44269504f) + magic;
  const V n = shifted - magic;
  V r = clamped - n * constant(0.693359375f);
  r = r - n * constant(-2.12194440e-4f);
  V p = splat_as<V>(constant(1.0f / 720));
  for (const float coefficient : {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f})
    p = madd(p, r, splat_as<V>(constant(coefficient)));
  using Integers = decltype(x < x);
  const Integers exponent = ((Integers)shifted + constant(127)) << 23;  // the low bits of `shifted` hold n
  return p * (V)exponent;
}

inline f32x4 exp(f32x4 x) { return exp_of(x); }
inline f32x8 exp(f32x8 x) { return exp_of(x); }
inline float exp(float x) { return exp_of(splat(x))[0]; }

/// Natural logarithm of a positive normal number: m·2^e with m in [sqrt(1/2), sqrt(2)), then the series of
/// 2·atanh((m-1)/(m+1)); infinity and NaN stay. Relative error near 1e-15.
inline double log(double x) {
  if (!(x < std::numeric_limits<double>::infinity())) return x;
  std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const double t = (m - 1) / (m + 1);
  const double t2 = t * t;
  double series = 0;
  for (int k = 21; k >= 1; k -= 2) series = series * t2 + 1.0 / k;
  return 2 * t * series + exponent * 0.6931471805599453;
}

/// cos(pi·x) for x in [0, 1], by its Taylor series about the middle of the range. Absolute error below 1e-13.
inline double cos_pi(double x) {
  const double y = 3.141592653589793 * (0.5 - x);  // cos(pi·x) = sin(y), |y| <= pi/2
  const double y2 = y * y;
  double series = 1;
  for (int k = 18; k >= 2; k -= 2) series = 1 - series * y2 / (k * (k + 1.0));
  return y * series;
}

struct SinCos {
  double sin, cos;
};

/// For x from 0 to 1e9: subtracts the nearest multiple of pi/2, then sums Taylor series. Absolute error below
/// 1e-15 + 2e-16·x.
inline SinCos sin_cos(double x) {
  const auto quarters = static_cast<std::int64_t>(x * 0.6366197723675814 + 0.5);
  const auto n = static_cast<double>(quarters);
  const double r = (x - n * 1.5707963267341256) - n * 6.077100506506192e-11;  // pi/2 in two parts
  const double r2 = r * r;
  double s = 1, c = 1;
  for (int k = 14; k >= 2; k -= 2) s = 1 - s * (r2 * (1.0 / (k * (k + 1))));
  for (int k = 15; k >= 1; k -= 2) c = 1 - c * (r2 * (1.0 / (k * (k + 1))));
  s *= r;
  switch (quarters % 4) {
    case 0:
      return {s, c};
    case 1:
      return {c, -s};
    case 2:
      return {-s, -c};
    default:
      return {-c, s};
  }
}

/// base^exponent = e^(exponent·ln base) for a positive base and a result between 1e-300 and 1e300. Relative
/// error near 1e-15, times the exponent of e.
inline double power(double base, double exponent) {
  const double x = exponent * log(base);
  const auto n = static_cast<int>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  const double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;  // ln 2 in two parts
  double series = 1;
  for (int k = 14; k >= 1; --k) series = 1 + series * (r * (1.0 / k));
  return series * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + n) << 52);
}

}  // namespace mini_llm
