#pragma once
// Slopes by central differences, to compare gradients with.
#include <cmath>
#include <functional>

#include "tests/support.h"

namespace mini_llm::test {

/// The slope of f at 0, from four values: Richardson's extrapolation of central differences with steps h and
/// 2h, whose error is of fourth order in h, so that h can be large enough for float32's rounding not to
/// matter.
inline double slope(const std::function<double(double)>& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

/// Moves a tensor along a random direction: loss() must change as the tensor's gradient says.
inline void expect_gradient(const std::string& name, Tensor tensor, std::uint32_t seed,
                            const std::function<double()>& loss) {
  const Floats start = values_of(tensor), gradient = gradient_of(tensor);
  const Floats direction = random_floats(start.size(), seed);
  const auto moved = [&](double by) {
    for (std::size_t i = 0; i < start.size(); ++i)
      tensor.data()[i] = start[i] + static_cast<float>(by) * direction[i];
    tensor.mark_modified();
    return loss();
  };
  const double measured = slope(moved, 1.0 / 256);
  moved(0);
  double expected = 0;
  for (std::size_t i = 0; i < start.size(); ++i) expected += gradient[i] * direction[i];
  EXPECT_NEAR(expected, measured, 1e-3 * (1 + std::abs(measured))) << name;
}

}  // namespace mini_llm::test
