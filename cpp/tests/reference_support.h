#pragma once
// Between the kernels' floats and the reference's arrays.
#include "reference/reference.h"
#include "tests/support.h"

namespace mini_llm::test {

/// A matrix of that many columns, row by row.
reference::Matrix matrix_of(const Floats& values, std::size_t columns);
reference::Vector vector_of(const Floats& values);

/// All elements, row by row.
Doubles flat(const reference::Matrix& matrix);
Doubles flat(const reference::Vector& vector);

/// before + scale·gradient: the expected result of a kernel that adds to `before`.
Doubles added(const Floats& before, const reference::Matrix& gradient, double scale = 1);
Doubles added(const Floats& before, const reference::Vector& gradient);

}  // namespace mini_llm::test
