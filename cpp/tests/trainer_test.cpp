// Training: it learns, it reports, and its bits depend on seed, text and options alone.
#include "train/trainer.h"

#include <cmath>
#include <map>

#include "io/checkpoint.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"
#include "train/schedule.h"

namespace mini_llm {
namespace {

using Kind = TrainEvent::Kind;
using test::kText;
using test::short_run;

DEFINE_FOR_EVERY_ARCHITECTURE(EveryTrainer);

std::vector<Kind> kinds(const std::vector<TrainEvent>& events) {
  std::vector<Kind> result;
  for (const TrainEvent& event : events) result.push_back(event.kind);
  return result;
}

TEST_P(EveryTrainer, OverfitsOneBatch) {
  const std::string text = test::sample_text(17);  // one window, always the same
  TrainOptions options = short_run(150);
  options.grad_accum = options.batch_size = 1;
  Trainer trainer(test::tiny_config(GetParam()), options, text, "");
  EXPECT_FALSE(trainer.dataset().has_validation());
  const auto events = test::run_all(trainer);
  EXPECT_NEAR(events.front().train_loss, std::log(256), 0.2);
  EXPECT_LT(events.back().train_loss, 0.02);
  EXPECT_EQ(events.back().kind, Kind::done);
}

TEST(Trainer, LearnsATextAndItsValidationPart) {
  TrainOptions options = short_run(400);
  options.val_fraction = 0.3;
  options.eval_every = 100;
  Trainer trainer(test::tiny_config(), options, kText, "");
  const auto events = test::run_all(trainer);
  EXPECT_LT(events.back().train_loss, 2);
  EXPECT_LT(events.back().val_loss, 2.5);  // the text repeats itself
}

TEST(Trainer, ReportsStepsEvaluationsAndTheEndInOrder) {
  Trainer trainer(test::tiny_config(), short_run(7), kText, "");
  const auto events = test::run_all(trainer);
  const Kind s = Kind::step, e = Kind::eval;
  EXPECT_EQ(kinds(events), (std::vector<Kind>{s, s, s, e, s, s, s, e, s, e, Kind::done}));
  std::size_t step = 0;
  for (const TrainEvent& event : events) {
    if (event.kind == s) ++step;
    EXPECT_EQ(event.step, step);
    EXPECT_EQ(event.tokens, static_cast<double>(step * 2 * 2 * 16));
    EXPECT_GT(event.grad_norm, 0);
    EXPECT_TRUE(std::isfinite(event.train_loss));
    EXPECT_EQ(std::isfinite(event.val_loss), step > 3 || event.kind == e) << "step " << step;
    EXPECT_DOUBLE_EQ(event.lr, learning_rate(trainer.options(), step - 1));
  }
  EXPECT_EQ(trainer.advance(10).kind, Kind::done);
}

TEST(Trainer, WithoutAValidationPartThereIsNoEvaluation) {
  TrainOptions options = short_run(4);
  options.val_fraction = 0;
  Trainer trainer(test::tiny_config(), options, kText, "");
  const auto events = test::run_all(trainer);
  EXPECT_EQ(kinds(events), (std::vector<Kind>{Kind::step, Kind::step, Kind::step, Kind::step, Kind::done}));
  EXPECT_TRUE(std::isnan(events.back().val_loss));
}

TEST(Trainer, EvaluatesOnlyAtTheEndWhenSoAsked) {
  TrainOptions options = short_run(4);
  options.eval_every = 0;
  Trainer trainer(test::tiny_config(), options, kText, "");
  const auto events = test::run_all(trainer);
  EXPECT_EQ(std::count_if(events.begin(), events.end(), [](const auto& e) { return e.kind == Kind::eval; }),
            1);
  EXPECT_EQ(events[4].kind, Kind::eval);
}

TEST(Trainer, EndsEarlyWithTheWeightsThatValidatedBest) {
  const TrainOptions options = test::impatient_run();
  const std::string text = test::text_with_another_end();
  Trainer trainer(test::tiny_config(), options, text, "");
  const auto events = test::run_all(trainer);
  const std::size_t best = trainer.progress().best_step, end = events.back().step;
  EXPECT_EQ(events.back().kind, Kind::done);
  EXPECT_EQ(end, best + options.patience * options.eval_every);
  EXPECT_LT(end, options.max_steps);
  for (const TrainEvent& event : events) {
    if (event.kind == Kind::eval) {
      EXPECT_GE(event.val_loss, events.back().val_loss);
    }
  }
  EXPECT_NE(events.back().message.find("step " + std::to_string(best) + " was better"), std::string::npos);
  Trainer until_best(test::tiny_config(), options, text, "");
  test::run_to(until_best, best);
  EXPECT_TRUE(test::same_bits(test::weights_of(*trainer.model()), test::weights_of(*until_best.model())));
  EXPECT_EQ(trainer.advance(10).kind, Kind::done);
}

TEST(Trainer, AfterAnEarlyEndBothWeightsAreThere) {
  const TrainOptions options = test::impatient_run();
  Trainer trainer(test::tiny_config(), options, test::text_with_another_end(), "sha");
  EXPECT_FALSE(trainer.has_last_weights());
  EXPECT_THROW(trainer.use_weights(false), std::logic_error);
  const auto events = test::run_all(trainer);
  const std::size_t best = trainer.progress().best_step, last = trainer.progress().step;
  const TrainEvent& end = events.back();
  EXPECT_EQ(end.weights_step, best);
  for (const TrainEvent& event : events)
    if (event.kind == Kind::eval && event.step == best) {
      EXPECT_EQ(end.val_loss, event.val_loss);
      EXPECT_EQ(end.val_bits_per_byte, event.val_bits_per_byte);
      EXPECT_EQ(end.train_loss, event.train_loss);
    }

  Trainer whole(
      test::tiny_config(),
      [&] {
        auto o = options;
        return o.patience = 0, o;
      }(),
      test::text_with_another_end(), "");
  const auto weights = [](const Trainer& t) { return test::weights_of(*t.model()); };
  test::run_to(whole, best);
  const test::Floats best_weights = weights(whole);
  test::run_to(whole, last);
  ASSERT_TRUE(trainer.has_last_weights());
  trainer.use_weights(false);
  EXPECT_TRUE(test::same_bits(weights(trainer), weights(whole)));
  EXPECT_EQ(trainer.progress().weights_step(), last);
  const std::string of_last = test::saved(trainer);
  trainer.use_weights(true);
  trainer.use_weights(true);
  EXPECT_TRUE(test::same_bits(weights(trainer), best_weights));
  EXPECT_EQ(trainer.progress().weights_step(), best);

  // Training continues from the last weights, and patience starts again.
  TrainOptions longer = options;
  longer.max_steps += 100;
  const auto resumed = test::resume(of_last, longer, test::text_with_another_end(), "sha");
  test::run_all(*resumed);
  EXPECT_GE(resumed->progress().step, last + options.patience * options.eval_every);
}

TEST(Trainer, APerfectModelHasZeroBitsPerByte) {
  TrainOptions options = test::short_run(200);
  options.lr = options.min_lr = 0.1;
  options.patience = 2;
  Trainer trainer(test::tiny_config(), options, std::string(600, 'a'), "");
  const TrainEvent end = test::run_all(trainer).back();
  ASSERT_LT(end.weights_step, end.step);
  EXPECT_EQ(end.val_loss, 0);
  EXPECT_EQ(end.val_bits_per_byte, 0);
}

TEST(Trainer, WithoutPatienceOrValidationNothingEndsEarly) {
  for (const bool validates : {true, false}) {
    TrainOptions options = test::impatient_run();
    options.max_steps = 60;
    if (validates)
      options.patience = 0;
    else
      options.val_fraction = 0;
    Trainer trainer(test::tiny_config(), options, test::text_with_another_end(), "");
    const auto events = test::run_all(trainer);
    EXPECT_EQ(events.back().step, 60U);
    EXPECT_EQ(events.back().message, "");
  }
}

/// The file after all steps.
std::string trained(const TrainOptions& options, double max_ms = 1e9, const std::string& text = kText,
                    const std::string& arch = "gpt2") {
  Trainer trainer(test::tiny_config(arch), options, text, "sha");
  test::run_all(trainer, max_ms);
  return test::saved(trainer);
}

TEST(Trainer, TheSameRunGivesTheSameBytesAndAnotherSeedOrTextOthers) {
  const TrainOptions options = short_run(5, 0.1);
  TrainOptions other = options;
  other.seed = 1;
  const std::string bytes = trained(options);
  EXPECT_TRUE(trained(options) == bytes);
  EXPECT_FALSE(trained(other) == bytes);
  EXPECT_FALSE(trained(options, 1e9, test::sample_text(601)) == bytes);
}

/// FNV-1a of all tensors of a run, the optimizer's included.
std::uint64_t fingerprint(const Trainer& trainer) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const RunState state = trainer.state();
  for (const StateDict& tensors : {state.weights, state.optimizer, state.best})
    for (const auto& [name, tensor] : tensors) {
      const auto* bytes = reinterpret_cast<const unsigned char*>(tensor.data());
      for (std::size_t i = 0; i < tensor.size() * sizeof(float); ++i)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    }
  return hash;
}

// Every build and machine must get these numbers: native, sanitized, and WebAssembly with and without
// threads. After an intended change of the arithmetic (an order of summation, a polynomial), replace them
// once all builds agree.
TEST_P(EveryTrainer, GivesTheSameBitsOnEveryPlatform) {
  if (test::kRelaxed) GTEST_SKIP() << "Relaxed SIMD rounds as the processor does.";
  ModelConfig config = test::tiny_config(GetParam());
  config.seq_len = 33;  // nothing here is a multiple of a tile
  config.n_embd = 36;
  if (config.n_inner == 0) config.n_inner = 4 * config.n_embd;
  const std::map<std::string, std::uint64_t> expected = {
      {"gpt2 adamw", 6238985428549977659U},  {"gpt2 muon", 6327529476851777468U},
      {"qwen3 adamw", 4164333099235634256U}, {"qwen3 muon", 10685285256545552851U},
      {"gpt2 lora", 2911009316770407806U},   {"qwen3 lora", 10852537491929821800U}};
  for (const std::string optimizer : {"adamw", "muon", "lora"}) {
    TrainOptions options = short_run(6, 0.1);
    if (optimizer == "lora")
      options.lora_rank = 3;
    else
      options.optimizer = optimizer;
    Trainer trainer(config, options, kText, "sha");
    test::run_all(trainer);
    EXPECT_EQ(fingerprint(trainer), expected.at(GetParam() + " " + optimizer)) << optimizer;
  }
}

TEST(Trainer, BitsPerByteCountTheBytesThatTheTokensStandFor) {
  const auto all_but_done = [](Trainer& trainer) { return test::run_to(trainer, 3); };
  Trainer bytes(test::tiny_config(), short_run(3), kText, "");
  for (const TrainEvent& event : all_but_done(bytes)) {
    EXPECT_DOUBLE_EQ(event.train_bits_per_byte, event.train_loss / std::log(2.0));
    if (event.kind != TrainEvent::Kind::eval) continue;
    EXPECT_DOUBLE_EQ(event.val_bits_per_byte, event.val_loss / std::log(2.0));
  }
  // "abcd" repeated, which two merges turn into tokens of four bytes.
  std::string text;
  for (int i = 0; i < 300; ++i) text += "abcd";
  const auto tokenizer =
      std::make_shared<const Tokenizer>(std::vector<TokenPair>{{'a', 'b'}, {'c', 'd'}, {256, 257}});
  ModelConfig config = test::tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  Trainer merged(config, short_run(3), text, "", tokenizer);
  const TrainEvent last = all_but_done(merged).back();
  EXPECT_DOUBLE_EQ(last.train_bits_per_byte, last.train_loss / std::log(2.0) / 4);
  EXPECT_DOUBLE_EQ(last.val_bits_per_byte, last.val_loss / std::log(2.0) / 4);
}

TEST_P(EveryTrainer, SlicesDoNotChangeABit) {
  EXPECT_TRUE(trained(short_run(5, 0.1), 0, kText, GetParam()) ==
              trained(short_run(5, 0.1), 1e9, kText, GetParam()));
}

TEST_P(EveryTrainer, ThreadsDoNotChangeABit) {
  const std::string one = trained(short_run(5, 0.1), 1e9, kText, GetParam());
  for (int n : {2, 3}) {
    const test::ThreadScope scope(n);
    EXPECT_TRUE(trained(short_run(5, 0.1), 1e9, kText, GetParam()) == one) << n << " threads";
  }
}

TEST(Trainer, EvaluatingDoesNotChangeTheWeights) {
  TrainOptions often = short_run(5, 0.1), never = often;
  often.eval_every = 1;
  never.val_fraction = 0;
  never.eval_every = 0;
  // Both have the same training part: the second text ends where the first one's validation begins.
  Trainer with(test::tiny_config(), often, kText, ""),
      without(test::tiny_config(), never, kText.substr(0, 540), "");
  test::run_all(with);
  test::run_all(without);
  EXPECT_TRUE(test::same_bits(test::weights_of(*with.model()), test::weights_of(*without.model())));
}

TEST(Trainer, EvaluatesWithoutDropoutOnTheValidationWindows) {
  TrainOptions options = short_run(3, 0.5);
  options.eval_batches = 0;
  Trainer trainer(test::tiny_config(), options, kText, "");
  const double told = test::run_to(trainer, 3).back().val_loss;
  const Batch all = trainer.dataset().validation_batch(0, 0, 1000);
  ASSERT_EQ(all.count, 3U);  // two batches, the second one shorter
  const EvalScope eval(*trainer.model());
  Tape tape(Tape::Mode::inference);
  ForwardContext ctx{tape};
  const Tensor loss = test::loss_of(*trainer.model(), ctx, all.inputs, all.count, all.targets);
  EXPECT_NEAR(told, loss.data()[0], 1e-5);
}

TEST(Trainer, EveryStepDropsOtherElements) {
  for (const double dropout : {0.0, 0.5}) {
    TrainOptions options = short_run(2, dropout);
    options.lr = options.min_lr =
        0;  // nothing is learned: only dropout can change the loss of the one window
    options.grad_accum = options.batch_size = 1;
    Trainer trainer(test::tiny_config(), options, test::sample_text(17), "");
    const auto events = test::run_all(trainer);
    EXPECT_EQ(events[0].train_loss == events[1].train_loss, dropout == 0) << dropout;
  }
}

TEST(Trainer, AccumulatedMicroBatchesMakeTheGradientOfOneLargeBatch) {
  TrainOptions options = short_run(1);
  options.batch_size = 4;
  Trainer trainer(test::tiny_config(), options, kText, "");
  Batch large = trainer.dataset().train_batch(options.seed, 0, 4);
  const Batch second = trainer.dataset().train_batch(options.seed, 1, 4);
  large.inputs.insert(large.inputs.end(), second.inputs.begin(), second.inputs.end());
  large.targets.insert(large.targets.end(), second.targets.begin(), second.targets.end());

  Gpt model(test::tiny_config());
  model.load_state_dict(trainer.model()->state_dict());
  Tape tape(Tape::Mode::recording);
  ForwardContext ctx{tape};
  Tensor loss = test::loss_of(model, ctx, large.inputs, 8, large.targets);
  tape.backward(loss);
  const TrainedParameters parameters(model, options);

  const TrainEvent event = test::run_to(trainer, 1).front();
  EXPECT_NEAR(event.train_loss, loss.data()[0], 1e-5);
  EXPECT_NEAR(event.grad_norm, parameters.grad_norm(tape), 1e-5 * event.grad_norm);
}

TEST(Trainer, ClipsTheGradientToItsGlobalNorm) {
  // One step of Adam from zero moments leaves exp_avg = (1 - beta1) · clipped gradient.
  TrainOptions options = short_run(1);
  options.grad_clip = 0.01;
  Trainer trainer(test::tiny_config(), options, kText, "");
  const TrainEvent event = test::run_to(trainer, 1).front();
  ASSERT_GT(event.grad_norm, 0.01);
  double norm = 0;
  for (const auto& [name, moment] : trainer.optimizer_state())
    if (name.starts_with("exp_avg.")) norm += sum_of_squares(moment.data(), moment.size());
  EXPECT_NEAR(std::sqrt(norm), (1 - options.beta1) * 0.01, 1e-7);
}

TEST(Trainer, SaysWhyThereIsNoValidationAndRefusesInvalidRuns) {
  const Trainer trainer(test::tiny_config(), short_run(1), test::sample_text(40), "");
  EXPECT_TRUE(test::is_sentence(trainer.dataset().note()));
  const auto refusal = [](const ModelConfig& config, const TrainOptions& options, const std::string& text) {
    return test::message_of<std::invalid_argument>([&] { Trainer refused(config, options, text, ""); });
  };
  EXPECT_NE(refusal(test::tiny_config(), short_run(1), "").find("empty"), std::string::npos);
  EXPECT_NE(refusal(test::tiny_config(), short_run(1), "too short").find("17"), std::string::npos);
  EXPECT_NE(refusal(test::tiny_config(), short_run(1, 2), kText).find("dropout"), std::string::npos);
  ModelConfig odd = test::tiny_config();
  odd.n_embd = 15;
  EXPECT_NE(refusal(odd, short_run(1), kText).find("n_embd"), std::string::npos);
}

TEST(Trainer, ATextOutsideTheVocabularyThrowsAndTouchesNoMemory) {
  ModelConfig config = test::tiny_config();
  config.vocab_size = 128;
  // The only foreign byte is a target, never an input.
  Trainer trainer(config, short_run(3), test::sample_text(16) + "\xff", "");
  EXPECT_NE(test::message_of<std::out_of_range>([&] { test::run_all(trainer); }).find("255"),
            std::string::npos);
}

}  // namespace
}  // namespace mini_llm
