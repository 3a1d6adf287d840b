// The core against PyTorch for each architecture: logits, loss, every parameter's gradient, ten steps of each
// optimizer, and logits past seq_len. research/goldens/make_golden.py makes the files and says what they
// hold.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "io/safetensors.h"
#include "nn/kv_cache.h"
#include "tests/support.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/trained_parameters.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

/// The keys' bias adds a constant to each row's scores, so its true gradient is zero. Adam divides by the
/// gradient's size, so there it follows rounding errors.
bool is_key_bias(const std::string& name, std::size_t i, std::size_t width) {
  return name.ends_with("attn.c_attn.bias") && i >= width && i < 2 * width;
}

class Golden : public ::testing::TestWithParam<std::string> {
 protected:
  Golden() : file_(read_file()), model_(config()) {
    StateDict weights;
    for (const auto& [name, parameter] : model_.named_parameters())
      weights.emplace_back(name, file_.tensors.at("weight." + name));
    model_.load_state_dict(weights);
  }

  static SafetensorsFile read_file() {
    std::ifstream in(MINI_LLM_TEST_DATA "/golden/" + GetParam() + ".safetensors", std::ios::binary);
    return read_safetensors(std::string(std::istreambuf_iterator<char>(in), {}));
  }

  ModelConfig config() const {
    const std::vector<std::int32_t> shape = integers("config");
    const auto number = [&](std::size_t i) { return static_cast<std::size_t>(shape[i]); };
    return {GetParam(), number(0), number(1), number(2), number(3), number(4), number(5), number(6)};
  }

  const Tensor& tensor(const std::string& name) const { return file_.tensors.at(name); }
  Doubles expected(const std::string& name) const {
    const Floats values = test::values_of(tensor(name));
    return {values.begin(), values.end()};
  }
  std::vector<std::int32_t> integers(const std::string& name) const {
    const Floats values = test::values_of(tensor(name));
    return {values.begin(), values.end()};
  }

  /// Forward, and backward into the gradients; returns {logits, loss}.
  std::pair<Tensor, Tensor> forward_backward() {
    ForwardContext ctx{tape_};
    Tape inference(Tape::Mode::inference);
    ForwardContext without_gradients{inference};
    const Tensor logits = model_.forward(without_gradients, integers("ids"), tensor("ids").dim(0));
    const Tensor loss =
        test::loss_of(model_, ctx, integers("ids"), tensor("ids").dim(0), integers("targets"));
    tape_.backward(loss);
    return {logits, loss};
  }

  /// Compares every parameter; `slack` is the tolerance where the true gradient is zero.
  void expect_parameters(const std::string& prefix, double slack) {
    for (const auto& [name, parameter] : model_.named_parameters()) {
      const Floats actual = test::values_of(parameter);
      Doubles wanted = expected(prefix + name);
      for (std::size_t i = 0; i < actual.size(); ++i)
        if (is_key_bias(name, i, model_.config().n_embd)) {
          EXPECT_NEAR(actual[i], wanted[i], slack);
          wanted[i] = actual[i];
        }
      EXPECT_TRUE(test::near(actual, wanted, 2e-5)) << name;
    }
  }

  SafetensorsFile file_;
  Gpt model_;
  Tape tape_{Tape::Mode::recording};
};

INSTANTIATE_FOR_EVERY_ARCHITECTURE(Golden);

TEST_P(Golden, LogitsAndLossAgree) {
  const auto [logits, loss] = forward_backward();
  EXPECT_EQ(logits.shape(), tensor("logits").shape());
  EXPECT_TRUE(test::near(test::values_of(logits), expected("logits"), 5e-6));
  EXPECT_TRUE(test::near(test::values_of(loss), expected("loss"), 1e-6));
}

TEST_P(Golden, EveryGradientAgrees) {
  forward_backward();
  std::size_t compared = 0;
  for (const auto& [name, parameter] : model_.named_parameters()) {
    EXPECT_TRUE(test::near(test::gradient_of(parameter), expected("grad." + name), 2e-6)) << name;
    ++compared;
  }
  const auto in_file = std::count_if(file_.tensors.begin(), file_.tensors.end(),
                                     [](const auto& entry) { return entry.first.starts_with("grad."); });
  EXPECT_EQ(compared, static_cast<std::size_t>(in_file));
}

/// The options of the golden runs.
TrainOptions golden_options(const Doubles& schedule, const Doubles& betas, const std::string& optimizer) {
  TrainOptions options = test::plain_options();
  options.optimizer = optimizer;
  options.lr = schedule[0];
  options.min_lr = schedule[1];
  options.warmup_steps = static_cast<std::size_t>(schedule[2]);
  options.max_steps = static_cast<std::size_t>(schedule[3]);
  options.weight_decay = schedule[4];
  options.grad_clip = schedule[5];
  options.muon_lr = schedule[7];
  options.beta1 = betas[0];
  options.beta2 = betas[1];
  return options;
}

TEST_P(Golden, TenStepsOfEachOptimizerAgree) {
  const StateDict weights = test::copy_of(model_.state_dict());
  for (const std::string name : {"adamw", "muon"}) {
    SCOPED_TRACE(name);
    model_.load_state_dict(weights);
    const TrainOptions options = golden_options(expected("schedule"), expected("betas"), name);
    TrainedParameters parameters(model_, options);
    const Optimizers optimizers = make_optimizers(options, parameters);
    Floats losses, lrs, norms;
    for (std::size_t step = 0; step < options.max_steps; ++step) {
      parameters.zero_grad();
      losses.push_back(forward_backward().second.data()[0]);
      const double norm = parameters.grad_norm(tape_), lr = learning_rate(options, step);
      norms.push_back(static_cast<float>(norm));
      lrs.push_back(static_cast<float>(lr));
      for (const auto& optimizer : optimizers)
        optimizer->step({step + 1, lr, norm > options.grad_clip ? options.grad_clip / norm : 1});
    }
    EXPECT_GT(norms.front(), options.grad_clip) << "the first step should be clipped";
    EXPECT_LT(norms.back(), options.grad_clip) << "the last step should not be clipped";
    EXPECT_TRUE(test::near(losses, expected(name + ".losses"), 5e-6));
    EXPECT_TRUE(test::near(lrs, expected("lrs"), 1e-8));
    EXPECT_TRUE(test::near(norms, expected(name + ".grad_norms"), 1e-4));
    expect_parameters(name + ".final.", 10 * options.lr);
  }
}

TEST_P(Golden, PastMaxLenTheRingAgrees) {
  if (!model_.has_rolling_cache()) GTEST_SKIP() << "This architecture's positions end at seq_len.";
  const std::vector<std::int32_t> ids = integers("long_ids");
  ASSERT_GT(ids.size(), 3 * model_.config().seq_len);
  Tape tape(Tape::Mode::inference);
  for (const std::size_t step : {1, 5, 45}) {
    KvCache cache(model_.config());
    ForwardContext ctx{tape, {}, &cache};
    Floats logits;
    for (std::size_t at = 0; at < ids.size(); at += step) {
      const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
      const Floats some =
          test::values_of(model_.forward(ctx, {begin, begin + static_cast<std::ptrdiff_t>(step)}, 1));
      logits.insert(logits.end(), some.begin(), some.end());
      cache.advance(step);
    }
    EXPECT_TRUE(test::near(logits, expected("long_logits"), 1e-5)) << "in steps of " << step;
  }
}

}  // namespace
}  // namespace mini_llm
