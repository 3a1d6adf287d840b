#include "tests/support.h"

#include <bit>
#include <cctype>
#include <cmath>

#include "kernels/random.h"

namespace mini_llm::test {

Floats random_floats(std::size_t n, std::uint32_t seed, float scale) {
  Rng rng(seed, Stream::init);
  Floats result(n);
  for (float& x : result) x = scale * rng.normal();
  return result;
}

Tensor random_tensor(Shape shape, std::uint32_t seed, float scale) {
  Tensor tensor(std::move(shape), /*requires_grad=*/true);
  const Floats values = random_floats(tensor.size(), seed, scale);
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

Floats values_of(const Tensor& tensor) { return {tensor.data(), tensor.data() + tensor.size()}; }

Floats gradient_of(Tensor tensor) { return {tensor.grad(), tensor.grad() + tensor.size()}; }

Floats weights_of(const Module& module) {
  Floats all;
  for (const Tensor& parameter : module.parameters())
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
  return all;
}

StateDict copy_of(const StateDict& state) {
  StateDict copy;
  for (const auto& [name, tensor] : state) copy.emplace_back(name, Tensor(tensor.shape()));
  copy_state(state, copy, "A state");
  return copy;
}

::testing::AssertionResult same_bits(const Floats& a, const Floats& b) {
  if (a.size() != b.size())
    return ::testing::AssertionFailure() << "sizes " << a.size() << " and " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]))
      return ::testing::AssertionFailure()
             << "element " << i << " of " << a.size() << ": " << a[i] << " is not " << b[i];
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult near(const Floats& actual, const Doubles& expected, double tolerance) {
  if (actual.size() != expected.size())
    return ::testing::AssertionFailure() << "sizes " << actual.size() << " and " << expected.size();
  for (std::size_t i = 0; i < actual.size(); ++i)
    if (!(std::abs(actual[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i]))))
      return ::testing::AssertionFailure()
             << "element " << i << " of " << actual.size() << ": " << actual[i] << " where " << expected[i]
             << " was expected, off by " << std::abs(actual[i] - expected[i]);
  return ::testing::AssertionSuccess();
}

bool has_threads() {
  const ThreadScope scope(2);
  return threads() == 2;
}

::testing::AssertionResult is_sentence(const std::string& text) {
  const bool has_words = text.find(' ') != std::string::npos;
  const auto first = static_cast<unsigned char>(text.empty() ? ' ' : text.front());
  if (has_words && std::isalpha(first) && text.back() == '.') return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "\"" << text << "\" is not a sentence";
}

std::string sample_text(std::size_t size) {
  const std::string paragraph =
      "The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs! "
      "How vexingly quick daft zebras jump; sphinx of black quartz, judge my vow?\n";
  std::string text;
  while (text.size() < size) text += paragraph;
  text.resize(size);
  return text;
}

ModelConfig tiny_config(const std::string& arch) {
  ModelConfig config;
  config.arch = arch;
  config.seq_len = 16;
  config.n_layer = 2;
  config.n_head = 2;
  config.n_embd = 16;
  if (arch == "qwen3") {
    config.n_kv_head = 1;
    config.n_inner = 48;
  }
  return config;
}

std::shared_ptr<Gpt> tiny_model(std::uint32_t seed, float dropout, const std::string& arch) {
  auto model = std::make_shared<Gpt>(tiny_config(arch), dropout);
  model->initialize(seed);
  return model;
}

Tensor loss_of(const Gpt& model, ForwardContext& ctx, const std::vector<std::int32_t>& ids, std::size_t batch,
               const std::vector<std::int32_t>& targets) {
  Tensor x;
  model.forward_by_layer(ctx, ids, batch, x).finish();
  return model.loss(ctx, x, targets);
}

TrainOptions plain_options() {
  TrainOptions o;
  o.batch_size = 16;
  o.max_steps = 2000;
  o.lr = 1e-3;
  o.min_lr = 1e-4;
  o.warmup_steps = 100;
  o.schedule = "cosine";
  o.optimizer = "adamw";
  o.muon_lr = 0.02;
  o.weight_decay = 0.1;
  o.beta1 = 0.9;
  o.eval_every = 250;
  o.patience = 0;
  return o;
}

}  // namespace mini_llm::test
