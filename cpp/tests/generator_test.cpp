// Generation with and without the cache, past seq_len, up to stop strings, and in slices.
#include "generate/generator.h"

#include <cmath>
#include <set>

#include "tests/support.h"
#include "text/bpe_trainer.h"
#include "train/trainer.h"

namespace mini_llm {
namespace {

using test::Floats;
using Reason = GenerateEvent::Reason;

/// A model whose choices depend on the whole context; an untrained one's hardly do.
std::shared_ptr<Gpt> lively_model(ModelConfig config = test::tiny_config(), float dropout = 0) {
  auto model = std::make_shared<Gpt>(config, dropout);
  model->initialize(1);
  for (Tensor& parameter : model->parameters())
    if (parameter.shape().size() == 2) {
      for (std::size_t i = 0; i < parameter.size(); ++i) parameter.data()[i] *= 12;
      parameter.mark_modified();
    }
  return model;
}

SampleOptions options(std::size_t max_new_tokens) {
  SampleOptions o;
  o.max_new_tokens = max_new_tokens;
  return o;
}

DEFINE_FOR_EVERY_ARCHITECTURE(EveryGenerator);

struct Generated {
  std::string text;
  std::size_t tokens = 0;
  Reason reason = Reason::none;

  bool operator==(const Generated&) const = default;
};

/// All samples, generated to the end in slices of `max_ms`.
std::vector<Generated> generate_all(const std::shared_ptr<Gpt>& model, const SampleOptions& o,
                                    const std::string& prompt, double max_ms = 0) {
  Generator generator(model, o, prompt);
  std::vector<Generated> result(o.n);
  for (;;) {
    const GenerateEvent& event = generator.advance(max_ms);
    std::size_t tokens = 0, ended = 0;
    for (std::size_t i = 0; i < o.n; ++i) {
      const GenerateEvent::Sample& sample = event.samples[i];
      EXPECT_TRUE(result[i].reason == Reason::none || sample.bytes.empty());
      result[i] = {result[i].text + sample.bytes, sample.tokens, sample.reason};
      tokens += sample.tokens;
      ended += sample.reason != Reason::none;
    }
    EXPECT_EQ(event.tokens, tokens);
    EXPECT_EQ(event.done, ended == o.n);
    if (event.done) return result;
  }
}

/// The text of the only sample.
Generated generate(const std::shared_ptr<Gpt>& model, const SampleOptions& o, const std::string& prompt,
                   double max_ms = 0) {
  return generate_all(model, o, prompt, max_ms)[0];
}

TEST(Generator, MakesTheRequestedNumberOfTokens) {
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
    const GenerateEvent& event = generator.advance(10);
    EXPECT_TRUE(event.done);
    EXPECT_EQ(event.samples[0].reason, Reason::length);
    EXPECT_EQ(event.samples[0].bytes, "");
    EXPECT_EQ(event.tokens, 0U);
    EXPECT_EQ(generator.next_logits(), nullptr);
  }
}

TEST(Generator, ASliceMakesAtLeastOneTokenAndSlicesDoNotChangeTheText) {
  const auto model = lively_model();
  Generator generator(model, options(5), "Hi");
  for (std::size_t i = 1; i <= 5; ++i) {
    const GenerateEvent& event = generator.advance(0);
    EXPECT_EQ(event.tokens, i);
    EXPECT_EQ(event.samples[0].bytes.size(), 1U);
    EXPECT_EQ(event.done, i == 5);
  }
  const GenerateEvent& after = generator.advance(0);
  EXPECT_TRUE(after.done);
  EXPECT_EQ(after.samples[0].bytes, "");
  EXPECT_EQ(generate(model, options(60), "Hi", 0).text, generate(model, options(60), "Hi", 1e9).text);
}

TEST_P(EveryGenerator, TheCacheChangesNoBitFarPastSeqLen) {
  for (const std::string prompt : {"a", "The quick brown", "A prompt that is longer than the context"})
    for (const bool int8 : {false, true}) {
      const auto model = lively_model(test::tiny_config(GetParam()));
      SampleOptions with = options(100), without = options(100);
      with.int8 = without.int8 = int8;
      without.cache = false;
      Generator cached(model, with, prompt), plain(model, without, prompt);
      for (int i = 0; i < 100; ++i) {  // the context is 16 tokens long
        const float* a = cached.next_logits();
        const float* b = plain.next_logits();
        ASSERT_TRUE(test::same_bits({a, a + 256}, {b, b + 256})) << "token " << i;
        ASSERT_EQ(cached.advance(0).samples[0].bytes, plain.advance(0).samples[0].bytes) << "token " << i;
      }
    }
}

TEST(Generator, WithRotaryPositionsEveryTokenSeesTheSameNumberOfThoseBeforeIt) {
  const auto model = lively_model(test::tiny_config("qwen3"));
  const SampleOptions o = options(80);  // five times the context
  const std::string text = "a" + generate(model, o, "a").text;
  Tape tape(Tape::Mode::inference);
  KvCache cache(model->config());
  Generator generator(model, o, "a");
  for (std::size_t i = 0; i < 80; ++i) {
    ForwardContext ctx{tape, {}, &cache};
    const Floats expected = test::values_of(model->forward(ctx, {static_cast<unsigned char>(text[i])}, 1));
    cache.advance(1);
    const float* actual = generator.next_logits();
    ASSERT_TRUE(test::same_bits({actual, actual + 256}, expected)) << "token " << i;
    generator.advance(0);
  }
}

TEST(Generator, WithRotaryPositionsTokensTooFarBackDoNotMatter) {
  const auto model = lively_model(test::tiny_config("qwen3"));
  // Through two layers of 16 tokens each the last one sees 31.
  const std::string shared = test::sample_text(80);
  const auto last_logits = [&](const std::string& text) {
    Tape tape(Tape::Mode::inference);
    KvCache cache(model->config());
    ForwardContext ctx{tape, {}, &cache};
    const Floats all = test::values_of(model->forward(ctx, {text.begin(), text.end()}, 1));
    return Floats(all.end() - 256, all.end());
  };
  const auto changed = [&](std::size_t back) {
    std::string text = shared;
    text[text.size() - back] = '#';
    return last_logits(text);
  };
  EXPECT_TRUE(test::same_bits(changed(32), last_logits(shared)));
  EXPECT_FALSE(test::same_bits(changed(31), last_logits(shared)));
}

TEST(Generator, LookingAtTheLogitsDoesNotChangeTheText) {
  const auto model = lively_model();
  Generator looking(model, options(40), "ab");
  std::string text;
  for (int i = 0; i < 40; ++i) {
    for (int again = 0; again < 2; ++again) EXPECT_TRUE(std::isfinite(looking.next_logits()[0]));
    text += looking.advance(0).samples[0].bytes;
  }
  EXPECT_EQ(text, generate(model, options(40), "ab").text);
}

TEST_P(EveryGenerator, CountsTheTokensThatItComputesAndThoseReadFromTheCache) {
  const auto model = lively_model(test::tiny_config(GetParam()));
  const std::size_t context = model->config().seq_len, prompt = 3;
  SampleOptions with = options(3 * context), without = with;
  without.cache = false;
  Generator cached(model, with, "abc"), plain(model, without, "abc");
  std::size_t window = prompt;
  for (std::size_t i = 0; i < with.max_new_tokens; ++i) {
    SCOPED_TRACE(i);
    const GenerateEvent on = cached.advance(0), off = plain.advance(0);
    const bool slid = !model->has_rolling_cache() && window == context / 2 + 1 && i > context / 2;
    const std::size_t fresh = i == 0 || slid ? window : 1;
    EXPECT_EQ(on.computed, fresh);
    EXPECT_EQ(on.cached, window - fresh);
    EXPECT_EQ(off.cached, 0u);
    if (model->has_rolling_cache()) {
      // All the tokens that later layers have seen by way of earlier ones.
      EXPECT_EQ(off.computed, std::min(prompt + i, model->config().n_layer * (context - 1) + 1));
      window = std::min(window + 1, context);
    } else {
      EXPECT_EQ(off.computed, window);
      window = window == context ? context / 2 + 1 : window + 1;
    }
  }
}

TEST(Generator, CountsEverySequenceOfABatch) {
  const auto model = lively_model();
  SampleOptions o = options(3);
  o.n = 4;
  Generator generator(model, o, "ab");
  const GenerateEvent first = generator.advance(0);
  EXPECT_EQ(first.computed, 2u);  // the prompt, once for all
  EXPECT_EQ(first.cached, 0u);
  const GenerateEvent second = generator.advance(0);
  EXPECT_EQ(second.computed, 4u);
  EXPECT_EQ(second.cached, 8u);
}

TEST_P(EveryGenerator, ThreadsChangeNoToken) {
  ModelConfig config = test::tiny_config(GetParam());
  config.n_embd = 256;  // wide enough for the pool
  const auto model = lively_model(config);
  for (const bool int8 : {false, true}) {
    SampleOptions o = options(50);
    o.int8 = int8;
    const std::string one = generate(model, o, "x").text;
    const test::ThreadScope scope(3);
    EXPECT_EQ(generate(model, o, "x").text, one);
  }
}

TEST_P(EveryGenerator, Int8WeightsChangeTheLogitsALittle) {
  const auto model = test::tiny_model(1, 0, GetParam());
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

TEST_P(EveryGenerator, UsesTheLastSeqLenTokensOfALongPrompt) {
  const auto model = lively_model(test::tiny_config(GetParam()));
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

TEST_P(EveryGenerator, WorksWithTheShortestContext) {
  ModelConfig config = test::tiny_config(GetParam());
  for (const std::size_t seq_len : {1, 2, 3}) {
    config.seq_len = seq_len;
    const auto model = lively_model(config);
    SampleOptions without = options(20);
    without.cache = false;
    EXPECT_EQ(generate(model, options(20), "abc").text, generate(model, without, "abc").text);
  }
}

TEST_P(EveryGenerator, DropoutIsOffAndTheModelStaysInTraining) {
  const auto with = lively_model(test::tiny_config(GetParam()), 0.5f),
             without = lively_model(test::tiny_config(GetParam()));
  ASSERT_TRUE(with->training());
  EXPECT_EQ(generate(with, options(30), "abc").text, generate(without, options(30), "abc").text);
  EXPECT_TRUE(with->training());
}

/// Checks the text with a stop string against the whole text without it.
void check_stop(const std::string& whole, const std::string& stop, double max_ms) {
  SampleOptions o = options(whole.size());
  o.stop = {stop};
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

TEST(Generator, ReleasesTextThatOnlyBeginsLikeAStopString) {
  const std::string whole = generate(lively_model(), options(60), "Once").text;
  for (const double max_ms : {0.0, 1e9}) {
    check_stop(whole, whole.substr(20, 3) + "\x01 never", max_ms);  // begins in the middle
    check_stop(whole, whole.substr(57) + "\x01 never", max_ms);     // begins at the very end
  }
}

TEST(Generator, AStopStringInThePromptDoesNotCount) {
  SampleOptions o = options(20);
  o.stop = {"Once"};
  EXPECT_EQ(generate(lively_model(), o, "Once").text, generate(lively_model(), options(20), "Once").text);
}

TEST(Generator, TheEarliestOfSeveralStopStringsEndsTheText) {
  const std::string whole = generate(lively_model(), options(60), "Once").text;
  SampleOptions o = options(60);
  o.stop = {whole.substr(40, 3), "", whole.substr(21, 4), whole.substr(20, 8)};
  for (const double max_ms : {0.0, 1e9}) {
    const Generated made = generate(lively_model(), o, "Once", max_ms);
    EXPECT_EQ(made, (Generated{whole.substr(0, 21), 25, Reason::stop}));
  }
}

/// A model that always gives the tokens of these ids the largest logits, in falling order.
std::shared_ptr<Gpt> model_that_prefers(const std::vector<std::size_t>& ids, std::size_t vocab_size) {
  ModelConfig config = test::tiny_config();
  config.vocab_size = vocab_size;
  auto model = std::make_shared<Gpt>(config);
  for (auto& [name, parameter] : model->named_parameters()) {
    std::fill_n(parameter.data(), parameter.size(), name == "ln_f.bias" ? 1.0f : 0.0f);
    if (name == "wte.weight")
      for (std::size_t i = 0; i < ids.size(); ++i)
        parameter.data()[ids[i] * config.n_embd] = static_cast<float>(ids.size() - i);
    parameter.mark_modified();
  }
  return model;
}

TEST(Generator, EndsAtATokenThatEndsTextsAndNeverMakesSpecialOnes) {
  using Kind = ExtraToken::Kind;
  const auto tokenizer = std::make_shared<const Tokenizer>(
      std::vector<TokenPair>{{'a', 'b'}}, Split::gpt2,
      std::vector<ExtraToken>{
          {"<e>", Kind::end}, {"<s>", Kind::special}, {"<t>", Kind::text}, {"", Kind::unused}});
  const auto generated = [&](const std::vector<std::size_t>& preferred) {
    SampleOptions o = options(3);
    o.temp = 0;
    Generator generator(model_that_prefers(preferred, tokenizer->vocab_size()), o, "x", tokenizer);
    const GenerateEvent& event = generator.advance(1e9);
    return std::pair(event.samples[0].bytes, event.samples[0].reason);
  };
  EXPECT_EQ(generated({258, 260, 257, 'z'}), std::pair(std::string(), Reason::stop));
  EXPECT_EQ(generated({258, 260, 259}), std::pair(std::string("<t><t><t>"), Reason::length));
  EXPECT_EQ(generated({260, 256}), std::pair(std::string("ababab"), Reason::length));
  // In the middle of a character no text ends.
  EXPECT_EQ(generated({0xc3, 257, 0xa9}), std::pair(std::string("\xc3\xa9\xc3"), Reason::length));
}

TEST(Generator, TheRepetitionPenaltyCountsPromptAndTextWithinTheContext) {
  SampleOptions o = options(200);
  o.temp = 0;
  const std::string plain = generate(lively_model(), o, "Once").text;
  o.repetition_penalty = 10;
  for (const bool cache : {true, false}) {
    o.cache = cache;
    const std::string text = "Once" + generate(lively_model(), o, "Once").text;
    EXPECT_NE(text, "Once" + plain);
    // The context is 8 to 16 tokens long, so none of the last 8 tokens is repeated.
    for (std::size_t i = 8; i < text.size(); ++i)
      EXPECT_EQ(text.substr(i - 8, 8).find(text[i]), std::string::npos) << "token " << i;
    const std::set<char> different(text.begin(), text.end());
    EXPECT_LT(different.size(), text.size());  // tokens outside the context may be repeated
  }
}

/// Whether some valid UTF-8 text begins with these bytes: checks all code points that they may still become.
bool begins_a_text(const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t size = lead < 0x80       ? 1
                             : lead >> 5 == 6  ? 2
                             : lead >> 4 == 14 ? 3
                             : lead >> 3 == 30 ? 4
                                               : 0;
    if (size == 0) return false;
    std::uint32_t low = size == 1 ? lead : lead & (0x7FU >> size), high = low;
    for (std::size_t k = 1; k < size; ++k) {
      const bool known = i + k < bytes.size();
      const auto byte = static_cast<unsigned char>(known ? bytes[i + k] : 0x80);
      if (byte >> 6 != 2) return false;
      low = low << 6 | (byte & 0x3F);
      high = high << 6 | (known ? byte & 0x3F : 0x3F);
    }
    const std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    low = std::max(low, least[size]);
    high = std::min(high, 0x10FFFFU);
    if (low > high || (low >= 0xD800 && high <= 0xDFFF)) return false;
    i += size;
  }
  return true;
}

/// Each sample by itself: the context through the whole model for every token, and a sampler with the
/// sample's random numbers.
std::vector<Generated> one_by_one(const std::shared_ptr<Gpt>& model, const SampleOptions& o,
                                  const std::string& prompt) {
  std::vector<Generated> result;
  for (std::size_t i = 0; i < o.n; ++i) {
    Sampler sampler(o, i);
    StopStrings stop(o.stop);
    Generated made;
    std::vector<std::int32_t> window(prompt.begin(), prompt.end());
    std::string text = prompt;
    const std::size_t seq_len = model->config().seq_len;
    while (made.reason == Reason::none) {
      Tape tape(Tape::Mode::inference, o.int8);
      const EvalScope eval(*model);
      ForwardContext ctx{tape};
      const Tensor logits = model->forward(ctx, window, 1);
      const float* last = logits.data() + (window.size() - 1) * 256;
      std::vector<std::uint8_t> allowed(256);
      for (std::size_t byte = 0; byte < 256; ++byte)
        allowed[byte] = begins_a_text(text + static_cast<char>(byte));
      const Token token = sampler.sample(last, 256, window, allowed);
      text += static_cast<char>(token);
      if (window.size() == seq_len) window.erase(window.begin(), window.end() - seq_len / 2);
      window.push_back(token);
      ++made.tokens;
      if (stop.take(std::string(1, static_cast<char>(token)), made.text))
        made.reason = Reason::stop;
      else if (made.tokens == o.max_new_tokens)
        made.reason = Reason::length;
    }
    if (made.reason == Reason::length) stop.finish(made.text);
    result.push_back(made);
  }
  return result;
}

/// Far past the context of 16, with every option set.
SampleOptions many(std::size_t n) {
  SampleOptions o = options(50);
  o.n = n;
  o.temp = 1;
  o.top_k = 100;
  o.top_p = 0.99;
  o.min_p = 0.001;
  o.repetition_penalty = 1.1;
  return o;
}

TEST(GeneratorSamples, InABatchAreTheSameTextsAsOneByOne) {
  const auto model = lively_model();
  for (const bool int8 : {false, true})
    for (const bool cache : {true, false})
      for (const std::size_t n : {1, 2, 3, 5, 64}) {
        SCOPED_TRACE(std::to_string(n) + (cache ? " with" : " without") + " cache" + (int8 ? ", int8" : ""));
        SampleOptions o = many(n);
        o.int8 = int8;
        o.cache = cache;
        EXPECT_EQ(generate_all(model, o, "Once", 1e9), one_by_one(model, o, "Once"));
      }
}

TEST(GeneratorSamples, DifferAndTheFirstEqualsASingleRun) {
  const auto model = lively_model();
  SampleOptions o = many(8);
  const std::vector<Generated> eight = generate_all(model, o, "Once");
  std::set<std::string> texts;
  for (const Generated& made : eight) texts.insert(made.text);
  EXPECT_EQ(texts.size(), 8U);
  o.n = 1;
  EXPECT_EQ(generate(model, o, "Once"), eight[0]);
  o.n = 3;
  EXPECT_EQ(generate_all(model, o, "Once"), std::vector<Generated>(eight.begin(), eight.begin() + 3));
}

TEST(GeneratorSamples, InABatchHaveTheLogitsOfASingleRunBitForBit) {
  const auto model = lively_model();
  for (const bool int8 : {false, true}) {
    SampleOptions o = many(5);
    o.int8 = int8;
    o.temp = 0;  // all samples have the text of a single run
    Generator batch(model, o, "The quick brown");
    o.n = 1;
    Generator single(model, o, "The quick brown");
    for (int i = 0; i < 50; ++i) {
      const float* expected = single.next_logits();
      for (const std::size_t sample : {0, 2, 4}) {
        const float* logits = batch.next_logits(sample);
        if (logits == nullptr) continue;  // at the end
        ASSERT_TRUE(test::same_bits({logits, logits + 256}, {expected, expected + 256})) << "token " << i;
      }
      batch.advance(0);
      single.advance(0);
    }
  }
}

TEST(GeneratorSamples, EndOneByOneAtStopStringsAndTheOthersGoOn) {
  const auto model = lively_model();
  SampleOptions o = many(6);
  const std::vector<Generated> whole = generate_all(model, o, "Once");
  // Two bytes from each of three texts: the first text ends early, the others where these bytes occur.
  o.stop = {whole[1].text.substr(3, 2), whole[2].text.substr(20, 2), whole[4].text.substr(37, 2)};
  for (const bool cache : {true, false})
    for (const double max_ms : {0.0, 1e9}) {
      o.cache = cache;
      const std::vector<Generated> made = generate_all(model, o, "Once", max_ms);
      EXPECT_EQ(made, one_by_one(model, o, "Once"));
      EXPECT_LE(made[1].tokens, 5U);
      EXPECT_EQ(made[1].reason, Reason::stop);
      EXPECT_EQ(made[4].reason, Reason::stop);
    }
}

TEST(GeneratorSamples, MayAllStopAtOnce) {
  const auto model = lively_model();
  SampleOptions o = many(4);
  o.temp = 0;
  const std::string text = generate(model, o, "Once").text;
  o.stop = {text.substr(10, 4)};
  const std::vector<Generated> made = generate_all(model, o, "Once", 1e9);
  const Generated expected = {text.substr(0, text.find(o.stop[0])), text.find(o.stop[0]) + 4, Reason::stop};
  EXPECT_EQ(made, std::vector<Generated>(4, expected));
}

TEST(GeneratorSamples, WithoutTokensAreDoneAtOnce) {
  SampleOptions o = options(0);
  o.n = 64;
  EXPECT_EQ(generate_all(lively_model(), o, "Once"), std::vector<Generated>(64, {"", 0, Reason::length}));
}

TEST(GeneratorSamples, DoNotDependOnThreads) {
  ModelConfig config = test::tiny_config();
  config.n_embd = 256;  // wide enough for the pool
  const auto model = lively_model(config);
  const std::vector<Generated> one = generate_all(model, many(9), "x");
  const test::ThreadScope scope(3);
  EXPECT_EQ(generate_all(model, many(9), "x"), one);
}

TEST(GeneratorSamples, WorkWithTheShortestContext) {
  ModelConfig config = test::tiny_config();
  for (const std::size_t seq_len : {1, 2, 3}) {
    config.seq_len = seq_len;
    const auto model = lively_model(config);
    EXPECT_EQ(generate_all(model, many(3), "a"), one_by_one(model, many(3), "a"));
  }
}

TEST(Generator, WritesOnlyPrefixesOfValidUtf8) {
  const auto model = lively_model();
  SampleOptions o = options(300);
  o.temp = 2;
  o.top_k = 0;
  for (const std::string prompt : {"", "a", "\xED\x95\x9C", "\xED\x95", "\xF0\x9F", "caf\xC3"}) {
    std::set<char> seen;
    for (o.seed = 1; o.seed <= 5; ++o.seed) {
      const std::string text = generate(model, o, prompt).text;
      EXPECT_TRUE(begins_a_text(prompt + text)) << "seed " << o.seed;
      seen.insert(text.begin(), text.end());
    }
    EXPECT_GT(seen.size(), 150U);  // and not only ASCII
  }
}

TEST(Generator, WritesTextAfterInvalidBytes) {
  SampleOptions o = options(50);
  o.temp = 2;
  for (const std::string prompt : {"\xFF", "\xC3(", "\xED\xA0\x80", "\x80\x80"})
    EXPECT_TRUE(begins_a_text(generate(lively_model(), o, prompt).text));
}

TEST(Generator, WithoutAPromptContinuesTheStart) {
  const auto model = lively_model();
  for (const std::string start : {"\n", "\n\n", "A", "ACGT"}) {
    Generator generator(model, options(40), "", byte_tokenizer(), start);
    std::string text = generator.advance(0).samples[0].bytes;
    text += generator.advance(1e9).samples[0].bytes;
    const std::string visible = start[0] == '\n' ? "" : start;
    EXPECT_EQ(text, visible + generate(model, options(40), start).text);
  }
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
    const std::string bytes = generator.advance(0).samples[0].bytes;
    EXPECT_EQ(tokenizer->encode(bytes).size(), 1U) << "token " << n;
    if (n > 5 && within.empty() && bytes.size() > 3) within = bytes.substr(1, 2);
    whole += bytes;
  }
  SampleOptions stopping = options(60);
  stopping.stop = {within};
  Generator until(model, stopping, "The quick", tokenizer);
  const GenerateEvent::Sample& stopped = until.advance(1e9).samples[0];
  EXPECT_EQ(stopped.reason, Reason::stop);
  EXPECT_EQ(stopped.bytes, whole.substr(0, whole.find(within)));
}

TokenizerPtr learned_tokenizer(const std::string& text, std::size_t vocab_size) {
  BpeTrainer trainer(text, vocab_size);
  while (!trainer.advance(1e9)) continue;
  return std::make_shared<const Tokenizer>(trainer.tokenizer());
}

std::string text_of(const Tokenizer& tokenizer, const std::vector<Token>& tokens) {
  std::string text;
  for (const Token token : tokens) text += tokenizer.decode(token);
  return text;
}

TEST(Heal, TakesBackOnlyTheBeginningOfALongerToken) {
  const auto tokenizer = learned_tokenizer(test::sample_text(2000), 400);
  const auto tail = [&](const std::string& prompt) {
    const HealedPrompt healed = heal(*tokenizer, prompt);
    EXPECT_EQ(text_of(*tokenizer, healed.context) + text_of(*tokenizer, healed.tail), prompt);
    return text_of(*tokenizer, healed.tail);
  };
  EXPECT_EQ(tail("The quick "), " ");
  EXPECT_EQ(tail("the qu"), " qu");  // of " quick"
  EXPECT_EQ(tail("the 123456789"), "");
  EXPECT_EQ(tail(""), "");
  EXPECT_EQ(heal(*byte_tokenizer(), "The quick ").tail.size(), 0U);
}

/// Memorizes "the cat sat on the mat. ", with a token for each word.
std::pair<std::shared_ptr<Gpt>, TokenizerPtr> cat_model() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "the cat sat on the mat. ";
  const auto tokenizer = learned_tokenizer(text, 290);
  ModelConfig config = test::tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  TrainOptions o = test::plain_options();
  o.batch_size = 4;
  o.max_steps = 150;
  o.lr = 1e-2;
  o.min_lr = 1e-3;
  o.warmup_steps = 5;
  o.val_fraction = 0;
  Trainer trainer(config, o, text, "", tokenizer);
  while (trainer.advance(1e9).kind != TrainEvent::Kind::done) continue;
  return {trainer.model(), tokenizer};
}

TEST(Generator, ContinuesWellFromTheMiddleOfATokenAndAfterASpace) {
  const auto [model, tokenizer] = cat_model();
  ASSERT_EQ(tokenizer->encode(" cat").size(), 1U);
  const auto after = [&, m = model, t = tokenizer](const std::string& prompt, std::size_t n) {
    SampleOptions o = options(8);
    o.temp = 0;
    o.n = n;
    Generator generator(m, o, prompt, t);
    std::string text;
    for (;;) {
      const GenerateEvent& event = generator.advance(0);
      text += event.samples[n - 1].bytes;
      if (event.done) return text.substr(0, 8);
    }
  };
  for (const std::size_t n : {1, 3}) {
    EXPECT_EQ(after("the cat sat on the ", n), "mat. the");
    EXPECT_EQ(after("the cat sat on the m", n), "at. the ");
    EXPECT_EQ(after("the cat sat on the mat. the c", n), "at sat o");
    EXPECT_EQ(after("the cat", n), " sat on ");
  }
}

TEST(Generator, CountsTheRequestedTokensWithoutThoseOfThePrompt) {
  const auto [model, tokenizer] = cat_model();
  for (const std::string prompt : {"the cat ", "the c", "t"}) {
    Generator generator(model, options(5), prompt, tokenizer);
    EXPECT_EQ(generator.advance(1e9).samples[0].tokens, 5U);
  }
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
