#pragma once
// Slopes measured by central differences, to hold gradients against.
#include <functional>

namespace mini_llm::test {

/// The slope of f at 0, from four values: Richardson's extrapolation of central differences with steps h and
/// 2h, whose error is of fourth order in h, so that h can be large enough for float32's rounding not to
/// matter.
inline double slope(const std::function<double(double)>& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

}  // namespace mini_llm::test
