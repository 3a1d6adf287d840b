// From logits to tokens: which tokens can come, and how often each does.
#include "generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;

SampleOptions options(double temp, std::size_t top_k, double top_p, std::uint32_t seed = 1) {
  SampleOptions o;
  o.temp = temp;
  o.top_k = top_k;
  o.top_p = top_p;
  o.seed = seed;
  return o;
}

/// Logits of given probabilities.
Floats logits_of(const std::vector<double>& probabilities) {
  Floats logits;
  for (const double p : probabilities) logits.push_back(static_cast<float>(std::log(p)) + 3);
  return logits;
}

constexpr int kDraws = 20000;

std::map<Token, int> draw(const SampleOptions& o, const Floats& logits, int draws = kDraws) {
  Sampler sampler(o);
  std::map<Token, int> counts;
  for (int i = 0; i < draws; ++i) ++counts[sampler.sample(logits.data(), logits.size())];
  return counts;
}

/// Each token as often as expected, within five standard deviations, and no other.
void expect_distribution(const std::map<Token, int>& counts, const std::map<Token, double>& expected) {
  EXPECT_EQ(counts.size(), expected.size());
  for (const auto& [token, p] : expected) {
    const auto found = counts.find(token);
    EXPECT_NEAR(found == counts.end() ? 0 : found->second, kDraws * p,
                5 * std::sqrt(kDraws * p * (1 - p)) + 1)
        << "token " << token;
  }
}

const std::vector<double> kSome = {0.15, 0.5, 0.05, 0.3};

TEST(Sampler, DrawsFromTheSoftmax) {
  expect_distribution(draw(options(1, 0, 1), logits_of(kSome)), {{0, 0.15}, {1, 0.5}, {2, 0.05}, {3, 0.3}});
}

TEST(Sampler, TemperatureFlattensAndSharpens) {
  for (const double temp : {0.5, 2.0}) {
    double total = 0;
    std::map<Token, double> expected;
    for (std::size_t i = 0; i < kSome.size(); ++i) total += std::pow(kSome[i], 1 / temp);
    for (std::size_t i = 0; i < kSome.size(); ++i)
      expected[static_cast<Token>(i)] = std::pow(kSome[i], 1 / temp) / total;
    expect_distribution(draw(options(temp, 0, 1), logits_of(kSome)), expected);
  }
}

TEST(Sampler, TopKKeepsTheLikeliestK) {
  expect_distribution(draw(options(1, 2, 1), logits_of(kSome)), {{1, 0.5 / 0.8}, {3, 0.3 / 0.8}});
  expect_distribution(draw(options(1, 3, 1), logits_of(kSome)),
                      {{0, 0.15 / 0.95}, {1, 0.5 / 0.95}, {3, 0.3 / 0.95}});
  for (const std::size_t all : {0, 4, 5, 1000})
    expect_distribution(draw(options(1, all, 1), logits_of(kSome)),
                        {{0, 0.15}, {1, 0.5}, {2, 0.05}, {3, 0.3}});
}

TEST(Sampler, TopPKeepsTheLikeliestThatTogetherReachP) {
  expect_distribution(draw(options(1, 0, 1e-9), logits_of(kSome)), {{1, 1}});
  expect_distribution(draw(options(1, 0, 0.45), logits_of(kSome)), {{1, 1}});
  expect_distribution(draw(options(1, 0, 0.55), logits_of(kSome)), {{1, 0.5 / 0.8}, {3, 0.3 / 0.8}});
  expect_distribution(draw(options(1, 0, 0.85), logits_of(kSome)),
                      {{0, 0.15 / 0.95}, {1, 0.5 / 0.95}, {3, 0.3 / 0.95}});
  // Of what top-k has left: 0.5 / 0.8 is already more than 0.6.
  expect_distribution(draw(options(1, 2, 0.6), logits_of(kSome)), {{1, 1}});
}

/// What top-p must keep, by sorting everything.
std::map<Token, double> kept_by_sorting(const Floats& logits, double top_p) {
  std::vector<Token> ids(logits.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<Token>(i);
  std::stable_sort(ids.begin(), ids.end(), [&](Token a, Token b) { return logits[a] > logits[b]; });
  double total = 0, kept = 0;
  for (const float x : logits) total += std::exp(static_cast<double>(x));
  std::map<Token, double> result;
  for (std::size_t i = 0; kept < top_p * total; ++i)
    kept += result[ids[i]] = std::exp(double{logits[ids[i]]});
  for (auto& [id, p] : result) p /= kept;
  return result;
}

TEST(Sampler, TopPKeepsOfManyTokensWhatSortingThemWouldKeep) {
  const Floats logits = test::random_floats(300, 2, 2);
  for (const double top_p : {0.3, 0.9})
    expect_distribution(draw(options(1, 0, top_p), logits), kept_by_sorting(logits, top_p));
}

TEST(Sampler, OfManyTokensTopKKeepsTheLikeliest) {
  const Floats logits = test::random_floats(301, 3);
  Floats sorted = logits;
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& [token, count] : draw(options(1, 7, 1), logits)) EXPECT_GE(logits[token], sorted[6]);
  EXPECT_EQ(draw(options(1, 7, 1), logits).size(), 7U);
}

TEST(Sampler, GreedyAndTopOneTakeTheLikeliestAndTheFirstOfEquals) {
  for (const SampleOptions& o : {options(0, 0, 1), options(0, 40, 0.5), options(1, 1, 1), options(5, 1, 1)}) {
    EXPECT_EQ(draw(o, {1, 5, 2, 4}, 50).begin()->first, 1);
    EXPECT_EQ(draw(o, {1, 5, 5, 5}, 50), (std::map<Token, int>{{1, 50}}));
    EXPECT_EQ(draw(o, Floats(256, 0.0f), 50), (std::map<Token, int>{{0, 50}}));
  }
}

TEST(Sampler, OfEqualLogitsTopKKeepsTheLowerIds) {
  expect_distribution(draw(options(1, 3, 1), {0, 2, 2, 2, 2}), {{1, 1.0 / 3}, {2, 1.0 / 3}, {3, 1.0 / 3}});
}

TEST(Sampler, ATemperatureNextToZeroIsGreedy) {
  for (const double temp : {1e-6, 1e-30, 1e-39, 1e-300})
    EXPECT_EQ(draw(options(temp, 0, 1), {1, 5, 2, 4.9f}, 50), (std::map<Token, int>{{1, 50}})) << temp;
}

TEST(Sampler, TheSeedDecides) {
  const Floats logits = test::random_floats(256, 1);
  const auto tokens = [&](std::uint32_t seed) {
    Sampler sampler(options(1, 40, 0.95, seed));
    std::vector<Token> result;
    for (int i = 0; i < 50; ++i) result.push_back(sampler.sample(logits.data(), logits.size()));
    return result;
  };
  EXPECT_EQ(tokens(7), tokens(7));
  EXPECT_NE(tokens(7), tokens(8));
}

TEST(Sampler, RefusesLogitsThatAreNaNOrInfinite) {
  const float bad[] = {std::nanf(""), std::numeric_limits<float>::infinity()};
  for (const float value : bad)
    for (const SampleOptions& o : {options(1, 0, 1), options(0, 0, 1), options(1, 2, 1)})
      for (std::size_t place = 0; place < 4; ++place) {
        Floats logits = {1, 2, 3, 4};
        logits[place] = value;
        test::message_of<std::domain_error>([&] { Sampler(o).sample(logits.data(), 4); });
      }
}

TEST(SampleOptions, OutOfRangeAreRefusedByName) {
  const auto refusal = [](const SampleOptions& o) {
    return test::message_of<std::invalid_argument>([&] { Sampler sampler(o); });
  };
  for (const double temp : {-0.1, 101.0, std::nan(""), HUGE_VAL})
    EXPECT_EQ(refusal(options(temp, 0, 1)).find("temp is "), 0U);
  for (const double top_p : {0.0, -1.0, 1.01, std::nan("")})
    EXPECT_EQ(refusal(options(1, 0, top_p)).find("top_p is "), 0U);
}

}  // namespace
}  // namespace mini_llm
