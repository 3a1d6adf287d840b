// The core against PyTorch: logits, the loss, every parameter's gradient, and ten AdamW steps. The file is
// made by tools/golden/make_golden.py, which says what it holds.
#include <cmath>
#include <fstream>
#include <iterator>

#include "io/safetensors.h"
#include "tests/support.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

class Golden : public ::testing::Test {
 protected:
  Golden() : file_(read_file()), model_(config()) {
    StateDict weights;
    for (const auto& [name, parameter] : model_.named_parameters())
      weights.emplace_back(name, file_.tensors.at("weight." + name));
    model_.load_state_dict(weights);
  }

  static SafetensorsFile read_file() {
    std::ifstream in(MINI_LLM_TEST_DATA "/golden/gpt2.safetensors", std::ios::binary);
    return read_safetensors(std::string(std::istreambuf_iterator<char>(in), {}));
  }

  ModelConfig config() const {
    ModelConfig c;
    c.vocab_size = file_.tensors.at("weight.wte.weight").dim(0);
    c.max_len = file_.tensors.at("weight.wpe.weight").dim(0);
    c.n_embd = file_.tensors.at("weight.wpe.weight").dim(1);
    c.n_layer = c.n_head = 2;
    return c;
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
    Pass pass{tape_};
    const Tensor logits = model_.forward(pass, integers("ids"), tensor("ids").dim(0));
    const Tensor loss = cross_entropy(tape_, logits, integers("targets"));
    tape_.backward(loss);
    return {logits, loss};
  }

  SafetensorsFile file_;
  Gpt model_;
  Tape tape_{Tape::Mode::recording};
};

TEST_F(Golden, LogitsAndLossAgree) {
  const auto [logits, loss] = forward_backward();
  EXPECT_EQ(logits.shape(), tensor("logits").shape());
  EXPECT_TRUE(test::near(test::values_of(logits), expected("logits"), 5e-6));
  EXPECT_TRUE(test::near(test::values_of(loss), expected("loss"), 1e-6));
}

TEST_F(Golden, EveryGradientAgrees) {
  forward_backward();
  std::size_t compared = 0;
  for (const auto& [name, parameter] : model_.named_parameters()) {
    EXPECT_TRUE(test::near(test::gradient_of(parameter), expected("grad." + name), 2e-6)) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 2U + 2 * 12 + 2);
}

/// The keys' bias adds the same to all of a row's scores, so its true gradient is zero and Adam, which
/// divides by the gradient's size, follows nothing but rounding there.
bool is_key_bias(const std::string& name, std::size_t i, std::size_t width) {
  return name.ends_with("attn.c_attn.bias") && i >= width && i < 2 * width;
}

TEST_F(Golden, TenStepsOfAdamWAgree) {
  const Doubles schedule = expected("schedule"), betas = expected("betas");
  TrainOptions options;
  options.lr = schedule[0];
  options.min_lr = schedule[1];
  options.warmup_steps = static_cast<std::size_t>(schedule[2]);
  options.max_steps = static_cast<std::size_t>(schedule[3]);
  const double clip = schedule[5];
  options.beta1 = betas[0];
  options.beta2 = betas[1];
  options.weight_decay = schedule[4];
  Optimizer optimizer(model_, options);
  Floats losses, lrs, norms;
  for (std::size_t step = 0; step < options.max_steps; ++step) {
    optimizer.zero_grad();
    losses.push_back(forward_backward().second.data()[0]);
    const double norm = optimizer.grad_norm(), lr = learning_rate(options, step);
    norms.push_back(static_cast<float>(norm));
    lrs.push_back(static_cast<float>(lr));
    optimizer.update(step + 1, lr, norm > clip ? clip / norm : 1, tape_);
  }
  EXPECT_GT(norms.front(), clip) << "the first step should be clipped";
  EXPECT_LT(norms.back(), clip) << "the last step should not be clipped";
  EXPECT_TRUE(test::near(losses, expected("losses"), 5e-6));
  EXPECT_TRUE(test::near(lrs, expected("lrs"), 1e-8));
  EXPECT_TRUE(test::near(norms, expected("grad_norms"), 1e-5));
  for (const auto& [name, parameter] : model_.named_parameters()) {
    Floats actual = test::values_of(parameter);
    Doubles wanted = expected("final." + name);
    for (std::size_t i = 0; i < actual.size(); ++i)
      if (is_key_bias(name, i, model_.config().n_embd)) {
        EXPECT_NEAR(actual[i], wanted[i], 10 * options.lr);
        wanted[i] = actual[i];
      }
    EXPECT_TRUE(test::near(actual, wanted, 2e-5)) << name;
  }
}

}  // namespace
}  // namespace mini_llm
