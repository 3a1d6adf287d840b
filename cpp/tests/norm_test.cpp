// LayerNorm and RMSNorm against plain formulas in double, on odd sizes.
#include "kernels/norm.h"

#include <cmath>

#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

constexpr std::size_t kWidths[] = {1, 2, 3, 4, 5, 7, 16, 33, 65, 128};
constexpr std::size_t kRows[] = {1, 2, 31, 33, 70};

/// A row's mean and 1/sqrt(variance + eps).
struct Moments {
  double mean = 0, rstd = 0;
  Moments(const float* x, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) mean += x[i] / static_cast<double>(width);
    double variance = 0;
    for (std::size_t i = 0; i < width; ++i)
      variance += (x[i] - mean) * (x[i] - mean) / static_cast<double>(width);
    rstd = 1 / std::sqrt(variance + 1e-5);
  }
};

TEST(LayerNormKernel, ForwardEqualsTheFormula) {
  for (std::size_t width : kWidths)
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 1, 2), weight = test::random_floats(width, 2),
                   bias = test::random_floats(width, 3);
      Floats out(x.size()), mean(rows), rstd(rows), alone(x.size());
      Doubles expected(x.size()), means, rstds;
      for (std::size_t r = 0; r < rows; ++r) {
        const Moments m(&x[r * width], width);
        means.push_back(m.mean);
        rstds.push_back(m.rstd);
        for (std::size_t i = 0; i < width; ++i)
          expected[r * width + i] = (x[r * width + i] - m.mean) * m.rstd * weight[i] + bias[i];
      }
      layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), bias.data(), rows,
                         width);
      layer_norm_forward(alone.data(), nullptr, nullptr, x.data(), weight.data(), bias.data(), rows, width);
      // A row of one element, or nearly equal ones, magnifies the rounding of its mean.
      const double tolerance = width < 3 ? 2e-4 : 4e-6;
      EXPECT_TRUE(test::near(out, expected, tolerance));
      EXPECT_TRUE(test::near(mean, means, 1e-6));
      EXPECT_TRUE(test::near(rstd, rstds, width < 3 ? 1e-3 : 4e-6));
      EXPECT_TRUE(test::same_bits(alone, out));
    }
}

TEST(LayerNormKernel, TakesARowFarFromZero) {
  Floats x = test::random_floats(64, 4);
  Doubles expected(x.size());
  for (float& v : x) v += 1000;
  const Moments m(x.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) expected[i] = (x[i] - m.mean) * m.rstd;
  const Floats ones(64, 1.0f), zeros(64, 0.0f);
  Floats out(64);
  layer_norm_forward(out.data(), nullptr, nullptr, x.data(), ones.data(), zeros.data(), 1, 64);
  EXPECT_TRUE(test::near(out, expected, 2e-4));
}

/// The gradients by the chain rule, row by row: dx through x itself, through the mean and through the
/// variance.
struct Gradients {
  Doubles dx, dweight, dbias;
  Gradients(const Floats& dx0, const Floats& dweight0, const Floats& dbias0, const Floats& dout,
            const Floats& x, const Floats& weight)
      : dx(dx0.begin(), dx0.end()),
        dweight(dweight0.begin(), dweight0.end()),
        dbias(dbias0.begin(), dbias0.end()) {
    const std::size_t width = weight.size();
    const double n = static_cast<double>(width);
    for (std::size_t row = 0; row < x.size(); row += width) {
      const Moments m(&x[row], width);
      double dvariance = 0, dmean = 0;
      for (std::size_t i = 0; i < width; ++i) {
        const double dnormalized = static_cast<double>(dout[row + i]) * weight[i];
        dvariance += dnormalized * (x[row + i] - m.mean) * -0.5 * m.rstd * m.rstd * m.rstd;
        dmean -= dnormalized * m.rstd;
        dweight[i] += dout[row + i] * (x[row + i] - m.mean) * m.rstd;
        dbias[i] += dout[row + i];
      }
      for (std::size_t i = 0; i < width; ++i)
        dx[row + i] += static_cast<double>(dout[row + i]) * weight[i] * m.rstd +
                       dvariance * 2 * (x[row + i] - m.mean) / n + dmean / n;
    }
  }
};

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
      const Gradients expected(dx, dweight, dbias, dout, x, weight);
      Floats mean(rows), rstd(rows), out(x.size());
      layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), dbias.data(), rows,
                         width);
      layer_norm_backward(dx.data(), dweight.data(), dbias.data(), dout.data(), x.data(), mean.data(),
                          rstd.data(), weight.data(), rows, width);
      EXPECT_TRUE(test::near(dx, expected.dx, 1e-5));
      EXPECT_TRUE(test::near(dweight, expected.dweight, 1e-5));
      EXPECT_TRUE(test::near(dbias, expected.dbias, 1e-5));
    }
  }
}

/// A row's 1/sqrt(mean(x²) + eps).
double rms_rstd(const float* x, std::size_t width) {
  double square = 0;
  for (std::size_t i = 0; i < width; ++i) square += static_cast<double>(x[i]) * x[i];
  return 1 / std::sqrt(square / static_cast<double>(width) + 1e-6);
}

TEST(RmsNormKernel, ForwardEqualsTheFormula) {
  for (std::size_t width : kWidths)
    for (std::size_t rows : kRows) {
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(width));
      const Floats x = test::random_floats(rows * width, 11, 2), weight = test::random_floats(width, 12);
      Floats out(x.size()), rstd(rows), alone(x.size());
      Doubles expected(x.size()), rstds;
      for (std::size_t r = 0; r < rows; ++r) {
        rstds.push_back(rms_rstd(&x[r * width], width));
        for (std::size_t i = 0; i < width; ++i)
          expected[r * width + i] = x[r * width + i] * rstds[r] * weight[i];
      }
      rms_norm_forward(out.data(), rstd.data(), x.data(), weight.data(), rows, width);
      rms_norm_forward(alone.data(), nullptr, x.data(), weight.data(), rows, width);
      EXPECT_TRUE(test::near(out, expected, 1e-6));
      EXPECT_TRUE(test::near(rstd, rstds, 1e-6));
      EXPECT_TRUE(test::same_bits(alone, out));
    }
}

TEST(RmsNormKernel, OfZerosIsZero) {
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
      Doubles expected(dx.begin(), dx.end()), expected_weight(dweight.begin(), dweight.end());
      for (std::size_t row = 0; row < x.size(); row += width) {
        const double rstd = rms_rstd(&x[row], width);
        double along = 0;  // the gradient's part along x
        for (std::size_t i = 0; i < width; ++i)
          along += static_cast<double>(dout[row + i]) * weight[i] * x[row + i];
        for (std::size_t i = 0; i < width; ++i) {
          expected[row + i] += static_cast<double>(dout[row + i]) * weight[i] * rstd -
                               along * x[row + i] * rstd * rstd * rstd / static_cast<double>(width);
          expected_weight[i] += dout[row + i] * x[row + i] * rstd;
        }
      }
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
