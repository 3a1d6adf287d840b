#include "tests/reference_support.h"

namespace mini_llm::test {

reference::Matrix matrix_of(const Floats& values, std::size_t columns) {
  auto result = reference::Matrix::from_shape({values.size() / columns, columns});
  std::copy(values.begin(), values.end(), result.begin());
  return result;
}

reference::Vector vector_of(const Floats& values) {
  auto result = reference::Vector::from_shape({values.size()});
  std::copy(values.begin(), values.end(), result.begin());
  return result;
}

Doubles flat(const reference::Matrix& matrix) { return {matrix.begin(), matrix.end()}; }
Doubles flat(const reference::Vector& vector) { return {vector.begin(), vector.end()}; }

namespace {

Doubles add(const Floats& before, Doubles gradient, double scale) {
  EXPECT_EQ(gradient.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) gradient[i] = before[i] + scale * gradient[i];
  return gradient;
}

}  // namespace

Doubles added(const Floats& before, const reference::Matrix& gradient, double scale) {
  return add(before, flat(gradient), scale);
}
Doubles added(const Floats& before, const reference::Vector& gradient) {
  return add(before, flat(gradient), 1);
}

}  // namespace mini_llm::test
