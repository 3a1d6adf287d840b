// When the loss becomes NaN or infinite, training stops with a sentence and keeps the last good weights.
#include <algorithm>
#include <cmath>
#include <set>

#include "generate/generator.h"
#include "io/checkpoint.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

using Kind = TrainEvent::Kind;
using test::kText;

TrainOptions absurd_run(std::size_t max_steps = 200) {
  TrainOptions options = test::short_run(max_steps);
  options.lr = options.min_lr = 1e6;
  options.warmup_steps = 0;
  options.weight_decay = 100;
  return options;
}

bool all_finite(const Module& module) {
  for (const float x : test::weights_of(module))
    if (!std::isfinite(x)) return false;
  return true;
}

bool can_generate(const Trainer& trainer) {
  SampleOptions options;
  options.max_new_tokens = 5;
  try {
    return Generator(trainer.model(), options, "The").advance(1e9).tokens == 5;
  } catch (const std::domain_error&) {
    return false;  // the logits are not finite
  }
}

TEST(TrainerFailure, AnAbsurdLearningRateEndsInASentenceAndUsableWeights) {
  Trainer trainer(test::tiny_config(), absurd_run(), kText, "");
  const TrainEvent last = test::run_all(trainer).back();
  ASSERT_EQ(last.kind, Kind::failed);
  EXPECT_TRUE(trainer.failed());
  EXPECT_TRUE(test::is_sentence(last.message));
  EXPECT_NE(last.message.find("lower lr"), std::string::npos);
  EXPECT_NE(last.message.find("step "), std::string::npos);
  EXPECT_TRUE(all_finite(*trainer.model()));

  const TrainEvent again = trainer.advance(10);
  EXPECT_EQ(again.kind, Kind::failed);
  EXPECT_EQ(again.message, last.message);
  EXPECT_EQ(again.step, last.step);

  EXPECT_TRUE(can_generate(trainer));
}

TEST(TrainerFailure, TheFileOfAFailedRunHoldsTheWeightsOnly) {
  Trainer trainer(test::tiny_config(), absurd_run(), kText, "sha");
  ASSERT_EQ(test::run_all(trainer).back().kind, Kind::failed);
  const std::string bytes = test::saved(trainer);
  EXPECT_TRUE(bytes == save_model(test::model_of(trainer)).bytes());
  const RunState checkpoint = read_checkpoint(bytes);
  EXPECT_TRUE(checkpoint.optimizer.empty());
  EXPECT_FALSE(checkpoint.options);
  test::message_of<std::invalid_argument>([&] { test::resume(bytes, absurd_run(), kText, "sha"); });
}

TEST(TrainerFailure, WeightsThatAreNaNFromTheStartFailAtTheFirstStep) {
  Trainer trainer(test::tiny_config(), test::short_run(5), kText, "");
  for (Tensor& parameter : trainer.model()->parameters()) {
    parameter.data()[0] = std::nanf("");
    parameter.mark_modified();
  }
  const auto events = test::run_all(trainer);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::failed);
  EXPECT_EQ(events[0].step, 0U);
  EXPECT_NE(events[0].message.find("step 1,"), std::string::npos) << events[0].message;
}

TEST(TrainerFailure, WhereverTheLastStepFallsTheWeightsThatAreLeftCanBeUsed) {
  std::set<Kind> ends;
  for (std::size_t max_steps = 1; max_steps <= 12; ++max_steps) {
    TrainOptions options = absurd_run(max_steps);
    options.lr = options.min_lr = 1e3;
    options.weight_decay = 0;
    Trainer trainer(test::tiny_config(), options, kText, "");
    ends.insert(test::run_all(trainer).back().kind);
    EXPECT_TRUE(can_generate(trainer)) << max_steps << " steps";
  }
  EXPECT_EQ(ends.size(), 2U) << "some of them should end well and some fail";
}

/// Weights with which no forward pass is finite, as after a step with an absurd learning rate.
void damage(Trainer& trainer) {
  for (Tensor& parameter : trainer.model()->parameters()) {
    std::fill_n(parameter.data(), parameter.size(), 1e38f);
    parameter.mark_modified();
  }
}

TEST(TrainerFailure, ARunStoppedAtAnyStepSavesWeightsThatCanGenerate) {
  for (const std::size_t grad_accum : {1, 3})
    for (const double val_fraction : {0.1, 0.0})
      for (std::size_t stop = 1; stop <= 6; ++stop) {
        TrainOptions options = absurd_run();
        options.grad_accum = grad_accum;
        options.val_fraction = val_fraction;
        options.eval_every = 0;
        Trainer trainer(test::tiny_config(), options, kText, "sha");
        while (trainer.progress().step < stop && !trainer.failed()) trainer.advance(0);
        const bool good = trainer.verify();
        EXPECT_EQ(good, !trainer.failed());
        const std::string file = test::saved(trainer);
        SampleOptions five;
        five.max_new_tokens = 5;
        const LoadedModel loaded = load_model(file);
        EXPECT_EQ(Generator(loaded.gpt, five, "The").advance(1e9).tokens, 5U) << "step " << stop;
        if (good) continue;
        const std::string step =
            "the weights of step " + std::to_string(trainer.progress().step) + " are kept";
        EXPECT_NE(trainer.message().find(step), std::string::npos) << trainer.message();
      }
}

TEST(TrainerFailure, ARunWithoutValidationDoesNotEndWellWithBrokenWeights) {
  TrainOptions options = absurd_run();
  options.val_fraction = 0;
  std::set<Kind> ends;
  for (options.max_steps = 1; options.max_steps <= 5; ++options.max_steps) {
    Trainer trainer(test::tiny_config(), options, kText, "");
    const TrainEvent last = test::run_all(trainer).back();
    ends.insert(last.kind);
    EXPECT_TRUE(can_generate(trainer));
    EXPECT_EQ(last.weights_step, trainer.progress().step);
  }
  EXPECT_TRUE(ends.contains(Kind::failed));
}

TEST(TrainerFailure, WithoutAStepToUndoTheLastGoodWeightsComeBack) {
  Trainer trainer(test::tiny_config(), test::short_run(20), kText, "");
  test::run_to(trainer, 4);
  ASSERT_TRUE(trainer.verify());
  const test::Floats good = test::weights_of(*trainer.model());
  test::run_to(trainer, 5);
  while (trainer.advance(0).kind != Kind::none) continue;
  for (int i = 0; i < 10; ++i)
    trainer.advance(0);  // into the backward pass, which takes the old weights' place
  ASSERT_EQ(trainer.progress().step, 5U);
  damage(trainer);
  EXPECT_FALSE(trainer.verify());
  EXPECT_EQ(trainer.progress().step, 4U);
  EXPECT_TRUE(test::same_bits(test::weights_of(*trainer.model()), good));
  EXPECT_EQ(trainer.advance(0).kind, Kind::failed);
}

TEST(TrainerFailure, VerifyingChangesNoBit) {
  Trainer plain(test::tiny_config(), test::short_run(8, 0.1), kText, "");
  Trainer verified(test::tiny_config(), test::short_run(8, 0.1), kText, "");
  test::run_all(plain);
  while (verified.advance(0).kind != Kind::done) EXPECT_TRUE(verified.verify());
  EXPECT_TRUE(test::saved(plain) == test::saved(verified));
}

TEST(TrainerFailure, BrokenWeightsAreNotGoneOnFrom) {
  Trainer trainer(test::tiny_config(), test::short_run(20), kText, "sha");
  test::run_to(trainer, 3);
  damage(trainer);
  const std::string file = test::saved(trainer);  // as earlier versions saved it
  for (const auto& go_on : {test::resume, test::finetune}) {
    const std::string why =
        test::message_of<std::invalid_argument>([&] { go_on(file, test::short_run(20), kText, "sha"); });
    EXPECT_NE(why.find("NaN, infinite"), std::string::npos);
  }
}

TEST(TrainerFailure, TheAdviceNamesTheRatesAsTheyWereGiven) {
  TrainOptions options = absurd_run();
  options.lr = options.min_lr = 0;
  options.optimizer = "muon";
  options.muon_lr = 1e6;
  Trainer trainer(test::tiny_config(), options, kText, "");
  damage(trainer);
  ASSERT_FALSE(trainer.verify());
  EXPECT_NE(trainer.message().find("try a lower muon_lr than 1000000"), std::string::npos)
      << trainer.message();
  EXPECT_EQ(trainer.message().find("lower lr"), std::string::npos);
}

}  // namespace
}  // namespace mini_llm
