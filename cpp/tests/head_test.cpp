// The head with its loss, against the formulas: logits = x·tableᵀ, cross-entropy, and both gradients.
#include "kernels/head.h"

#include "kernels/random.h"
#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;
using Targets = std::vector<std::int32_t>;

/// Targets of which every fifth is left out.
Targets random_targets(std::size_t rows, std::size_t vocab) {
  Rng rng(1, Stream::batch);
  Targets targets(rows);
  for (std::size_t i = 0; i < rows; ++i)
    targets[i] = i % 5 == 4 ? -1 : static_cast<std::int32_t>(rng.below(vocab));
  return targets;
}

struct Problem {
  std::size_t rows, vocab, width;
  Floats x = test::random_floats(rows * width, 1), table = test::random_floats(vocab * width, 2);
  Targets targets = random_targets(rows, vocab);
  Floats transposed_panels = packed(transposed(table.data(), width), width, vocab),
         panels = packed(row_major(table.data(), width), vocab, width);

  static Floats packed(MatrixView matrix, std::size_t k, std::size_t n) {
    Floats panels(packed_size(k, n));
    pack(panels.data(), matrix, k, n);
    return panels;
  }

  Floats losses(HeadGradients gradients) const {
    Floats losses(rows);
    const HeadTable head{
        {transposed_panels.data(), kPanel * width}, {panels.data(), kPanel * vocab}, vocab, width};
    head_cross_entropy(losses.data(), gradients, x.data(), head, targets.data(), rows);
    return losses;
  }
};

// With a vocabulary of 2000, one block of rows ends before row 200.
const Problem kProblems[] = {{1, 1, 1}, {3, 5, 7}, {50, 33, 8}, {101, 257, 12}, {200, 2000, 6}};

TEST(HeadKernel, LossesAndGradientsEqualTheFormulas) {
  for (const Problem& p : kProblems) {
    Floats dx(p.rows * p.width), dtable(p.vocab * p.width);
    const Floats losses = p.losses({dx.data(), dtable.data(), 0.25f});
    const reference::Matrix x = test::matrix_of(p.x, p.width), table = test::matrix_of(p.table, p.width);
    const reference::Matrix logits = reference::matmul(x, xt::transpose(table));
    EXPECT_TRUE(test::near(losses, test::flat(reference::cross_entropy(logits, p.targets)), 2e-6)) << p.vocab;
    const reference::Matrix dlogits = 0.25 * reference::cross_entropy_backward(logits, p.targets);
    EXPECT_TRUE(test::near(dx, test::flat(reference::matmul(dlogits, table)), 2e-6)) << p.vocab;
    EXPECT_TRUE(test::near(dtable, test::flat(reference::matmul(xt::transpose(dlogits), x)), 2e-6))
        << p.vocab;
  }
}

TEST(HeadKernel, EitherGradientMayBeLeftOut) {
  const Problem& p = kProblems[3];
  Floats dx(p.rows * p.width), dtable(p.vocab * p.width), dx_alone = dx, dtable_alone = dtable;
  const Floats losses = p.losses({dx.data(), dtable.data(), 1});
  EXPECT_EQ(p.losses({dx_alone.data(), nullptr, 1}), losses);
  EXPECT_EQ(p.losses({nullptr, dtable_alone.data(), 1}), losses);
  EXPECT_EQ(p.losses({nullptr, nullptr, 1}), losses);
  EXPECT_EQ(dx_alone, dx);
  EXPECT_EQ(dtable_alone, dtable);
}

}  // namespace
}  // namespace mini_llm
