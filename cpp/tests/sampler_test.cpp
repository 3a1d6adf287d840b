// From logits to tokens: which tokens can be drawn, and how often.
#include "generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

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

/// Logits with these probabilities.
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

/// Expects each token as often as its probability says, within five standard deviations, and no other token.
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
  // Applied after top-k: 0.5 / 0.8 is already more than 0.6.
  expect_distribution(draw(options(1, 2, 0.6), logits_of(kSome)), {{1, 1}});
}

/// The tokens that top-p must keep, found by sorting all.
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

TEST(Sampler, TopPKeepsTheSameTokensAsSorting) {
  const Floats logits = test::random_floats(300, 2, 2);
  for (const double top_p : {0.3, 0.9})
    expect_distribution(draw(options(1, 0, top_p), logits), kept_by_sorting(logits, top_p));
}

TEST(Sampler, TopKKeepsTheLikeliestOfManyTokens) {
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

TEST(Sampler, TopKKeepsTheLowerIdsOfEqualLogits) {
  expect_distribution(draw(options(1, 3, 1), {0, 2, 2, 2, 2}), {{1, 1.0 / 3}, {2, 1.0 / 3}, {3, 1.0 / 3}});
}

TEST(Sampler, ATemperatureNearZeroIsGreedy) {
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

TEST(Sampler, MinPKeepsTokensWithThatShareOfTheLikeliestsProbability) {
  const auto with = [](double min_p, double temp = 1, std::size_t top_k = 0, double top_p = 1) {
    SampleOptions o = options(temp, top_k, top_p);
    o.min_p = min_p;
    return o;
  };
  const Floats logits = logits_of(kSome);
  expect_distribution(draw(with(1), logits), {{1, 1}});
  expect_distribution(draw(with(0.61), logits), {{1, 1}});
  expect_distribution(draw(with(0.59), logits), {{1, 0.5 / 0.8}, {3, 0.3 / 0.8}});
  expect_distribution(draw(with(0.2), logits), {{0, 0.15 / 0.95}, {1, 0.5 / 0.95}, {3, 0.3 / 0.95}});
  expect_distribution(draw(with(0.05), logits), {{0, 0.15}, {1, 0.5}, {2, 0.05}, {3, 0.3}});
  // After the temperature: at 2 the ratio 0.3 / 0.5 is its square root.
  expect_distribution(draw(with(0.76, 2), logits), {{1, std::sqrt(0.5) / (std::sqrt(0.5) + std::sqrt(0.3))},
                                                    {3, std::sqrt(0.3) / (std::sqrt(0.5) + std::sqrt(0.3))}});
  expect_distribution(draw(with(0.2, 1, 2), logits), {{1, 0.5 / 0.8}, {3, 0.3 / 0.8}});
  expect_distribution(draw(with(0.2, 1, 0, 0.55), logits), {{1, 0.5 / 0.8}, {3, 0.3 / 0.8}});
}

TEST(Sampler, MinPOfOneKeepsAllThatAreEquallyLikely) {
  SampleOptions o = options(1, 0, 1);
  o.min_p = 1;
  expect_distribution(draw(o, {2, 0, 2, 1.9f}), {{0, 0.5}, {2, 0.5}});
}

/// Counts draws after a context.
std::map<Token, int> draw_after(const std::vector<std::int32_t>& context, double penalty,
                                const Floats& logits, double temp = 1) {
  SampleOptions o = options(temp, 0, 1);
  o.repetition_penalty = penalty;
  Sampler sampler(o);
  std::map<Token, int> counts;
  for (int i = 0; i < kDraws; ++i) ++counts[sampler.sample(logits.data(), logits.size(), context)];
  return counts;
}

std::map<Token, double> softmax(const Floats& logits) {
  double total = 0;
  std::map<Token, double> result;
  for (const float x : logits) total += std::exp(double{x});
  for (std::size_t i = 0; i < logits.size(); ++i)
    result[static_cast<Token>(i)] = std::exp(double{logits[i]}) / total;
  return result;
}

TEST(Sampler, TheRepetitionPenaltyDividesPositiveLogitsAndMultipliesNegativeOnesOnce) {
  const Floats logits = {2, -1, 0, 1, -0.5f};
  expect_distribution(draw_after({}, 2, logits), softmax(logits));
  expect_distribution(draw_after({0, 1, 2, 3, 4}, 1, logits), softmax(logits));
  expect_distribution(draw_after({0, 1, 2}, 2, logits), softmax({1, -2, 0, 1, -0.5f}));
  expect_distribution(draw_after({0, 1, 1, 0, 0, 1, 2}, 2, logits), softmax({1, -2, 0, 1, -0.5f}));
  expect_distribution(draw_after({0, 4}, 0.5, logits), softmax({4, -1, 0, 1, -0.25f}));
}

TEST(Sampler, TheRepetitionPenaltyComesBeforeTheTemperatureAndBeforeGreedyChoice) {
  expect_distribution(draw_after({0}, 2, {2, -1, 0.5f}, 0.5), softmax({2, -2, 1}));
  EXPECT_EQ(draw_after({}, 2, {3, 2, 1}, 0), (std::map<Token, int>{{0, kDraws}}));
  EXPECT_EQ(draw_after({0}, 2, {3, 2, 1}, 0), (std::map<Token, int>{{1, kDraws}}));
  EXPECT_EQ(draw_after({0}, 1.5, {3, 2, 1}, 0),
            (std::map<Token, int>{{0, kDraws}}));  // the lower id of equal logits
  EXPECT_EQ(draw_after({0, 1, 2}, 10, {-3, -2, -1}, 0), (std::map<Token, int>{{2, kDraws}}));
}

/// The candidates and their probabilities by plain code: penalty, temperature, top-k, top-p, min-p.
std::map<Token, double> distribution(const SampleOptions& o, Floats logits,
                                     const std::vector<std::int32_t>& context) {
  for (const std::int32_t token : std::set<std::int32_t>(context.begin(), context.end())) {
    const auto penalty = static_cast<float>(o.repetition_penalty);
    float& logit = logits[static_cast<std::size_t>(token)];
    logit = logit > 0 ? logit / penalty : logit * penalty;
  }
  for (float& x : logits) x = static_cast<float>(x / o.temp);
  std::vector<std::pair<double, Token>> likeliest;  // negative weights, so that they sort
  for (const auto& [token, p] : softmax(logits)) likeliest.emplace_back(-p, token);
  std::sort(likeliest.begin(), likeliest.end());
  if (o.top_k > 0 && o.top_k < likeliest.size()) likeliest.resize(o.top_k);
  double total = 0, kept = 0;
  for (const auto& [p, token] : likeliest) total -= p;
  std::map<Token, double> result;
  for (std::size_t i = 0; i < likeliest.size() && (o.top_p == 1 || kept < o.top_p * total); ++i)
    kept += result[likeliest[i].second] = -likeliest[i].first;
  std::erase_if(result, [&](const auto& entry) { return entry.second < -likeliest[0].first * o.min_p; });
  total = 0;
  for (const auto& [token, p] : result) total += p;
  for (auto& [token, p] : result) p /= total;
  return result;
}

TEST(Sampler, AllOptionsTogetherAgreeWithAPlainReference) {
  const Floats logits = test::random_floats(50, 4, 2);
  const std::vector<std::int32_t> context = {0, 3, 3, 17, 40, 41, 42, 17, 49};
  std::set<std::size_t> sizes;
  for (const double temp : {0.7, 1.5})
    for (const std::size_t top_k : {0, 12})
      for (const double top_p : {1.0, 0.8})
        for (const double min_p : {0.0, 0.15})
          for (const double penalty : {1.0, 1.7}) {
            SampleOptions o = options(temp, top_k, top_p);
            o.min_p = min_p;
            o.repetition_penalty = penalty;
            const auto expected = distribution(o, logits, context);
            sizes.insert(expected.size());
            Sampler sampler(o);
            std::map<Token, int> counts;
            for (int i = 0; i < kDraws; ++i) ++counts[sampler.sample(logits.data(), 50, context)];
            for (const auto& [token, count] : counts) {
              ASSERT_EQ(expected.count(token), 1U) << "token " << token;
              const double p = expected.at(token);
              EXPECT_NEAR(count, kDraws * p, 5 * std::sqrt(kDraws * p * (1 - p)) + 1) << "token " << token;
            }
          }
  EXPECT_GE(sizes.size(), 8U);
}

TEST(Sampler, OptionsThatAreOffChangeNoDraw) {
  const Floats logits = test::random_floats(256, 9);
  const auto tokens = [&](const SampleOptions& o, std::uint64_t sample = 0) {
    Sampler sampler(o, sample);
    std::vector<Token> result;
    const std::vector<std::int32_t> context = {1, 2, 3};
    for (int i = 0; i < 50; ++i) result.push_back(sampler.sample(logits.data(), 256, context));
    return result;
  };
  SampleOptions o = options(1, 40, 0.95);
  const std::vector<Token> plain = tokens(o);
  o.min_p = 1e-30;
  o.n = 9;
  EXPECT_EQ(tokens(o), plain);
  EXPECT_NE(tokens(o, 1), plain);  // another sample has other random numbers
  EXPECT_NE(tokens(o, 1), tokens(o, 2));
}

TEST(Sampler, RefusesLogitsThatThePenaltyMakesInfinite) {
  SampleOptions o = options(1, 0, 1);
  o.repetition_penalty = 10;
  const Floats logits = {-3e38f, 1};
  const std::vector<std::int32_t> context = {0};
  test::message_of<std::domain_error>([&] { Sampler(o).sample(logits.data(), 2, context); });
}

TEST(Sampler, TopPOfZeroIsGreedy) {
  const Floats logits = test::random_floats(50, 3);
  const auto largest = std::max_element(logits.begin(), logits.end()) - logits.begin();
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    SampleOptions o = options(1, 0, 0);
    o.seed = seed;
    EXPECT_EQ(Sampler(o).sample(logits.data(), 50), largest);
  }
}

TEST(Sampler, DrawsOnlyAllowedTokensAsIfThereWereNoOthers) {
  const std::size_t n = 40;
  const Floats logits = test::random_floats(n, 5, 3);
  std::vector<std::uint8_t> allowed(n, 0);
  Floats left;
  std::vector<Token> ids;
  for (std::size_t i = 0; i < n; i += 3) {
    allowed[i] = 1;
    left.push_back(logits[i]);
    ids.push_back(static_cast<Token>(i));
  }
  for (const double temp : {0.0, 0.7, 100.0})
    for (const std::size_t top_k : {0, 1, 5, 30, 100})
      for (const double top_p : {0.0, 0.6, 1.0}) {
        SampleOptions o = options(temp, top_k, top_p);
        o.min_p = 0.01;
        Sampler masked(o), plain(o);
        for (int i = 0; i < 30; ++i)
          ASSERT_EQ(masked.sample(logits.data(), n, {}, allowed), ids[plain.sample(left.data(), left.size())])
              << temp << " " << top_k << " " << top_p;
      }
}

TEST(SampleOptions, OutOfRangeAreRefusedWithTheirName) {
  const auto refusal = [](const SampleOptions& o) {
    return test::message_of<std::invalid_argument>([&] { Sampler sampler(o); });
  };
  for (const double temp : {-0.1, 101.0, std::nan(""), HUGE_VAL})
    EXPECT_EQ(refusal(options(temp, 0, 1)).find("temp must be a number "), 0U);
  for (const double top_p : {-0.01, -1.0, 1.01, std::nan("")})
    EXPECT_EQ(refusal(options(1, 0, top_p)).find("top_p must be a number "), 0U);
  SampleOptions o;
  for (const double min_p : {-0.1, 1.01, std::nan("")}) {
    o.min_p = min_p;
    EXPECT_EQ(refusal(o).find("min_p must be a number "), 0U);
  }
  o = {};
  for (const double penalty : {0.0, 0.09, 10.1, -1.0, std::nan("")}) {
    o.repetition_penalty = penalty;
    EXPECT_EQ(refusal(o).find("repetition_penalty must be a number "), 0U);
  }
  o = {};
  for (const std::size_t n : {0, 65}) {
    o.n = n;
    EXPECT_EQ(refusal(o), "n must be a whole number from 1 to 64, not " + std::to_string(n) + ".");
  }
}

}  // namespace
}  // namespace mini_llm
