// When the loss becomes NaN or infinite: training stops with a sentence, and the last good weights stay
// usable.
#include <cmath>
#include <set>

#include "generate/generator.h"
#include "io/checkpoint.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

using Kind = TrainEvent::Kind;

const std::string kText = test::sample_text(600);

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
  const std::string bytes = save_checkpoint(trainer).bytes();
  EXPECT_TRUE(bytes == save_model(*trainer.model(), byte_tokenizer()).bytes());
  const Checkpoint checkpoint = read_checkpoint(bytes);
  EXPECT_TRUE(checkpoint.optimizer.empty());
  EXPECT_FALSE(checkpoint.info.options);
  test::message_of<std::invalid_argument>([&] { resume_trainer(bytes, absurd_run(), kText, "sha"); });
}

TEST(TrainerFailure, WeightsThatAreNaNFromTheStartFailAtTheFirstStep) {
  Trainer trainer(test::tiny_config(), test::short_run(5), kText, "");
  for (Tensor& parameter : trainer.model()->parameters()) {
    parameter.data()[0] = std::nanf("");
    parameter.touch();
  }
  const auto events = test::run_all(trainer);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::failed);
  EXPECT_EQ(events[0].step, 0U);
  EXPECT_NE(events[0].message.find("step 1,"), std::string::npos) << events[0].message;
}

TEST(TrainerFailure, WhereverTheLastStepFallsTheWeightsThatAreLeftCanBeUsed) {
  std::set<Kind> ends;
  for (std::size_t max_steps = 1; max_steps <= 5; ++max_steps) {
    Trainer trainer(test::tiny_config(), absurd_run(max_steps), kText, "");
    ends.insert(test::run_all(trainer).back().kind);
    EXPECT_TRUE(can_generate(trainer)) << max_steps << " steps";
  }
  EXPECT_EQ(ends.size(), 2U) << "some of them should end well and some fail";
}

}  // namespace
}  // namespace mini_llm
