// Options: ranges, messages, and the table that TypeScript gets.
#include "train/options.h"

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "generate/sampler.h"
#include "io/describe.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

const double kNaN = std::nan("");

struct Bad {
  std::string name;
  std::function<void(TrainOptions&)> change;
};

TEST(TrainOptions, TheDefaultsAreAllowed) {
  EXPECT_EQ(problem_of(TrainOptions{}), "");
  EXPECT_NO_THROW(validate(TrainOptions{}));
}

TEST(Options, AProblemNamesTheRangeAndTheValue) {
  TrainOptions options;
  options.lr = -1e-7;
  EXPECT_EQ(problem_of(options), "lr must be a number from 0 to 1000000, not -1e-7.");
  options = {};
  options.batch_size = 0;
  EXPECT_EQ(problem_of(options), "batch_size must be a whole number from 1 to 4096, not 0.");
  options = {};
  options.optimizer = "sgd";
  EXPECT_EQ(problem_of(options), "optimizer must be one of adamw, muon, not \"sgd\".");
  options = {};
  options.lr = 0.00001;
  options.min_lr = 0.0001;
  EXPECT_EQ(problem_of(options),
            "min_lr (0.0001) must not be above lr (0.00001); training goes from lr to min_lr.");
  EXPECT_EQ(problem_of("p", 0, Rule{.min = 0, .max = 1, .excludes_min = true}, false),
            "p must be a number above 0 and at most 1, not 0.");
}

TEST(Options, NumbersAreWrittenAsJavaScriptWritesThem) {
  const std::vector<std::pair<double, std::string>> all = {{0, "0"},
                                                           {-0.0, "0"},
                                                           {1, "1"},
                                                           {-2.5, "-2.5"},
                                                           {0.1, "0.1"},
                                                           {1e-7, "1e-7"},
                                                           {1.5e-7, "1.5e-7"},
                                                           {1e-6, "0.000001"},
                                                           {0.99999, "0.99999"},
                                                           {1e7, "10000000"},
                                                           {1e21, "1e+21"},
                                                           {123456789012, "123456789012"},
                                                           {1.0 / 3, "0.3333333333333333"},
                                                           {1e20, "100000000000000000000"},
                                                           {kNaN, "NaN"},
                                                           {HUGE_VAL, "Infinity"},
                                                           {-HUGE_VAL, "-Infinity"}};
  for (const auto& [value, text] : all) EXPECT_EQ(format_number(value), text);
}

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
    TrainOptions options = test::plain_options();
    bad.change(options);
    const std::string message = test::message_of<std::invalid_argument>([&] { validate(options); });
    EXPECT_EQ(message.find(bad.name + " "), 0U) << message;
    EXPECT_NE(message.find("must"), std::string::npos) << message;
    EXPECT_EQ(message, problem_of(options));
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

TEST(DescribeCore, ListsEveryOptionWithADefaultThatItsRuleAllows) {
  const nlohmann::json core = nlohmann::json::parse(describe_core());
  for (const auto& [name, rows] : core["options"].items()) {
    EXPECT_FALSE(rows.empty()) << name;
    for (const auto& row : rows) {
      SCOPED_TRACE(row.dump());
      ASSERT_TRUE(row.contains("name") && row.contains("type") && row.contains("default"));
      EXPECT_EQ(row["type"] == "choice", row.contains("choices"));
      if (row["type"] != "int" && row["type"] != "float") continue;
      EXPECT_LE(row["min"].get<double>(), row["default"].get<double>());
      EXPECT_GE(row["max"].get<double>(), row["default"].get<double>());
    }
  }
  EXPECT_EQ(core["options"]["TrainOptions"][0],
            (nlohmann::json{
                {"name", "batch_size"}, {"type", "int"}, {"default", 12}, {"min", 1.0}, {"max", 4096.0}}));
  EXPECT_EQ(core["options"]["ModelConfig"][0]["choices"], nlohmann::json({"gpt2", "qwen3"}));
  EXPECT_EQ(problem_of(ModelConfig{}), "");
  EXPECT_EQ(problem_of(SampleOptions{}), "");
}

TEST(DescribeCore, ListsTheFieldsOfEvents) {
  const nlohmann::json events = nlohmann::json::parse(describe_core())["events"];
  EXPECT_EQ(
      events["TrainEvent"][0],
      (nlohmann::json{
          {"name", "kind"}, {"type", "choice"}, {"choices", {"none", "step", "eval", "done", "failed"}}}));
  EXPECT_EQ(events["GenerateEvent"][0], (nlohmann::json{{"name", "samples"}, {"type", "SampleBytes[]"}}));
  EXPECT_EQ(events["SampleBytes"][0]["type"], "bytes");
  EXPECT_EQ(events["ProfileRow"][1]["choices"], nlohmann::json({"forward", "backward", "update"}));
}

}  // namespace
}  // namespace mini_llm
