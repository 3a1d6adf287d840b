// What a model computes on the way to its next token, against the reference, the sampler and models with
// zeroed weights.
#include "generate/inspect.h"

#include <cmath>
#include <map>

#include "generate/generator.h"
#include "kernels/random.h"
#include "nn/architecture.h"
#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;
using Tokens = std::vector<Token>;
using Off = std::vector<std::uint8_t>;

class Inspect : public ::testing::TestWithParam<test::NamedConfig> {
 protected:
  Inspect() : model_(GetParam().config) {
    test::fill(model_);
    Rng rng(1, Stream::batch);
    for (std::size_t i = 0; i < config().seq_len; ++i)
      tokens_.push_back(static_cast<Token>(rng.below(static_cast<std::uint32_t>(config().vocab_size))));
  }

  const ModelConfig& config() const { return model_.config(); }
  reference::Ids ids() const { return {tokens_.begin(), tokens_.end()}; }
  /// Everything on but part `part` of a layer; part n_head is the layer.
  Off without(std::size_t layer, std::size_t part) const {
    Off off(config().n_layer * (config().n_head + 1), 0);
    off[layer * (config().n_head + 1) + part] = 1;
    return off;
  }
  /// The cross-entropy by the reference's softmax.
  static double loss_by_formula(Gpt& model, const Tokens& tokens) {
    const Floats logits = test::values_of(logits_of(model, tokens));
    reference::Ids targets(tokens.begin() + 1, tokens.end());
    targets.push_back(-1);
    const Doubles losses =
        test::flat(reference::cross_entropy(test::matrix_of(logits, model.config().vocab_size), targets));
    double total = 0;
    for (const double loss : losses) total += loss;
    return total / static_cast<double>(tokens.size() - 1);
  }

  Gpt model_;
  Tokens tokens_;
};

INSTANTIATE_TEST_SUITE_P(Architectures, Inspect, ::testing::ValuesIn(test::reference_configs()),
                         [](const auto& info) { return info.param.name; });

TEST_P(Inspect, AttentionIsTheReferencesAndItsRowsSumToOne) {
  const std::size_t time = tokens_.size();
  const reference::Parameters parameters = test::parameters_of(model_);
  for (std::size_t layer = 0; layer < config().n_layer; ++layer) {
    const Floats actual = test::values_of(attention_of(model_, {tokens_}, layer));
    ASSERT_EQ(actual.size(), config().n_head * time * time);
    Doubles expected;
    for (const reference::Matrix& head : reference::layer_attention(parameters, config(), ids(), layer))
      expected.insert(expected.end(), head.begin(), head.end());
    EXPECT_TRUE(test::near(actual, expected, 1e-5)) << "layer " << layer;
    for (std::size_t row = 0; row < config().n_head * time; ++row) {
      double sum = 0;
      for (std::size_t j = 0; j < time; ++j) {
        if (j > row % time) {
          EXPECT_EQ(actual[row * time + j], 0);  // causal
        }
        sum += actual[row * time + j];
      }
      EXPECT_NEAR(sum, 1, 1e-5);
    }
  }
}

TEST_P(Inspect, TheLensAgreesWithTheReferenceAfterEveryLayer) {
  const reference::Parameters parameters = test::parameters_of(model_);
  for (std::size_t layers = 0; layers <= config().n_layer; ++layers)
    EXPECT_TRUE(test::near(test::values_of(logits_of(model_, {tokens_}, layers)),
                           test::flat(reference::lens_logits(parameters, config(), ids(), layers)), 3e-5))
        << layers;
}

TEST_P(Inspect, TheLensAfterTheLastLayerGivesTheBitsOfTheModel) {
  for (const bool int8 : {false, true}) {
    Tape tape(Tape::Mode::inference, int8);
    ForwardContext ctx{tape};
    EXPECT_TRUE(test::same_bits(test::values_of(logits_of(model_, {tokens_}, config().n_layer, int8)),
                                test::values_of(model_.forward(ctx, ids(), 1))));
  }
}

TEST_P(Inspect, TheLossIsTheCrossEntropyOfTheTokensThatFollow) {
  EXPECT_NEAR(loss_of(model_, {tokens_}), loss_by_formula(model_, tokens_), 1e-4);
}

TEST_P(Inspect, AHeadThatIsOffIsOneWithoutOutputWeights) {
  const std::size_t dim = config().head_dim;
  for (std::size_t layer = 0; layer < config().n_layer; ++layer)
    for (std::size_t head = 0; head < config().n_head; ++head) {
      Gpt zeroed(GetParam().config);
      zeroed.load_state_dict(model_.state_dict());
      const Architecture& arch = architecture(config().arch);
      const std::string name = arch.names.block + std::to_string(layer) + "." + arch.names.attention + "." +
                               arch.names.attention_out + ".weight";
      for (auto& [key, weight] : zeroed.state_dict()) {
        if (key != name) continue;
        const bool by_rows = arch.layout == Layout::in_out;  // a row an input, or a column an input
        for (std::size_t i = 0; i < weight.dim(0); ++i)
          for (std::size_t j = 0; j < weight.dim(1); ++j)
            if ((by_rows ? i : j) / dim == head) weight.data()[i * weight.dim(1) + j] = 0;
        weight.mark_modified();
      }
      const Off off = without(layer, head);
      const double ablated = loss_of(model_, {tokens_, off});
      EXPECT_NEAR(ablated, loss_of(zeroed, {tokens_}), 1e-6);
      EXPECT_GT(std::abs(ablated - loss_of(model_, {tokens_})), 1e-4);
      EXPECT_TRUE(test::near(
          test::values_of(logits_of(model_, {tokens_, off}, config().n_layer)),
          [&] {
            const Floats values = test::values_of(logits_of(zeroed, tokens_));
            return Doubles(values.begin(), values.end());
          }(),
          1e-5));
    }
}

TEST_P(Inspect, ALayerThatIsOffPassesItsInputOn) {
  // Without the last layer the model says what the lens says before it.
  const std::size_t last = config().n_layer - 1;
  const Off off = without(last, config().n_head);
  EXPECT_TRUE(test::same_bits(test::values_of(logits_of(model_, {tokens_, off}, config().n_layer)),
                              test::values_of(logits_of(model_, {tokens_}, last))));
  EXPECT_GT(std::abs(loss_of(model_, {tokens_, off}) - loss_of(model_, {tokens_})), 1e-4);
}

TEST_P(Inspect, LooksWithoutChangingAWeightOrTheMode) {
  const Floats before = test::weights_of(model_);
  model_.train();
  attention_of(model_, {tokens_}, 0);
  loss_of(model_, {tokens_, without(0, 0)});
  EXPECT_TRUE(model_.training());
  EXPECT_TRUE(test::same_bits(test::weights_of(model_), before));
}

TEST_P(Inspect, RefusesWhatDoesNotFitInASentence) {
  const auto message = [](const auto& fn) { return test::message_of<std::invalid_argument>(fn); };
  EXPECT_NE(message([&] { loss_of(model_, {Tokens(1, 0)}); }).find("two tokens"), std::string::npos);
  EXPECT_NE(message([&] { attention_of(model_, {tokens_}, 7); }).find("Layer 7"), std::string::npos);
  EXPECT_NE(message([&] { logits_of(model_, Tokens()); }).find("not 0"), std::string::npos);
  const Off odd(3, 0);
  EXPECT_NE(message([&] { loss_of(model_, {tokens_, odd}); }).find("not for 3"), std::string::npos);
}

// ---- candidates ----

std::shared_ptr<Gpt> lively_model(const std::string& arch) {
  const auto model = test::tiny_model(1, 0, arch);
  test::fill(*model);
  return model;
}

std::map<Token, double> candidates_after(Gpt& model, const std::string& text, const SampleOptions& options) {
  const TokenizerPtr tokenizer = byte_tokenizer();
  const Tokens context = tokenizer->encode(text);
  const Tensor all = logits_of(model, context);
  const std::size_t vocab = all.width();
  const Tensor found =
      candidates_of({all.data() + (context.size() - 1) * vocab, vocab}, context, options, tokenizer);
  std::map<Token, double> result;
  for (std::size_t i = 0; i < found.dim(0); ++i)
    result[static_cast<Token>(found.data()[2 * i])] = found.data()[2 * i + 1];
  return result;
}

SampleOptions filters(double temp, std::size_t top_k, double top_p, double min_p, double penalty) {
  SampleOptions options;
  options.temp = temp;
  options.top_k = top_k;
  options.top_p = top_p;
  options.min_p = min_p;
  options.repetition_penalty = penalty;
  options.max_new_tokens = 1;
  options.n = 64;
  return options;
}

DEFINE_FOR_EVERY_ARCHITECTURE(Candidates);

TEST_P(Candidates, AreWhatTheGeneratorDraws) {
  const auto model = lively_model(GetParam());
  const std::string prompt = "a quick fox";
  constexpr int kSeeds = 30, kDraws = kSeeds * 64;
  for (SampleOptions options :
       {filters(1, 0, 1, 0, 1), filters(0.7, 5, 1, 0, 1), filters(2, 0, 0.8, 0, 1),
        filters(1, 0, 1, 0.1, 1.5), filters(0, 40, 1, 0, 1), filters(3, 30, 0.9, 0.05, 2)}) {
    const std::map<Token, double> expected = candidates_after(*model, prompt, options);
    double sum = 0;
    for (const auto& [token, p] : expected) sum += p;
    EXPECT_NEAR(sum, 1, 1e-5);
    std::map<Token, int> counts;
    for (options.seed = 0; options.seed < kSeeds; ++options.seed) {
      Generator generator(model, options, prompt);
      // A character of several bytes is shown as soon as its first byte is drawn.
      for (const GenerateEvent::Sample& sample : generator.advance(0).samples)
        ++counts[static_cast<unsigned char>(sample.bytes[0])];
    }
    for (const auto& [token, count] : counts) EXPECT_TRUE(expected.contains(token)) << token;
    for (const auto& [token, p] : expected)
      EXPECT_NEAR(counts[token], kDraws * p, 5 * std::sqrt(kDraws * p * (1 - p)) + 1) << token;
  }
}

TEST_P(Candidates, KeepTheTextValidUtf8) {
  const auto model = lively_model(GetParam());
  const SampleOptions options = filters(1, 0, 1, 0, 1);
  for (const auto& [token, p] : candidates_after(*model, "\xed", options)) {
    EXPECT_GE(token, 0x80);
    EXPECT_LE(token, 0x9f);  // no surrogates
  }
  for (const auto& [token, p] : candidates_after(*model, "a", options))
    EXPECT_FALSE(token >= 0x80 && token < 0xc2);
}

TEST_P(Inspect, EmbeddingsAreTheRowsOfTheTable) {
  const Tokens wanted = {3, 0, 3, static_cast<Token>(config().vocab_size - 1)};
  const Tensor rows = embeddings_of(model_, wanted);
  ASSERT_EQ(rows.shape(), (Shape{wanted.size(), config().n_embd}));
  const Tensor table = model_.named_parameters()[0].second;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    for (std::size_t j = 0; j < config().n_embd; ++j)
      EXPECT_EQ(rows.data()[i * config().n_embd + j], table.data()[wanted[i] * config().n_embd + j]);
  EXPECT_EQ(embeddings_of(model_, {}).size(), 0u);
  const Tokens foreign = {static_cast<Token>(config().vocab_size)};
  EXPECT_THROW(embeddings_of(model_, foreign), std::invalid_argument);
}

}  // namespace
}  // namespace mini_llm
