// The model in every architecture: Hugging Face's names and shapes, initialization, causality, and gradients.
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
  ForwardContext ctx{tape};
  return test::values_of(model.forward(ctx, ids, batch));
}

DEFINE_FOR_EVERY_ARCHITECTURE(EveryGpt);

using NamesAndShapes = std::vector<std::pair<std::string, std::string>>;

/// The names of the whole model, from those of a block.
NamesAndShapes with_blocks(NamesAndShapes all, const std::string& block_name, const NamesAndShapes& block,
                           const NamesAndShapes& last) {
  for (const std::string layer : {"0.", "1."})
    for (const auto& [name, shape] : block) all.emplace_back(block_name + layer + name, shape);
  all.insert(all.end(), last.begin(), last.end());
  return all;
}

NamesAndShapes names_of_gpt2() {
  return with_blocks({{"wte.weight", "[256, 16]"}, {"wpe.weight", "[16, 16]"}}, "h.",
                     {{"ln_1.weight", "[16]"},
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
                      {"mlp.c_proj.bias", "[16]"}},
                     {{"ln_f.weight", "[16]"}, {"ln_f.bias", "[16]"}});
}

NamesAndShapes names_of_qwen3() {
  return with_blocks({{"model.embed_tokens.weight", "[256, 16]"}}, "model.layers.",
                     {{"input_layernorm.weight", "[16]"},
                      {"self_attn.q_proj.weight", "[16, 16]"},
                      {"self_attn.k_proj.weight", "[8, 16]"},
                      {"self_attn.v_proj.weight", "[8, 16]"},
                      {"self_attn.o_proj.weight", "[16, 16]"},
                      {"self_attn.q_norm.weight", "[8]"},
                      {"self_attn.k_norm.weight", "[8]"},
                      {"post_attention_layernorm.weight", "[16]"},
                      {"mlp.gate_proj.weight", "[48, 16]"},
                      {"mlp.up_proj.weight", "[48, 16]"},
                      {"mlp.down_proj.weight", "[16, 48]"}},
                     {{"model.norm.weight", "[16]"}});
}

TEST_P(EveryGpt, HasTheNamesAndShapesOfHuggingFace) {
  NamesAndShapes actual;
  const auto model = test::tiny_model(1, 0, GetParam());
  for (const auto& [name, tensor] : model->named_parameters())
    actual.emplace_back(name, to_string(tensor.shape()));
  EXPECT_EQ(actual, GetParam() == "gpt2" ? names_of_gpt2() : names_of_qwen3());
}

TEST_P(EveryGpt, CountsItsParameters) {
  EXPECT_EQ(count_parameters(test::tiny_config(GetParam())),
            test::tiny_model(1, 0, GetParam())->n_parameters());
}

TEST(Gpt, CountsTheParametersOfPublishedModels) {
  EXPECT_EQ(count_parameters({"gpt2", 50257, 1024, 12, 12, 768}), 124439808U);  // GPT-2 small
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

TEST_P(EveryGpt, IsInitializedLikeGpt2) {
  ModelConfig config = test::tiny_config(GetParam());
  config.n_embd = 64;
  Gpt model(config);
  model.initialize(3);
  for (const auto& [name, parameter] : model.named_parameters()) {
    const auto [mean, deviation] = moments(parameter);
    const bool is_matrix = parameter.shape().size() == 2;
    const bool onto_residual = name.ends_with("c_proj.weight") || name.ends_with("o_proj.weight") ||
                               name.ends_with("down_proj.weight");
    const double wanted = !is_matrix ? 0 : onto_residual ? 0.02 / std::sqrt(2 * 2) : 0.02;
    EXPECT_NEAR(deviation, wanted, 0.06 * wanted + 1e-12) << name;
    EXPECT_NEAR(mean, !is_matrix && name.ends_with(".weight") ? 1 : 0, is_matrix ? 2e-3 : 0) << name;
  }
  const auto seeded = [](std::uint32_t seed) {
    return test::weights_of(*test::tiny_model(seed, 0, GetParam()));
  };
  EXPECT_TRUE(test::same_bits(seeded(5), seeded(5)));
  EXPECT_FALSE(test::same_bits(seeded(5), seeded(6)));
}

TEST_P(EveryGpt, StartsNearTheUniformLoss) {
  Tape tape(Tape::Mode::inference);
  ForwardContext ctx{tape};
  const Ids ids = {10, 20, 30, 40};
  const Tensor loss = test::loss_of(*test::tiny_model(1, 0, GetParam()), ctx, ids, 1, {20, 30, 40, 50});
  EXPECT_NEAR(loss.data()[0], std::log(256), 0.1);
}

TEST_P(EveryGpt, ATokenSeesNoLaterOne) {
  const auto model = test::tiny_model(1, 0, GetParam());
  const Floats before = logits_of(*model, {1, 2, 3, 4, 5, 6}), after = logits_of(*model, {1, 2, 3, 9, 5, 6});
  EXPECT_TRUE(
      test::same_bits({before.begin(), before.begin() + 3 * 256}, {after.begin(), after.begin() + 3 * 256}));
  for (std::ptrdiff_t t = 3; t < 6; ++t)
    EXPECT_FALSE(test::same_bits({before.begin() + t * 256, before.begin() + (t + 1) * 256},
                                 {after.begin() + t * 256, after.begin() + (t + 1) * 256}));
}

TEST_P(EveryGpt, SequencesOfABatchDoNotSeeEachOther) {
  const auto model = test::tiny_model(1, 0, GetParam());
  Floats both = logits_of(*model, {1, 2, 3, 7, 8, 9}, 2), first = logits_of(*model, {1, 2, 3});
  const Floats second = logits_of(*model, {7, 8, 9});
  first.insert(first.end(), second.begin(), second.end());
  EXPECT_TRUE(test::same_bits(both, first));
}

TEST_P(EveryGpt, RefusesAContextLongerThanSeqLen) {
  const auto model = test::tiny_model(1, 0, GetParam());
  EXPECT_NO_THROW(logits_of(*model, Ids(16, 1)));
  const std::string message = test::message_of<std::length_error>([&] { logits_of(*model, Ids(17, 1)); });
  EXPECT_NE(message.find("17"), std::string::npos);
  EXPECT_NE(message.find("16"), std::string::npos);
}

TEST_P(EveryGpt, ThroughTheCacheGivesTheBitsOfTheWholeContext) {
  const auto model = test::tiny_model(1, 0, GetParam());
  const Ids ids = {5, 3, 200, 0, 255, 7, 7, 7, 100, 50, 25, 12};
  const Floats whole = logits_of(*model, ids);
  for (const std::vector<std::size_t>& steps : {std::vector<std::size_t>(12, 1), {5, 1, 1, 1, 4}, {12}}) {
    Tape tape(Tape::Mode::inference);
    KvCache cache(model->config());
    ForwardContext ctx{tape, {}, &cache};
    Floats pieces;
    auto next = ids.begin();
    for (const std::size_t n : steps) {
      const Ids some(next, next + static_cast<std::ptrdiff_t>(n));
      const Floats logits = test::values_of(model->forward(ctx, some, 1));
      pieces.insert(pieces.end(), logits.begin(), logits.end());
      cache.advance(n);
      next += static_cast<std::ptrdiff_t>(n);
    }
    EXPECT_TRUE(test::same_bits(pieces, whole)) << steps.size() << " steps";
  }
}

TEST(Gpt, SequencesOfOneCacheContinueTogetherAndWithoutDroppedOnes) {
  const auto model = test::tiny_model();
  const Ids prompt = {5, 3, 200}, next = {7, 8, 9}, after = {1, 2};
  Tape tape(Tape::Mode::inference);
  KvCache cache(model->config(), 3);
  ForwardContext ctx{tape, {}, &cache};
  model->forward(ctx, prompt, 1);
  cache.copy_first();
  cache.advance(3);
  const Floats together = test::values_of(model->forward(ctx, next, 3));
  cache.advance(1);
  cache.drop(1);
  const Floats remaining = test::values_of(model->forward(ctx, after, 2));
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

/// Moves each parameter along a random direction: the loss must change as the gradient says.
void check_gradients(const ModelConfig& config, float dropout) {
  Gpt model(config, dropout);
  std::uint32_t seed = 1;
  for (auto& [name, parameter] : model.named_parameters()) {
    const Floats values = test::random_floats(parameter.size(), ++seed, 0.3f);
    const float center = parameter.shape().size() == 1 && name.ends_with(".weight") ? 1.0f : 0.0f;
    for (std::size_t i = 0; i < values.size(); ++i) parameter.data()[i] = center + values[i];
    parameter.mark_modified();
  }
  const Ids ids = {1, 12, 3, 0, 5, 7, 7, 2, 4, 6, 8, 10}, targets = {12, 3, -1, 5, 6, 7, 2, 4, 6, 8, 10, 0};
  const auto loss_on = [&](Tape& tape) {
    ForwardContext ctx{tape, {9, 0}};
    return test::loss_of(model, ctx, ids, 2, targets);
  };
  Tape tape(Tape::Mode::recording);
  tape.backward(loss_on(tape));

  for (auto& [name, parameter] : model.named_parameters())
    test::expect_gradient(name, parameter, ++seed, [&] {
      Tape inference(Tape::Mode::inference);
      return static_cast<double>(loss_on(inference).data()[0]);
    });
}

TEST_P(EveryGpt, TheGradientAgreesWithFiniteDifferences) {
  ModelConfig config{GetParam(), 13, 7, 2, 2, 6};
  if (GetParam() == "qwen3") config = {GetParam(), 13, 7, 2, 4, 8, 2, 10};
  for (const float dropout : {0.0f, 0.2f}) check_gradients(config, dropout);
}

TEST_P(EveryGpt, TheGradientAgreesWithFiniteDifferencesForEveryActivation) {
  for (const Activation* known : activations()) {
    SCOPED_TRACE(known->name);
    ModelConfig config{GetParam(), 13, 6, 1, 1, 4};
    config.n_inner = 6;
    config.activation = known->name;
    EXPECT_EQ(Gpt(config).n_parameters(), count_parameters(config));
    check_gradients(config, 0);
  }
}

TEST(ModelConfig, ZerosStandForTheUsualNumbers) {
  const ModelConfig given = test::tiny_config(), full = Gpt(given).config();
  EXPECT_EQ(given.n_kv_head, 0U);
  EXPECT_EQ(full.n_kv_head, 2U);
  EXPECT_EQ(full.n_inner, 64U);
  EXPECT_EQ(full.activation, "gelu");
  EXPECT_EQ(full, with_defaults(given));
  EXPECT_EQ(with_defaults(full), full);
  ModelConfig gated = test::tiny_config("qwen3");
  gated.n_inner = 0;
  EXPECT_EQ(with_defaults(gated).n_inner, 64U);
  EXPECT_EQ(with_defaults(gated).activation, "swiglu");
}

TEST(ModelConfig, TheActivationDecidesTheUsualWidthOfTheMlp) {
  ModelConfig gated = test::tiny_config("gpt2"), plain = test::tiny_config("qwen3");
  gated.activation = "swiglu";
  plain.activation = "gelu";
  plain.n_inner = 0;
  EXPECT_EQ(with_defaults(gated).n_inner, 64U);
  EXPECT_EQ(with_defaults(plain).n_inner, 64U);
}

TEST(ModelConfig, TheUsualWidthOfTheMlpIsAMultipleOf64) {
  ModelConfig gated, plain;
  gated.activation = "swiglu";
  plain.activation = "gelu";
  gated.n_embd = plain.n_embd = 36;
  EXPECT_EQ(with_defaults(gated).n_inner, 128U);  // above 96
  EXPECT_EQ(with_defaults(plain).n_inner, 192U);  // above 144
  gated.n_embd = plain.n_embd = 384;
  EXPECT_EQ(with_defaults(gated).n_inner, 1024U);
  EXPECT_EQ(with_defaults(plain).n_inner, 1536U);
}

TEST(ModelConfig, AGatedMlpInOneMatrixHasTwoPartsForMuon) {
  ModelConfig config = test::tiny_config("gpt2");
  config.activation = "swiglu";
  const Gpt model(config);
  std::vector<std::size_t> parts;
  for (const HiddenMatrix& matrix : model.hidden_matrices()) {
    if (matrix.name.starts_with("h.0.")) parts.push_back(matrix.parts);
    EXPECT_EQ(matrix.weight.width() % matrix.parts, 0U);
  }
  EXPECT_EQ(parts, (std::vector<std::size_t>{3, 1, 2, 1}));
}

TEST(ModelConfig, RefusesImpossibleShapesOfQwen3) {
  const auto refusal = [](auto change) {
    ModelConfig config = test::tiny_config("qwen3");
    change(config);
    return test::message_of<std::invalid_argument>([&] { validate(config); });
  };
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_embd = 18; }).find("twice n_head"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_head = 4, c.n_kv_head = 3; }).find("try n_kv_head 2"),
            std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_kv_head = 4; }).find("n_kv_head"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_inner = 1 << 20; }).find("n_inner"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.rope_theta = 0.5; }).find("rope_theta"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.rope_theta = std::nan(""); }).find("rope_theta"),
            std::string::npos);
  EXPECT_NO_THROW(validate(test::tiny_config("qwen3")));
}

TEST(ModelConfig, IsRefusedIfNoModelCanHaveIt) {
  const auto refusal = [](auto change) {
    ModelConfig config{"gpt2", 256, 128, 4, 4, 128};
    change(config);
    return test::message_of<std::invalid_argument>([&] { validate(config); });
  };
  EXPECT_NE(refusal([](ModelConfig& c) { c.arch = "bert"; }).find("bert"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_embd = 130; }).find("130"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.vocab_size = 1; }).find("vocab_size"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.seq_len = 0; }).find("seq_len"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_layer = 0; }).find("n_layer"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_head = 0; }).find("n_head"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_embd = 1 << 20; }).find("n_embd"), std::string::npos);
  EXPECT_NE(refusal([](ModelConfig& c) { c.n_kv_head = 2; }).find("n_kv_head"), std::string::npos);
  EXPECT_EQ(
      refusal([](ModelConfig& c) { c.activation = "tanh"; }).find("activation must be one of default, "), 0U);
  EXPECT_NO_THROW(validate(ModelConfig{}));
}

}  // namespace
}  // namespace mini_llm
