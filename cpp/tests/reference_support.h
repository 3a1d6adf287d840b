#pragma once
// Between the kernels' floats and the reference's arrays.
#include <span>

#include "reference/transformer.h"
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

/// Larger numbers than Gpt::initialize's, so that no part of a model drowns in the others; norms' weights
/// about 1.
void fill(Module& module);

reference::Parameters parameters_of(const Module& module, const std::string& prefix = "");

struct NamedConfig {
  const char* name;
  ModelConfig config;
};

/// Odd sizes: each architecture, with and without heads that share keys and values, and with the other's
/// activation.
std::span<const NamedConfig> reference_configs();

}  // namespace mini_llm::test
