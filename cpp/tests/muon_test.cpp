// Orthogonalisation against what defines it, and Muon's update against the paper's steps in plain loops.
#include "train/muon.h"

#include <array>
#include <cmath>
#include <set>

#include "kernels/orthogonalize.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"
#include "train/optimizer.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

/// X·Xᵀ [m, m].
Doubles gram(const Floats& x, std::size_t m, std::size_t n) {
  Doubles result(m * m, 0.0);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < m; ++j)
      for (std::size_t k = 0; k < n; ++k)
        result[i * m + j] += static_cast<double>(x[i * n + k]) * x[j * n + k];
  return result;
}

double frobenius_norm(const Doubles& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

TEST(Orthogonalize, MakesRowsOrthonormal) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {1, 9}, {3, 3}, {8, 20}, {33, 70}}) {
    Floats x = test::random_floats(m * n, 3);
    orthogonalize(x.data(), m, n);
    Doubles product = gram(x, m, n);
    for (std::size_t i = 0; i < m; ++i) product[i * m + i] -= 1;
    // Each singular value ends within 0.3 of 1, so each eigenvalue of X·Xᵀ - I within 0.7 of 0.
    EXPECT_LT(frobenius_norm(product), 0.7 * std::sqrt(static_cast<double>(m))) << m << " x " << n;
  }
}

TEST(Orthogonalize, KeepsTheDirectionsOfADiagonalMatrix) {
  constexpr std::size_t kSize = 12;
  Floats x(kSize * kSize, 0.0f);
  for (std::size_t i = 0; i < kSize; ++i) x[i * kSize + i] = i % 2 == 0 ? 0.5f : -0.02f;
  orthogonalize(x.data(), kSize, kSize);
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j < kSize; ++j)
      EXPECT_NEAR(x[i * kSize + j], i != j ? 0 : i % 2 == 0 ? 1 : -1, i == j ? 0.3 : 1e-5) << i << ", " << j;
}

TEST(Orthogonalize, LeavesZerosAlone) {
  Floats x(6, 0.0f);
  orthogonalize(x.data(), 2, 3);
  EXPECT_EQ(x, Floats(6, 0.0f));
}

/// Muon's learning rate is the step's.
TrainOptions muon_options(double weight_decay) {
  TrainOptions options = test::plain_options();
  options.lr = options.muon_lr = 1;
  options.weight_decay = weight_decay;
  return options;
}

HiddenMatrix matrix(std::size_t rows, std::size_t columns, Layout layout, std::size_t parts) {
  HiddenMatrix result{"w", test::random_tensor({rows, columns}, 1), layout, parts};
  const Floats gradient = test::random_floats(rows * columns, 2);
  std::copy(gradient.begin(), gradient.end(), result.weight.grad());
  return result;
}

TEST(Muon, MovesAlongTheOrthogonalizedMomentumOfEachPart) {
  constexpr double kLr = 0.1, kDecay = 0.2, kScale = 0.5;
  for (const Layout layout : {Layout::in_out, Layout::out_in})
    for (const auto& [rows, columns, parts] :
         {std::array<std::size_t, 3>{6, 10, 1}, {10, 6, 1}, {4, 18, 3}}) {
      HiddenMatrix w = matrix(rows, columns, layout, parts);
      const Floats before = test::values_of(w.weight), gradient = test::gradient_of(w.weight);
      Muon muon({w}, muon_options(kDecay));
      muon.step({1, kLr, kScale, [](Tensor& weight) { return weight.grad_memory(); }});
      const std::size_t width = columns / parts;
      const double by_shape = static_cast<double>(rows) / static_cast<double>(width);
      const double ratio = layout == Layout::out_in ? by_shape : 1 / by_shape;
      for (std::size_t part = 0; part < parts; ++part) {
        const bool turned = rows > width;
        const std::size_t m = turned ? width : rows, n = turned ? rows : width;
        const auto at = [&](std::size_t i, std::size_t j) {  // of the turned part, in the whole
          return turned ? j * columns + part * width + i : i * columns + part * width + j;
        };
        Floats direction(m * n);
        for (std::size_t i = 0; i < m; ++i)
          for (std::size_t j = 0; j < n; ++j)
            direction[i * n + j] = static_cast<float>((0.05 + 0.95 * 0.05) * kScale * gradient[at(i, j)]);
        orthogonalize(direction.data(), m, n);
        for (std::size_t i = 0; i < m; ++i)
          for (std::size_t j = 0; j < n; ++j)
            EXPECT_NEAR(w.weight.data()[at(i, j)],
                        (1 - kLr * kDecay) * before[at(i, j)] -
                            kLr * std::sqrt(std::max(1.0, ratio)) * direction[i * n + j],
                        1e-5);
      }
      const float* old = w.weight.grad_memory();
      EXPECT_TRUE(test::same_bits(Floats(old, old + before.size()), before))
          << "the old weights should be where the caller wants them";
    }
}

TEST(Muon, RemembersEarlierGradients) {
  HiddenMatrix w = matrix(4, 6, Layout::in_out, 1);
  const Floats gradient = test::gradient_of(w.weight);
  Muon muon({w}, muon_options(0));
  muon.step({1, 0.1, 1});
  std::copy(gradient.begin(), gradient.end(), w.weight.grad());
  muon.step({2, 0.1, 1});
  Doubles expected;
  for (const float g : gradient) expected.push_back((0.95 * 0.05 + 0.05) * g);
  EXPECT_TRUE(test::near(test::values_of(muon.state()[0].second), expected, 1e-6));
}

TEST(Muon, MovesTheHiddenMatricesAndAdamWAllTheRest) {
  TrainOptions options = test::short_run(1);
  options.optimizer = "muon";
  const auto model = test::tiny_model();
  const Trainer trainer(test::tiny_config(), options, test::sample_text(600), "");
  std::set<std::string> by_muon, by_adamw;
  for (const auto& [name, tensor] : trainer.optimizer_state()) {
    if (name.starts_with("momentum_buffer.")) by_muon.insert(name.substr(16));
    if (name.starts_with("exp_avg.")) by_adamw.insert(name.substr(8));
  }
  for (const auto& [name, parameter] : model->named_parameters()) {
    const bool hidden = name.starts_with("h.") && parameter.shape().size() == 2;
    EXPECT_EQ(by_muon.contains(name), hidden) << name;
    EXPECT_EQ(by_adamw.contains(name), !hidden) << name;
  }
}

TEST(Muon, LearnsAndDoesNotDependOnThreads) {
  const std::string text = test::sample_text(600);
  TrainOptions options = test::short_run(60);
  options.optimizer = "muon";
  options.muon_lr = 0.03;
  Floats with_one;
  for (int n : {1, 2, 3}) {
    const test::ThreadScope scope(n);
    Trainer trainer(test::tiny_config(), options, text, "");
    const auto events = test::run_all(trainer);
    EXPECT_LT(events.back().train_loss, 3);
    if (n == 1) with_one = test::weights_of(*trainer.model());
    EXPECT_TRUE(test::same_bits(test::weights_of(*trainer.model()), with_one)) << n << " threads";
  }
}

}  // namespace
}  // namespace mini_llm
