// Options out of range, each refused with its name, its value and its range.
#include "train/options.h"

#include <cmath>
#include <functional>

#include "tests/support.h"

namespace mini_llm {
namespace {

const double kNaN = std::nan("");

struct Bad {
  std::string name;
  std::function<void(TrainOptions&)> change;
};

TEST(TrainOptions, TheDefaultsAreFine) { EXPECT_NO_THROW(validate(TrainOptions{})); }

TEST(TrainOptions, EachOneOutOfRangeIsRefusedByName) {
  const std::vector<Bad> all = {
      {"batch_size", [](TrainOptions& o) { o.batch_size = 0; }},
      {"batch_size", [](TrainOptions& o) { o.batch_size = 5000; }},
      {"grad_accum", [](TrainOptions& o) { o.grad_accum = 0; }},
      {"max_steps", [](TrainOptions& o) { o.max_steps = 0; }},
      {"lr", [](TrainOptions& o) { o.lr = -1; }},
      {"lr", [](TrainOptions& o) { o.lr = kNaN; }},
      {"lr", [](TrainOptions& o) { o.lr = HUGE_VAL; }},
      {"min_lr", [](TrainOptions& o) { o.min_lr = 0.5; }},
      {"min_lr", [](TrainOptions& o) { o.min_lr = kNaN; }},
      {"weight_decay", [](TrainOptions& o) { o.weight_decay = -0.1; }},
      {"beta1", [](TrainOptions& o) { o.beta1 = 1; }},
      {"beta2", [](TrainOptions& o) { o.beta2 = 1; }},
      {"beta2", [](TrainOptions& o) { o.beta2 = kNaN; }},
      {"grad_clip", [](TrainOptions& o) { o.grad_clip = -1; }},
      {"dropout", [](TrainOptions& o) { o.dropout = 1; }},
      {"dropout", [](TrainOptions& o) { o.dropout = kNaN; }},
      {"val_fraction", [](TrainOptions& o) { o.val_fraction = 1; }},
      {"val_fraction", [](TrainOptions& o) { o.val_fraction = -0.1; }},
  };
  for (const Bad& bad : all) {
    TrainOptions options;
    bad.change(options);
    const std::string message = test::message_of<std::invalid_argument>([&] { validate(options); });
    EXPECT_EQ(message.find(bad.name + " is "), 0U) << message;
    EXPECT_NE(message.find("must be from"), std::string::npos) << message;
  }
}

TEST(TrainOptions, TheEdgesAreAllowed) {
  TrainOptions options;
  options.lr = options.min_lr = 0;
  options.beta1 = options.beta2 = 0;
  options.grad_clip = options.dropout = options.val_fraction = options.weight_decay = 0;
  options.warmup_steps = options.eval_every = options.eval_batches = 0;
  options.batch_size = options.grad_accum = options.max_steps = 1;
  options.seed = 0xffffffff;
  EXPECT_NO_THROW(validate(options));
}

}  // namespace
}  // namespace mini_llm
