// Philox against its authors' known answers (Random123, kat_vectors), and the numbers drawn from it.
#include "kernels/random.h"

#include <cmath>
#include <map>

#include "tests/support.h"

namespace mini_llm {
namespace {

using Block = std::array<std::uint32_t, 4>;

TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox(0, Stream{0}, 0, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(0xffffffff, Stream{0xffffffff}, 0xffffffffffffffff, 0xffffffffffffffff),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0xa4093822, Stream{0x299f31d0}, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, ReadsTheBlocksInOrder) {
  Rng rng(5, Stream::batch, 9);
  for (std::uint64_t block = 0; block < 3; ++block)
    for (const std::uint32_t expected : philox(5, Stream::batch, 9, block))
      EXPECT_EQ(rng.next_u32(), expected);
}

TEST(Rng, SeedsStreamsAndCountersGiveDifferentNumbers) {
  const std::uint32_t first = Rng(1, Stream::init, 0).next_u32();
  EXPECT_NE(Rng(2, Stream::init, 0).next_u32(), first);
  EXPECT_NE(Rng(1, Stream::dropout, 0).next_u32(), first);
  EXPECT_NE(Rng(1, Stream::init, 1).next_u32(), first);
}

TEST(Rng, UniformNumbersFillTheUnitInterval) {
  Rng rng(3, Stream::sample);
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const float x = rng.uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

TEST(Rng, BelowReachesEveryNumberBelowAndNoOther) {
  Rng rng(4, Stream::batch);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  ASSERT_EQ(counts.size(), 7U);
  EXPECT_EQ(counts.rbegin()->first, 6U);
  for (const auto& [value, count] : counts) EXPECT_NEAR(count, 10000, 500) << value;
  EXPECT_EQ(rng.below(1), 0U);
  EXPECT_LT(rng.below(std::uint64_t{1} << 40), std::uint64_t{1} << 40);
}

TEST(Rng, NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  Rng rng(6, Stream::init);
  double moments[5] = {};
  constexpr int kCount = 200000;
  for (int i = 0; i < kCount; ++i) {
    const double x = rng.normal();
    for (int power = 1; power <= 4; ++power) moments[power] += std::pow(x, power) / kCount;
  }
  EXPECT_NEAR(moments[1], 0, 0.01);
  EXPECT_NEAR(moments[2], 1, 0.015);
  EXPECT_NEAR(moments[3], 0, 0.03);
  EXPECT_NEAR(moments[4], 3, 0.1);
}

}  // namespace
}  // namespace mini_llm
