// Orthogonalization against its definition and against the reference, and Muon's update against the
// reference.
#include "train/muon.h"

#include <array>
#include <cmath>
#include <set>

#include "kernels/orthogonalize.h"
#include "tests/reference_support.h"
#include "tests/trainer_runs.h"
#include "train/optimizer.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

TEST(Orthogonalize, MakesRowsOrthonormal) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {1, 9}, {3, 3}, {8, 20}, {33, 70}}) {
    Floats x = test::random_floats(m * n, 3);
    orthogonalize(x.data(), m, n);
    const reference::Matrix matrix = test::matrix_of(x, n);
    reference::Vector excess = xt::flatten(reference::matmul(matrix, xt::transpose(matrix)));
    for (std::size_t i = 0; i < m; ++i) excess(i * m + i) -= 1;
    // Each singular value ends within 0.3 of 1, so each eigenvalue of X·Xᵀ - I within 0.7 of 0.
    EXPECT_LT(reference::global_norm({excess}), 0.7 * std::sqrt(static_cast<double>(m))) << m << " x " << n;
  }
}

TEST(Orthogonalize, EqualsTheReference) {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {1, 9}, {3, 3}, {7, 8}, {33, 70}}) {
    Floats x = test::random_floats(m * n, 4, 5);
    const Doubles expected = test::flat(reference::newton_schulz(test::matrix_of(x, n)));
    orthogonalize(x.data(), m, n);
    EXPECT_TRUE(test::near(x, expected, 1e-4)) << m << " x " << n;
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

/// `width` columns from `first` on of a weight [rows, columns], as the matrix [in, out].
reference::Matrix part_of(const Floats& whole, std::size_t columns, std::size_t first, std::size_t width,
                          Layout layout) {
  const reference::Matrix matrix = test::matrix_of(whole, columns);
  const auto part = xt::view(matrix, xt::all(), xt::range(first, first + width));
  if (layout == Layout::in_out) return part;
  return xt::transpose(part);
}

TEST(Muon, MovesEachPartAsTheReferenceDoes) {
  constexpr double kLr = 0.1, kDecay = 0.2, kScale = 0.5;
  for (const Layout layout : {Layout::in_out, Layout::out_in})
    for (const auto& [rows, columns, parts] :
         {std::array<std::size_t, 3>{6, 10, 1}, {10, 6, 1}, {4, 18, 3}}) {
      HiddenMatrix w = matrix(rows, columns, layout, parts);
      const Floats start = test::values_of(w.weight);
      const Floats gradients[] = {test::gradient_of(w.weight), test::random_floats(start.size(), 3)};
      Muon muon({w}, muon_options(kDecay));
      for (const Floats& gradient : gradients) {
        std::copy(gradient.begin(), gradient.end(), w.weight.grad());
        const Floats before = test::values_of(w.weight);
        muon.step({1, kLr, kScale, [](Tensor& weight) { return weight.grad_memory(); }});
        const float* old = w.weight.grad_memory();
        EXPECT_TRUE(test::same_bits(Floats(old, old + before.size()), before))
            << "the old weights should be where the caller wants them";
      }
      const std::size_t width = columns / parts;
      for (std::size_t first = 0; first < columns; first += width) {
        const auto part = [&, columns = columns](const Floats& whole) {
          return part_of(whole, columns, first, width, layout);
        };
        reference::Matrix expected = part(start), momentum = part(Floats(start.size(), 0.0f));
        for (const Floats& gradient : gradients)
          reference::muon(expected, momentum, kScale * part(gradient), kLr, kDecay);
        const Doubles actual = test::flat(part(test::values_of(w.weight)));
        EXPECT_TRUE(test::near({actual.begin(), actual.end()}, test::flat(expected), 1e-5));
      }
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
