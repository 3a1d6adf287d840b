// The model: Hugging Face's names and shapes, GPT-2's initialisation, causality, and the gradient of the
// whole.
#include "nn/gpt.h"

#include <cmath>

#include "nn/kv_cache.h"
#include "tests/finite_differences.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;
using Ids = std::vector<std::int32_t>;

Floats logits_of(const Gpt& model, const Ids& ids, std::size_t batch = 1) {
  Tape tape(Tape::Mode::inference);
  Pass pass{tape};
  return test::values_of(model.forward(pass, ids, batch));
}

TEST(Gpt, HasTheNamesAndShapesOfHuggingFace) {
  const std::vector<std::pair<std::string, std::string>> block = {{"ln_1.weight", "[16]"},
                                                                  {"ln_1.bias", "[16]"},
                                                                  {"attn.c_attn.weight", "[16, 48]"},
                                                                  {"attn.c_attn.bias", "[48]"},
                                                                  {"attn.c_proj.weight", "[16, 16]"},
                                                                  {"attn.c_proj.bias", "[16]"},
                                                                  {"ln_2.weight", "[16]"},
                                                                  {"ln_2.bias", "[16]"},
                                                                  {"mlp.c_fc.weight", "[16, 64]"},
                                                                  {"mlp.c_fc.bias", "[64]"},
                                                                  {"mlp.c_proj.weight", "[64, 16]"},
                                                                  {"mlp.c_proj.bias", "[16]"}};
  std::vector<std::pair<std::string, std::string>> expected = {{"wte.weight", "[256, 16]"},
                                                               {"wpe.weight", "[16, 16]"}};
  for (const std::string layer : {"h.0.", "h.1."})
    for (const auto& [name, shape] : block) expected.emplace_back(layer + name, shape);
  expected.emplace_back("ln_f.weight", "[16]");
  expected.emplace_back("ln_f.bias", "[16]");

  std::vector<std::pair<std::string, std::string>> actual;
  const auto model = test::tiny_model();
  for (const auto& [name, tensor] : model->named_parameters())
    actual.emplace_back(name, to_string(tensor.shape()));
  EXPECT_EQ(actual, expected);
}

TEST(Gpt, CountsItsParameters) {
  EXPECT_EQ(count_parameters(test::tiny_config()), test::tiny_model()->n_parameters());
  // GPT-2 small, as published.
  EXPECT_EQ(count_parameters({"gpt2", 50257, 1024, 12, 12, 768}), 124439808U);
}

/// Mean and standard deviation of a parameter.
std::pair<double, double> moments(const Tensor& t) {
  double mean = 0, square = 0;
  for (const float x : test::values_of(t)) {
    mean += x / static_cast<double>(t.size());
    square += static_cast<double>(x) * x / static_cast<double>(t.size());
  }
  return {mean, std::sqrt(square - mean * mean)};
}

TEST(Gpt, IsInitialisedAsGpt2Is) {
  ModelConfig config = test::tiny_config();
  config.n_embd = 64;
  Gpt model(config);
  model.initialize(3);
  for (const auto& [name, parameter] : model.named_parameters()) {
    const auto [mean, deviation] = moments(parameter);
    const bool is_matrix = parameter.shape().size() == 2;
    const double wanted = !is_matrix ? 0 : name.ends_with("c_proj.weight") ? 0.02 / std::sqrt(2 * 2) : 0.02;
    EXPECT_NEAR(deviation, wanted, 0.06 * wanted + 1e-12) << name;
    EXPECT_NEAR(mean, !is_matrix && name.ends_with(".weight") ? 1 : 0, is_matrix ? 2e-3 : 0) << name;
  }
  EXPECT_TRUE(
      test::same_bits(test::weights_of(*test::tiny_model(5)), test::weights_of(*test::tiny_model(5))));
  EXPECT_FALSE(
      test::same_bits(test::weights_of(*test::tiny_model(5)), test::weights_of(*test::tiny_model(6))));
}

TEST(Gpt, StartsNearTheUniformLoss) {
  Tape tape(Tape::Mode::inference);
  Pass pass{tape};
  const Ids ids = {10, 20, 30, 40};
  const Tensor loss = cross_entropy(tape, test::tiny_model()->forward(pass, ids, 1), {20, 30, 40, 50});
  EXPECT_NEAR(loss.data()[0], std::log(256), 0.1);
}

TEST(Gpt, ATokenSeesNoLaterOne) {
  const auto model = test::tiny_model();
  const Floats before = logits_of(*model, {1, 2, 3, 4, 5, 6}), after = logits_of(*model, {1, 2, 3, 9, 5, 6});
  EXPECT_TRUE(
      test::same_bits({before.begin(), before.begin() + 3 * 256}, {after.begin(), after.begin() + 3 * 256}));
  for (std::ptrdiff_t t = 3; t < 6; ++t)
    EXPECT_FALSE(test::same_bits({before.begin() + t * 256, before.begin() + (t + 1) * 256},
                                 {after.begin() + t * 256, after.begin() + (t + 1) * 256}));
}

TEST(Gpt, SequencesOfABatchDoNotSeeEachOther) {
  const auto model = test::tiny_model();
  Floats both = logits_of(*model, {1, 2, 3, 7, 8, 9}, 2), first = logits_of(*model, {1, 2, 3});
  const Floats second = logits_of(*model, {7, 8, 9});
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_TRUE(test::same_bits(both, first));
}

TEST(Gpt, RefusesAContextLongerThanMaxLen) {
  const auto model = test::tiny_model();
  EXPECT_NO_THROW(logits_of(*model, Ids(16, 1)));
  const std::string message = test::message_of<std::length_error>([&] { logits_of(*model, Ids(17, 1)); });
  EXPECT_NE(message.find("17"), std::string::npos);
  EXPECT_NE(message.find("16"), std::string::npos);
}

TEST(Gpt, ThroughTheCacheGivesTheBitsOfTheWholeContext) {
  const auto model = test::tiny_model();
  const Ids ids = {5, 3, 200, 0, 255, 7, 7, 7, 100, 50, 25, 12};
  const Floats whole = logits_of(*model, ids);
  for (const std::vector<std::size_t>& steps : {std::vector<std::size_t>(12, 1), {5, 1, 1, 1, 4}, {12}}) {
    Tape tape(Tape::Mode::inference);
    KvCache cache(model->config());
    Pass pass{tape, {}, &cache};
    Floats pieces;
    auto next = ids.begin();
    for (const std::size_t n : steps) {
      const Ids some(next, next + static_cast<std::ptrdiff_t>(n));
      const Floats logits = test::values_of(model->forward(pass, some, 1));
      pieces.insert(pieces.end(), logits.begin(), logits.end());
      cache.advance(n);
      next += static_cast<std::ptrdiff_t>(n);
    }
    EXPECT_TRUE(test::same_bits(pieces, whole)) << steps.size() << " steps";
  }
}

TEST(Gpt, SequencesOfOneCacheGoOnTogetherAndWithoutThoseThatWereDropped) {
  const auto model = test::tiny_model();
  const Ids prompt = {5, 3, 200}, next = {7, 8, 9}, after = {1, 2};
  Tape tape(Tape::Mode::inference);
  KvCache cache(model->config(), 3);
  Pass pass{tape, {}, &cache};
  model->forward(pass, prompt, 1);
  cache.copy_first();
  cache.advance(3);
  const Floats together = test::values_of(model->forward(pass, next, 3));
  cache.advance(1);
  cache.drop(1);
  const Floats remaining = test::values_of(model->forward(pass, after, 2));
  const auto expected = [&](Ids ids) {
    const Floats whole = logits_of(*model, ids);
    return Floats(whole.end() - 256, whole.end());
  };
  const auto row = [](const Floats& logits, std::ptrdiff_t i) {
    return Floats(logits.begin() + i * 256, logits.begin() + (i + 1) * 256);
  };
  EXPECT_TRUE(test::same_bits(row(together, 0), expected({5, 3, 200, 7})));
  EXPECT_TRUE(test::same_bits(row(together, 1), expected({5, 3, 200, 8})));
  EXPECT_TRUE(test::same_bits(row(together, 2), expected({5, 3, 200, 9})));
  EXPECT_TRUE(test::same_bits(row(remaining, 0), expected({5, 3, 200, 7, 1})));
  EXPECT_TRUE(test::same_bits(row(remaining, 1), expected({5, 3, 200, 9, 2})));
}

/// Each parameter is moved along a random direction; the loss must change as the gradient says.
void check_gradients(float dropout) {
  ModelConfig config{"gpt2", 13, 7, 2, 2, 6};
  Gpt model(config, dropout);
  std::uint32_t seed = 1;
  for (auto& [name, parameter] : model.named_parameters()) {
    const Floats values = test::random_floats(parameter.size(), ++seed, 0.3f);
    const float centre = parameter.shape().size() == 1 && name.ends_with(".weight") ? 1.0f : 0.0f;
    for (std::size_t i = 0; i < values.size(); ++i) parameter.data()[i] = centre + values[i];
    parameter.touch();
  }
  const Ids ids = {1, 12, 3, 0, 5, 7, 7, 2, 4, 6, 8, 10}, targets = {12, 3, -1, 5, 6, 7, 2, 4, 6, 8, 10, 0};
  const auto loss_on = [&](Tape& tape) {
    Pass pass{tape, {9, 0}};
    return cross_entropy(tape, model.forward(pass, ids, 2), targets);
  };
  Tape tape(Tape::Mode::recording);
  tape.backward(loss_on(tape));

  for (auto& [name, parameter] : model.named_parameters()) {
    const Floats start = test::values_of(parameter), direction = test::random_floats(start.size(), ++seed);
    const auto moved = [&](double by) {
      for (std::size_t i = 0; i < start.size(); ++i)
        parameter.data()[i] = start[i] + static_cast<float>(by) * direction[i];
      parameter.touch();
      Tape inference(Tape::Mode::inference);
      return static_cast<double>(loss_on(inference).data()[0]);
    };
    const double measured = test::slope(moved, 1.0 / 256);
    moved(0);
    double expected = 0;
    for (std::size_t i = 0; i < start.size(); ++i) expected += parameter.grad()[i] * direction[i];
    EXPECT_NEAR(expected, measured, 1e-3 * (1 + std::abs(measured))) << name;
  }
}

TEST(Gpt, TheGradientOfTheWholeAgreesWithFiniteDifferences) { check_gradients(0); }
TEST(Gpt, TheGradientOfTheWholeAgreesWithFiniteDifferencesUnderDropout) { check_gradients(0.2f); }

TEST(ModelConfig, IsRefusedWithASentenceWhereNoModelCanHaveIt) {
  const auto refusal = [](auto change) {
    ModelConfig config;
    change(config);
    return test::message_of<std::invalid_argument>([&] { validate(config); });
  };
  EXPECT_NE(refusal([](ModelConfig& c) { c.arch = "bert"; }).find("bert"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_embd = 130; }).find("130"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.vocab_size = 1; }).find("vocab_size"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.max_len = 0; }).find("max_len"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_layer = 0; }).find("n_layer"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_head = 0; }).find("n_head"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_embd = 1 << 20; }).find("n_embd"), std::string::npos);
  EXPECT_NO_THROW(validate(ModelConfig{}));
}

}  // namespace
}  // namespace mini_llm
