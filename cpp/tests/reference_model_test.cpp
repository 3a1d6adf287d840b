// Both architectures whole, blocks and logits, and ten steps of training, against the reference.
#include "kernels/random.h"
#include "kernels/rotary.h"
#include "nn/architecture.h"
#include "nn/kv_cache.h"
#include "reference/transformer.h"
#include "tests/reference_support.h"
#include "train/optimizer.h"
#include "train/trained_parameters.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;
using Ids = std::vector<std::int32_t>;

/// The angles of positions 0 to time - 1, as Block reads them.
Tensor rotary_angles(Tape& tape, const ModelConfig& config, std::size_t time) {
  Floats frequencies(config.head_dim / 2);
  rotary_frequencies(frequencies.data(), config.head_dim, config.rope_theta);
  Tensor table = tape.make({time, config.head_dim});
  rotary_table(table.data(), 0, time, frequencies.data(), config.head_dim);
  return table;
}

class ReferenceModel : public ::testing::TestWithParam<test::NamedConfig> {
 protected:
  ReferenceModel() : model_(GetParam().config) { test::fill(model_); }

  const ModelConfig& config() const { return model_.config(); }
  Ids random_ids(std::size_t n) const {
    Rng rng(1, Stream::batch);
    Ids ids(n);
    for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(config().vocab_size));
    return ids;
  }

  Gpt model_;
};

INSTANTIATE_TEST_SUITE_P(Architectures, ReferenceModel, ::testing::ValuesIn(test::reference_configs()),
                         [](const auto& info) { return info.param.name; });

TEST_P(ReferenceModel, ABlockAgrees) {
  const Architecture& arch = architecture(config().arch);
  Block block(config(), arch, 0);
  test::fill(block);
  const std::size_t time = config().seq_len;
  const Tensor x = test::random_tensor({1, time, config().n_embd}, 5);
  Tape tape(Tape::Mode::inference);
  ForwardContext ctx{tape};
  if (arch.rotary) ctx.rotary_table = rotary_angles(tape, config(), time);
  const auto reference_block = config().arch == "gpt2" ? reference::gpt2_block : reference::qwen3_block;
  const reference::Matrix expected =
      reference_block(test::parameters_of(block, arch.names.block + std::string("0.")), config(), 0,
                      test::matrix_of(test::values_of(x), config().n_embd));
  EXPECT_TRUE(test::near(test::values_of(block.forward(ctx, x, 0)), test::flat(expected), 1e-5));
}

TEST_P(ReferenceModel, LogitsOfEverySequenceOfABatchAgree) {
  const reference::Parameters parameters = test::parameters_of(model_);
  for (const std::size_t time : {std::size_t{1}, std::size_t{6}, config().seq_len}) {
    constexpr std::size_t kBatch = 3;
    const Ids ids = random_ids(kBatch * time);
    Doubles expected;
    for (std::size_t batch = 0; batch < kBatch; ++batch) {
      const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(batch * time);
      const Doubles more = test::flat(
          reference::logits(parameters, config(), {begin, begin + static_cast<std::ptrdiff_t>(time)}));
      expected.insert(expected.end(), more.begin(), more.end());
    }
    Tape tape(Tape::Mode::inference);
    ForwardContext ctx{tape};
    EXPECT_TRUE(test::near(test::values_of(model_.forward(ctx, ids, kBatch)), expected, 3e-5)) << time;
  }
}

TEST_P(ReferenceModel, LogitsThroughTheCacheAgreeAlsoPastSeqLen) {
  const std::size_t time = model_.has_rolling_cache() ? 2 * config().seq_len + 3 : config().seq_len;
  const Ids ids = random_ids(time);
  Tape tape(Tape::Mode::inference);
  KvCache cache(config());
  ForwardContext ctx{tape, {}, &cache};
  Floats logits;
  for (const std::int32_t id : ids) {
    const Floats more = test::values_of(model_.forward(ctx, {id}, 1));
    logits.insert(logits.end(), more.begin(), more.end());
    cache.advance(1);
  }
  EXPECT_TRUE(
      test::near(logits, test::flat(reference::logits(test::parameters_of(model_), config(), ids)), 3e-5));
}

struct ReferenceParameter {
  reference::Vector weight;
  reference::AdamWState state;
  double weight_decay;
};

TEST_P(ReferenceModel, TenStepsOfAdamWOnTheModelsGradientsAgree) {
  TrainOptions options = test::plain_options();
  options.optimizer = "adamw";
  options.weight_decay = 0.1;
  constexpr double kLr = 0.01;
  TrainedParameters parameters(model_, options);
  const Optimizers optimizers = make_optimizers(options, parameters);
  std::vector<ReferenceParameter> expected;
  for (const auto& [name, parameter] : parameters.tensors()) {
    const reference::Vector zeros = test::vector_of(Floats(parameter.size(), 0.0f));
    expected.push_back({test::vector_of(test::values_of(parameter)),
                        {zeros, zeros},
                        parameter.shape().size() == 2 ? options.weight_decay : 0});
  }
  const Ids ids = random_ids(config().seq_len + 1);
  Tape tape(Tape::Mode::recording);
  for (int step = 1; step <= 10; ++step) {
    parameters.zero_grad();
    ForwardContext ctx{tape};
    tape.backward(test::loss_of(model_, ctx, {ids.begin(), ids.end() - 1}, 1, {ids.begin() + 1, ids.end()}));
    std::vector<reference::Vector> gradients;
    for (const auto& [name, parameter] : parameters.tensors())
      gradients.push_back(test::vector_of(test::gradient_of(parameter)));
    const double norm = reference::global_norm(gradients), clip = 0.5 / norm;
    EXPECT_NEAR(parameters.grad_norm(tape), norm, 1e-5 * norm);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      for (double& g : gradients[i]) g *= clip;
      reference::adamw(expected[i].weight, expected[i].state, gradients[i], step, kLr,
                       {options.beta1, options.beta2, expected[i].weight_decay});
    }
    for (const auto& optimizer : optimizers) optimizer->step({static_cast<std::size_t>(step), kLr, clip});
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(
        test::near(test::values_of(parameters.tensors()[i].second), test::flat(expected[i].weight), 1e-4))
        << parameters.tensors()[i].first;
}

}  // namespace
}  // namespace mini_llm
