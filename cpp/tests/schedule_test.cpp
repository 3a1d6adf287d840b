// The learning rate's warm-up and decay.
#include "train/schedule.h"

#include <cmath>

#include "tests/support.h"

namespace mini_llm {
namespace {

TrainOptions options(std::size_t warmup, std::size_t steps) {
  TrainOptions o = test::plain_options();
  o.lr = 1e-3;
  o.min_lr = 1e-4;
  o.warmup_steps = warmup;
  o.max_steps = steps;
  return o;
}

TEST(Schedule, WarmsUpInALineToLr) {
  const TrainOptions o = options(4, 100);
  for (std::size_t step = 0; step < 4; ++step)
    EXPECT_DOUBLE_EQ(learning_rate(o, step), 1e-3 * static_cast<double>(step + 1) / 5);
  EXPECT_NEAR(learning_rate(o, 4), 1e-3, 1e-15);
}

TEST(Schedule, FallsAlongHalfACosineToMinLr) {
  const TrainOptions o = options(10, 110);
  for (std::size_t step = 10; step < 110; ++step) {
    const double progress = static_cast<double>(step - 10) / 100;
    const double expected = 1e-4 + 0.5 * (1 + std::cos(3.14159265358979 * progress)) * 9e-4;
    EXPECT_NEAR(learning_rate(o, step), expected, 1e-15) << step;
  }
  EXPECT_NEAR(learning_rate(o, 60), 5.5e-4, 1e-15);
  EXPECT_EQ(learning_rate(o, 110), 1e-4);
  EXPECT_EQ(learning_rate(o, 100000), 1e-4);
}

TEST(Schedule, NeedsNoWarmUpAndNoWayDown) {
  EXPECT_NEAR(learning_rate(options(0, 10), 0), 1e-3, 1e-15);
  EXPECT_NEAR(learning_rate(options(0, 1), 0), 1e-3, 1e-15);
  // A warm-up longer than the run never reaches lr.
  for (std::size_t step = 0; step < 10; ++step) EXPECT_LT(learning_rate(options(50, 10), step), 2.2e-4);
  TrainOptions constant = options(0, 10);
  constant.min_lr = constant.lr;
  for (std::size_t step = 0; step < 12; ++step) EXPECT_DOUBLE_EQ(learning_rate(constant, step), 1e-3);
}

TEST(Schedule, FallsInALineToMinLr) {
  TrainOptions o = options(10, 110);
  o.schedule = "linear";
  for (std::size_t step = 10; step <= 110; ++step)
    EXPECT_NEAR(learning_rate(o, step), 1e-3 - 9e-4 * static_cast<double>(step - 10) / 100, 1e-15);
}

TEST(Schedule, StaysAndThenFallsWithWsd) {
  TrainOptions o = options(10, 110);
  o.schedule = "wsd";
  o.decay_fraction = 0.25;
  for (std::size_t step = 10; step <= 85; ++step) EXPECT_NEAR(learning_rate(o, step), 1e-3, 1e-15);
  for (std::size_t step = 85; step <= 110; ++step)
    EXPECT_NEAR(learning_rate(o, step), 1e-3 - 9e-4 * static_cast<double>(step - 85) / 25, 1e-15);
  TrainOptions longer = o;
  longer.max_steps = 1010;  // the stable part is unchanged
  for (std::size_t step = 0; step <= 85; ++step)
    EXPECT_EQ(learning_rate(longer, step), learning_rate(o, step));
  o.decay_fraction = 0;
  EXPECT_NEAR(learning_rate(o, 109), 1e-3, 1e-15);
}

}  // namespace
}  // namespace mini_llm
