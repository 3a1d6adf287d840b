// Generation: with the cache and without, past the context's length, up to stop strings, and in slices.
#include "generate/generator.h"

#include <cmath>

#include "tests/support.h"
#include "text/bpe_trainer.h"

namespace mini_llm {
namespace {

using test::Floats;
using Reason = GenerateEvent::Reason;

/// A model whose choices depend on the whole context, as an untrained one's hardly do.
std::shared_ptr<Gpt> lively_model(ModelConfig config = test::tiny_config(), float dropout = 0) {
  auto model = std::make_shared<Gpt>(config, dropout);
  model->initialize(1);
  for (Tensor& parameter : model->parameters())
    if (parameter.shape().size() == 2) {
      for (std::size_t i = 0; i < parameter.size(); ++i) parameter.data()[i] *= 12;
      parameter.touch();
    }
  return model;
}

SampleOptions options(std::size_t max_new_tokens) {
  SampleOptions o;
  o.max_new_tokens = max_new_tokens;
  return o;
}

struct Generated {
  std::string text;
  std::size_t tokens = 0;
  Reason reason = Reason::none;
};

/// Runs to the end in slices of `max_ms`.
Generated generate(const std::shared_ptr<Gpt>& model, const SampleOptions& o, const std::string& prompt,
                   double max_ms = 0) {
  Generator generator(model, o, prompt);
  Generated result;
  for (;;) {
    const GenerateEvent event = generator.advance(max_ms);
    result.text += event.bytes;
    result.tokens = event.tokens;
    result.reason = event.reason;
    EXPECT_EQ(event.done, event.reason != Reason::none);
    if (event.done) return result;
  }
}

TEST(Generator, MakesAsManyTokensAsAsked) {
  const auto model = lively_model();
  for (const std::size_t n : {1, 2, 50}) {
    const Generated made = generate(model, options(n), "Hello");
    EXPECT_EQ(made.text.size(), n);
    EXPECT_EQ(made.tokens, n);
    EXPECT_EQ(made.reason, Reason::length);
  }
}

TEST(Generator, MakesNothingWhenAskedForNothing) {
  Generator generator(lively_model(), options(0), "Hello");
  for (int i = 0; i < 2; ++i) {
    const GenerateEvent event = generator.advance(10);
    EXPECT_TRUE(event.done);
    EXPECT_EQ(event.reason, Reason::length);
    EXPECT_EQ(event.bytes, "");
    EXPECT_EQ(event.tokens, 0U);
  }
}

TEST(Generator, ASliceMakesAtLeastOneTokenAndSlicesDoNotChangeTheText) {
  const auto model = lively_model();
  Generator generator(model, options(5), "Hi");
  for (std::size_t i = 1; i <= 5; ++i) {
    const GenerateEvent event = generator.advance(0);
    EXPECT_EQ(event.tokens, i);
    EXPECT_EQ(event.bytes.size(), 1U);
    EXPECT_EQ(event.done, i == 5);
  }
  const GenerateEvent after = generator.advance(0);
  EXPECT_TRUE(after.done);
  EXPECT_EQ(after.bytes, "");
  EXPECT_EQ(generate(model, options(60), "Hi", 0).text, generate(model, options(60), "Hi", 1e9).text);
}

TEST(Generator, TheCacheChangesNoBitFarPastMaxLen) {
  for (const std::string prompt : {"a", "The quick brown", "A prompt that is longer than the context"})
    for (const bool int8 : {false, true}) {
      const auto model = lively_model();
      SampleOptions with = options(100), without = options(100);
      with.int8 = without.int8 = int8;
      without.cache = false;
      Generator cached(model, with, prompt), plain(model, without, prompt);
      for (int i = 0; i < 100; ++i) {  // the context is 16 tokens long
        const float* a = cached.next_logits();
        const float* b = plain.next_logits();
        ASSERT_TRUE(test::same_bits({a, a + 256}, {b, b + 256})) << "token " << i;
        ASSERT_EQ(cached.advance(0).bytes, plain.advance(0).bytes) << "token " << i;
      }
    }
}

TEST(Generator, LookingAtTheLogitsDoesNotChangeTheText) {
  const auto model = lively_model();
  Generator looking(model, options(40), "ab");
  std::string text;
  for (int i = 0; i < 40; ++i) {
    for (int again = 0; again < 2; ++again) EXPECT_TRUE(std::isfinite(looking.next_logits()[0]));
    text += looking.advance(0).bytes;
  }
  EXPECT_EQ(text, generate(model, options(40), "ab").text);
}

TEST(Generator, ThreadsChangeNoToken) {
  ModelConfig config = test::tiny_config();
  config.n_embd = 256;  // wide enough to be worth sharing
  const auto model = lively_model(config);
  for (const bool int8 : {false, true}) {
    SampleOptions o = options(50);
    o.int8 = int8;
    const std::string one = generate(model, o, "x").text;
    const test::ThreadScope scope(3);
    EXPECT_EQ(generate(model, o, "x").text, one);
  }
}

TEST(Generator, Int8WeightsChangeTheLogitsALittle) {
  const auto model = test::tiny_model();
  SampleOptions o = options(1);
  Generator with_float(model, o, "The quick brown");
  o.int8 = true;
  Generator with_int8(model, o, "The quick brown");
  const float* a = with_float.next_logits();
  const float* b = with_int8.next_logits();
  double change = 0, size = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    change += (a[i] - b[i]) * (a[i] - b[i]);
    size += a[i] * a[i];
  }
  EXPECT_GT(change, 0);
  EXPECT_LT(std::sqrt(change / size), 0.02);
}

TEST(Generator, OfALongPromptTheLastMaxLenTokensCount) {
  const auto model = lively_model();
  const std::string prompt = test::sample_text(100);
  EXPECT_EQ(generate(model, options(30), prompt).text, generate(model, options(30), prompt.substr(84)).text);
}

TEST(Generator, AnEmptyPromptIsALineFeed) {
  const auto model = lively_model();
  EXPECT_EQ(generate(model, options(30), "").text, generate(model, options(30), "\n").text);
}

TEST(Generator, PromptsAndTheSeedMatter) {
  const auto model = lively_model();
  SampleOptions other = options(40);
  other.seed = 2;
  const std::string text = generate(model, options(40), "one").text;
  EXPECT_NE(generate(model, options(40), "two").text, text);
  EXPECT_NE(generate(model, other, "one").text, text);
}

TEST(Generator, WorksWithTheShortestContext) {
  ModelConfig config = test::tiny_config();
  for (const std::size_t max_len : {1, 2, 3}) {
    config.max_len = max_len;
    const auto model = lively_model(config);
    SampleOptions without = options(20);
    without.cache = false;
    EXPECT_EQ(generate(model, options(20), "abc").text, generate(model, without, "abc").text);
  }
}

TEST(Generator, DropoutIsOffAndTheModelStaysInTraining) {
  const auto with = lively_model(test::tiny_config(), 0.5f), without = lively_model();
  ASSERT_TRUE(with->training());
  EXPECT_EQ(generate(with, options(30), "abc").text, generate(without, options(30), "abc").text);
  EXPECT_TRUE(with->training());
}

/// What must come out with a stop string, from what comes out without.
void check_stop(const std::string& whole, const std::string& stop, double max_ms) {
  SampleOptions o = options(whole.size());
  o.stop = stop;
  const Generated made = generate(lively_model(), o, "Once", max_ms);
  const std::size_t at = whole.find(stop);
  EXPECT_EQ(made.text, whole.substr(0, at));
  EXPECT_EQ(made.reason, at == std::string::npos ? Reason::length : Reason::stop);
  EXPECT_EQ(made.tokens, at == std::string::npos ? whole.size() : at + stop.size());
}

TEST(Generator, EndsBeforeTheStopStringWhereverASliceEnds) {
  const std::string whole = generate(lively_model(), options(60), "Once").text;
  for (const std::size_t begin : {0, 1, 17, 40})
    for (const std::size_t length : {1, 2, 5})
      for (const double max_ms : {0.0, 1e9}) check_stop(whole, whole.substr(begin, length), max_ms);
  check_stop(whole, whole, 0);
}

TEST(Generator, ReleasesWhatOnlyLookedLikeAStopString) {
  const std::string whole = generate(lively_model(), options(60), "Once").text;
  for (const double max_ms : {0.0, 1e9}) {
    check_stop(whole, whole.substr(20, 3) + "\x01 never", max_ms);  // begins in the middle
    check_stop(whole, whole.substr(57) + "\x01 never", max_ms);     // begins at the very end
  }
}

TEST(Generator, AStopStringInThePromptDoesNotCount) {
  SampleOptions o = options(20);
  o.stop = "Once";
  EXPECT_EQ(generate(lively_model(), o, "Once").text, generate(lively_model(), options(20), "Once").text);
}

TEST(Generator, SaysWhenTheWeightsAreDamaged) {
  const auto model = lively_model();
  model->parameters()[0].data()[0] = std::nanf("");
  for (const bool int8 : {false, true}) {
    SampleOptions o = options(5);
    o.int8 = int8;
    test::message_of<std::domain_error>([&] { generate(model, o, std::string(1, '\0')); });
  }
}

TEST(Generator, WritesTheBytesOfMergedTokensAndStopsInsideOne) {
  BpeTrainer trainer(test::sample_text(2000), 400);
  while (!trainer.advance(1e9)) continue;
  const auto tokenizer = std::make_shared<const Tokenizer>(trainer.tokenizer());
  ModelConfig config = test::tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  const auto model = lively_model(config);
  Generator generator(model, options(60), "The quick", tokenizer);
  std::string whole, within;
  for (std::size_t n = 1; n <= 60; ++n) {
    const GenerateEvent event = generator.advance(0);
    EXPECT_EQ(event.tokens, n);
    EXPECT_EQ(tokenizer->encode(event.bytes).size(), 1U);
    if (n > 5 && within.empty() && event.bytes.size() > 3) within = event.bytes.substr(1, 2);
    whole += event.bytes;
  }
  SampleOptions stopping = options(60);
  stopping.stop = within;
  const GenerateEvent stopped = Generator(model, stopping, "The quick", tokenizer).advance(1e9);
  EXPECT_EQ(stopped.reason, Reason::stop);
  EXPECT_EQ(stopped.bytes, whole.substr(0, whole.find(within)));
}

TEST(Generator, RefusesAPromptOutsideTheVocabulary) {
  ModelConfig config = test::tiny_config();
  config.vocab_size = 100;
  const auto model = lively_model(config);
  EXPECT_EQ(generate(model, options(5), "a").tokens, 5U);
  test::message_of<std::out_of_range>([&] { generate(model, options(5), "\xff"); });
}

}  // namespace
}  // namespace mini_llm
