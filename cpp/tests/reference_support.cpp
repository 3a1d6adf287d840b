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

void fill(Module& module) {
  std::uint32_t seed = 1;
  for (auto& [name, parameter] : module.named_parameters()) {
    const Floats values = random_floats(parameter.size(), ++seed, 0.3f);
    const float center = parameter.shape().size() == 1 && name.ends_with(".weight") ? 1.0f : 0.0f;
    for (std::size_t i = 0; i < values.size(); ++i) parameter.data()[i] = center + values[i];
    parameter.mark_modified();
  }
}

reference::Parameters parameters_of(const Module& module, const std::string& prefix) {
  reference::Parameters p;
  for (const auto& [name, tensor] : module.named_parameters())
    if (tensor.shape().size() == 2)
      p.matrices[prefix + name] = matrix_of(values_of(tensor), tensor.dim(1));
    else
      p.vectors[prefix + name] = vector_of(values_of(tensor));
  return p;
}

std::span<const NamedConfig> reference_configs() {
  static const NamedConfig kConfigs[] = {
      {"gpt2", {"gpt2", 37, 21, 2, 3, 15}},
      {"gpt2_one_head", {"gpt2", 11, 9, 1, 1, 5}},
      {"qwen3", {"qwen3", 37, 21, 2, 3, 18, 3, 31}},
      {"qwen3_grouped_queries", {"qwen3", 29, 13, 3, 6, 36, 2, 50, 500.0}},
      {"qwen3_one_key_head", {"qwen3", 37, 21, 2, 4, 24, 1, 7}},
      {"gpt2_swiglu", {"gpt2", 17, 7, 2, 2, 10, 0, 13, 10000, "swiglu"}},
      {"gpt2_untied", {"gpt2", 37, 21, 2, 3, 15, 0, 0, 10000, "default", 0, false}},
      {"qwen3_wide_heads", {"qwen3", 37, 21, 2, 4, 10, 2, 7, 10000, "default", 8}},
      {"qwen3_narrow_heads_untied", {"qwen3", 37, 21, 2, 3, 20, 1, 7, 10000, "default", 2, false}},
      {"qwen3_gelu", {"qwen3", 17, 7, 2, 2, 12, 1, 13, 10000, "gelu"}},
  };
  return kConfigs;
}

}  // namespace mini_llm::test
