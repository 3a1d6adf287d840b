// LayerNorm and RMSNorm against the reference, on odd sizes.
#include "kernels/norm.h"

#include <cmath>

#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

constexpr std::size_t kWidths[] = {1, 2, 3, 4, 5, 7, 16, 33, 65, 128};
constexpr std::size_t kRows[] = {1, 2, 31, 33, 70};

TEST(LayerNormKernel, ForwardEqualsTheFormula) {
  for (std::size_t width : kWidths)
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 1, 2), weight = test::random_floats(width, 2),
                   bias = test::random_floats(width, 3);
      Floats out(x.size()), mean(rows), rstd(rows), alone(x.size());
      const reference::Matrix matrix = test::matrix_of(x, width);
      const reference::Normalized normalized = reference::normalize(matrix);
      const reference::Matrix expected =
          reference::layer_norm(matrix, test::vector_of(weight), test::vector_of(bias));
      layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), bias.data(), rows,
                         width);
      layer_norm_forward(alone.data(), nullptr, nullptr, x.data(), weight.data(), bias.data(), rows, width);
      // A row of one element, or nearly equal ones, magnifies the rounding of its mean.
      const double tolerance = width < 3 ? 2e-4 : 4e-6;
      EXPECT_TRUE(test::near(out, test::flat(expected), tolerance));
      EXPECT_TRUE(test::near(mean, test::flat(normalized.mean), 1e-6));
      EXPECT_TRUE(test::near(rstd, test::flat(normalized.rstd), width < 3 ? 1e-3 : 4e-6));
      EXPECT_TRUE(test::same_bits(alone, out));
    }
}

TEST(LayerNormKernel, TakesARowFarFromZero) {
  Floats x = test::random_floats(64, 4);
  for (float& v : x) v += 1000;
  const Doubles expected = test::flat(reference::normalize(test::matrix_of(x, 64)).values);
  const Floats ones(64, 1.0f), zeros(64, 0.0f);
  Floats out(64);
  layer_norm_forward(out.data(), nullptr, nullptr, x.data(), ones.data(), zeros.data(), 1, 64);
  EXPECT_TRUE(test::near(out, expected, 2e-4));
}

TEST(LayerNormKernel, BackwardEqualsTheFormulaAndAdds) {
  for (std::size_t width : kWidths) {
    if (width < 3)
      continue;  // ill-conditioned: 1/sqrt(eps) magnifies rounding; the finite differences cover it
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 5, 2), dout = test::random_floats(rows * width, 6),
                   weight = test::random_floats(width, 7);
      Floats dx = test::random_floats(x.size(), 8), dweight = test::random_floats(width, 9),
             dbias = test::random_floats(width, 10);
      const reference::NormGradients gradients = reference::layer_norm_backward(
          test::matrix_of(dout, width), test::matrix_of(x, width), test::vector_of(weight));
      const Doubles expected = test::added(dx, gradients.x),
                    expected_weight = test::added(dweight, gradients.weight),
                    expected_bias = test::added(dbias, gradients.bias);
      Floats mean(rows), rstd(rows), out(x.size());
      layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), dbias.data(), rows,
                         width);
      layer_norm_backward(dx.data(), dweight.data(), dbias.data(), dout.data(), x.data(), mean.data(),
                          rstd.data(), weight.data(), rows, width);
      EXPECT_TRUE(test::near(dx, expected, 1e-5));
      EXPECT_TRUE(test::near(dweight, expected_weight, 1e-5));
      EXPECT_TRUE(test::near(dbias, expected_bias, 1e-5));
    }
  }
}

TEST(RmsNormKernel, ForwardEqualsTheFormula) {
  for (std::size_t width : kWidths)
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 11, 2), weight = test::random_floats(width, 12);
      Floats out(x.size()), rstd(rows), alone(x.size());
      const reference::Matrix matrix = test::matrix_of(x, width);
      const reference::Normalized normalized = reference::normalize_rms(matrix);
      const Doubles expected = test::flat(reference::rms_norm(matrix, test::vector_of(weight)));
      rms_norm_forward(out.data(), rstd.data(), x.data(), weight.data(), rows, width);
      rms_norm_forward(alone.data(), nullptr, x.data(), weight.data(), rows, width);
      EXPECT_TRUE(test::near(out, expected, 1e-6));
      EXPECT_TRUE(test::near(rstd, test::flat(normalized.rstd), 1e-6));
      EXPECT_TRUE(test::same_bits(alone, out));
    }
}

TEST(RmsNormKernel, MapsZerosToZeros) {
  const Floats zeros(9, 0.0f), ones(9, 1.0f);
  Floats out(9);
  rms_norm_forward(out.data(), nullptr, zeros.data(), ones.data(), 1, 9);
  EXPECT_EQ(out, zeros);
}

TEST(RmsNormKernel, BackwardEqualsTheFormulaAndAdds) {
  for (std::size_t width : kWidths)
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 13, 2), dout = test::random_floats(rows * width, 14),
                   weight = test::random_floats(width, 15);
      Floats dx = test::random_floats(x.size(), 16), dweight = test::random_floats(width, 17);
      const reference::NormGradients gradients = reference::rms_norm_backward(
          test::matrix_of(dout, width), test::matrix_of(x, width), test::vector_of(weight));
      const Doubles expected = test::added(dx, gradients.x),
                    expected_weight = test::added(dweight, gradients.weight);
      Floats rstd(rows), out(x.size());
      rms_norm_forward(out.data(), rstd.data(), x.data(), weight.data(), rows, width);
      rms_norm_backward(dx.data(), dweight.data(), dout.data(), x.data(), rstd.data(), weight.data(), rows,
                        width);
      EXPECT_TRUE(test::near(dx, expected, width == 1 ? 1e-4 : 1e-5));
      EXPECT_TRUE(test::near(dweight, expected_weight, 1e-5));
    }
}

}  // namespace
}  // namespace mini_llm
