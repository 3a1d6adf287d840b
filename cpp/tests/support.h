#pragma once
// Shared by the tests: seeded numbers, comparisons that say where arrays differ, and small texts and models.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/parallel.h"
#include "nn/gpt.h"
#include "tensor/tensor.h"
#include "train/options.h"

namespace mini_llm::test {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

/// n normal numbers times scale, from the seed.
Floats random_floats(std::size_t n, std::uint32_t seed, float scale = 1);
/// A tensor of such numbers with requires_grad.
Tensor random_tensor(Shape shape, std::uint32_t seed, float scale = 1);

Floats values_of(const Tensor& tensor);
Floats gradient_of(Tensor tensor);
/// All values of a model's parameters, concatenated.
Floats weights_of(const Module& module);
/// A deep copy.
StateDict copy_of(const StateDict& state);

/// Bitwise equality: -0 is not 0, and NaN equals itself.
::testing::AssertionResult same_bits(const Floats& a, const Floats& b);

/// |actual - expected| <= tolerance · (1 + |expected|) everywhere.
::testing::AssertionResult near(const Floats& actual, const Doubles& expected, double tolerance);

/// Sets the number of threads for a scope.
class ThreadScope {
 public:
  explicit ThreadScope(int n) : before_(threads()) { set_threads(n); }
  ~ThreadScope() { set_threads(before_); }
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;
};

/// Whether this build can run more than one thread.
bool has_threads();

/// Whether this build uses fused multiply-add, so that its last bits may differ from other builds'.
#if defined(MINI_LLM_RELAXED)
inline constexpr bool kRelaxed = true;
#else
inline constexpr bool kRelaxed = false;
#endif

/// A sentence: begins with a capital letter or an option's name and ends with a full stop.
::testing::AssertionResult is_sentence(const std::string& text);

/// The message of the Error that fn throws; "" and a test failure if it throws none.
template <class Error, class Fn>
std::string message_of(const Fn& fn) {
  try {
    fn();
  } catch (const Error& error) {
    EXPECT_TRUE(is_sentence(error.what()));
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

/// English text of `size` bytes.
std::string sample_text(std::size_t size);

/// A byte-level model small enough to train in a test, with initial weights.
ModelConfig tiny_config(const std::string& arch = "gpt2");
std::shared_ptr<Gpt> tiny_model(std::uint32_t seed = 1, float dropout = 0, const std::string& arch = "gpt2");

/// The mean cross-entropy of a batch.
Tensor loss_of(const Gpt& model, ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
               const std::vector<std::int32_t>& targets);

/// Plain options for tests, independent of the defaults: AdamW, a cosine schedule and no early stopping.
TrainOptions plain_options();

/// Defines a fixture for tests that every architecture must pass: GetParam() is its name.
#define DEFINE_FOR_EVERY_ARCHITECTURE(fixture)                     \
  class fixture : public ::testing::TestWithParam<std::string> {}; \
  INSTANTIATE_FOR_EVERY_ARCHITECTURE(fixture)
#define INSTANTIATE_FOR_EVERY_ARCHITECTURE(fixture)                                    \
  INSTANTIATE_TEST_SUITE_P(Architectures, fixture, ::testing::Values("gpt2", "qwen3"), \
                           [](const auto& info) { return info.param; })

}  // namespace mini_llm::test
