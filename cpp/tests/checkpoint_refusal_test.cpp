// Files that no run or model can be read from, each refused with a sentence.
#include "io/checkpoint.h"

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "io/safetensors.h"
#include "tests/memory_probe.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

using nlohmann::json;
using test::kText;
using test::make_trainer;
using test::short_run;
using test::some_checkpoint;

TEST(Checkpoint, RefusesAnotherArchitecture) {
  const SafetensorsFile file = read_safetensors(save_model({test::tiny_model(1, 0, "qwen3")}).bytes());
  json info = json::parse(file.metadata.at("mini_llm"));
  info["config"]["arch"] = "gpt2";
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  test::message_of<std::invalid_argument>([&] { load_model(bytes); });
}

TEST(Checkpoint, RefusesATokenizerThatDoesNotFit) {
  const SafetensorsFile file = read_safetensors(test::saved(*test::bpe_run()));
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const auto refusal = [&](const char* path, const json& value) {
    json info = json::parse(file.metadata.at("mini_llm"));
    info[json::json_pointer(path)] = value;
    const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
    return test::message_of<std::invalid_argument>([&] { load_model(bytes); });
  };
  EXPECT_NE(refusal("/tokenizer", "byte").find("vocab_size is 261"), std::string::npos);
  EXPECT_NE(refusal("/merges", json::array()).find("merges"), std::string::npos);
  EXPECT_NE(refusal("/merges", "many").find("merges"), std::string::npos);
  for (const char* pair : {"1", "[]", "[1]", "[1,2,3]", "[1,-2]", "[1,2.5]", "[\"a\",2]", "[1,262144]"})
    EXPECT_NE(refusal("/merges/4", json::parse(pair)).find("merge 4"), std::string::npos) << pair;
  EXPECT_NE(refusal("/merges/3", json::array({1, 259})).find("merge 3"), std::string::npos);
  EXPECT_NE(refusal("/merges/5", json::array({1, 2})).find("its tokenizer's is 262"), std::string::npos);
}

TEST(Checkpoint, RefusesARecipeThatIsNoObject) {
  const SafetensorsFile file = read_safetensors(some_checkpoint());
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  json info = json::parse(file.metadata.at("mini_llm"));
  info["recipe"] = "quick";
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  const std::string refusal = test::message_of<std::invalid_argument>([&] { load_model(bytes); });
  EXPECT_NE(refusal.find("its \"recipe\" is \"quick\""), std::string::npos) << refusal;
}

TEST(Checkpoint, RefusesARecipeThatIsNestedTooDeeplyToBeCopied) {
  const SafetensorsFile file = read_safetensors(some_checkpoint());
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const auto with_recipe = [&](std::size_t depth) {
    json info = json::parse(file.metadata.at("mini_llm"));
    info["recipe"] = {{"x", 0}};
    std::string text = info.dump();
    text.replace(text.find("{\"x\":0}") + 5, 1, std::string(depth, '[') + std::string(depth, ']'));
    return write_safetensors({{"mini_llm", text}}, tensors).bytes();
  };
  EXPECT_NO_THROW(load_model(with_recipe(20)));
  const std::string deep = with_recipe(200'000);
  const std::string refusal = test::message_of<std::invalid_argument>([&] { load_model(deep); });
  EXPECT_NE(refusal.find("nested too deeply"), std::string::npos) << refusal;
}

TEST(Checkpoint, RefusesToGoOnWithoutTheOptimizerOrWithAnotherText) {
  const auto refusal = [](const std::string& file, const std::string& sha) {
    return test::message_of<std::invalid_argument>([&] { test::resume(file, short_run(4), kText, sha); });
  };
  EXPECT_NE(refusal(save_model({test::tiny_model()}).bytes(), "sha").find("optimizer"), std::string::npos);
  const std::string other = refusal(some_checkpoint(), "other");
  EXPECT_NE(other.find("sha,"), std::string::npos);
  EXPECT_NE(other.find("other"), std::string::npos);
}

/// Reads a good checkpoint after `change` has damaged it and returns the error message.
std::string refusal_after(const std::function<void(json&, StateDict&)>& change, bool resume = false) {
  const SafetensorsFile file = read_safetensors(some_checkpoint());
  json info = json::parse(file.metadata.at("mini_llm"));
  StateDict tensors(file.tensors.begin(), file.tensors.end());
  change(info, tensors);
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  return test::message_of<std::invalid_argument>([&] {
    if (resume)
      test::resume(bytes, short_run(4), kText, "sha");
    else
      load_model(bytes);
  });
}

TEST(Checkpoint, RefusesFilesOfOtherPrograms) {
  const auto refusal = [](const std::string& file) {
    return test::message_of<std::invalid_argument>([&] { load_model(file); });
  };
  const StateDict tensors = test::tiny_model()->state_dict();
  EXPECT_NE(refusal(write_safetensors({}, tensors).bytes()).find("another program"), std::string::npos);
  for (const std::string text :
       {"", "{", "[]", "1", "null", "{}", R"({"version":1})", R"({"version":NaN})", R"({"version":1e999})"})
    refusal(write_safetensors({{"mini_llm", text}}, tensors).bytes());
  refusal(write_safetensors({{"mini_llm", std::string(1000000, '[')}}, tensors).bytes());
  refusal("not a model at all");
  refusal(std::string(100000, '\0'));
}

TEST(Checkpoint, RefusesAFileOfAnotherProgramBeforeCheckingItsNumbers) {
  const std::string header =
      R"({"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"__metadata__":{"format":"pt"}})";
  const std::string file =
      std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "1234";
  const std::string why = test::message_of<std::invalid_argument>([&] { load_model(file); });
  EXPECT_NE(why.find("another program"), std::string::npos) << why;
  EXPECT_EQ(why.find("F32"), std::string::npos) << why;
}

TEST(Checkpoint, RefusesMetadataThatMakesNoSense) {
  const std::vector<std::pair<const char*, json>> bad = {{"/version", 2},
                                                         {"/version", "1"},
                                                         {"/tokenizer", "bpe"},
                                                         {"/tokenizer", 1},
                                                         {"/start", "G"},
                                                         {"/start", json::array()},
                                                         {"/start", json::array({256})},
                                                         {"/start", json::array({-1})},
                                                         {"/config", nullptr},
                                                         {"/config/arch", "llama"},
                                                         {"/config/n_embd", 15},
                                                         {"/config/n_embd", 32},
                                                         {"/config/n_embd", -16},
                                                         {"/config/n_embd", 16.0},
                                                         {"/config/n_embd", "16"},
                                                         {"/config/n_layer", 200},
                                                         {"/config/n_layer", 1},
                                                         {"/config/n_head", 0},
                                                         {"/config/seq_len", 65537},
                                                         {"/config/vocab_size", 262145},
                                                         {"/options", 1},
                                                         {"/options/lr", nullptr},
                                                         {"/options/lr", "fast"},
                                                         {"/options/lr", -1},
                                                         {"/options/beta1", 1.5},
                                                         {"/options/seed", 4294967296},
                                                         {"/options/max_steps", 0},
                                                         {"/options/batch_size", 2.5},
                                                         {"/step", -1},
                                                         {"/step", "three"},
                                                         {"/train_loss", "low"},
                                                         {"/corpus_sha256", 5}};
  for (const auto& [path, value] : bad) {
    SCOPED_TRACE(path + std::string(" = ") + value.dump());
    refusal_after([&](json& info, StateDict&) { info[json::json_pointer(path)] = value; });
  }
  for (const char* missing : {"version", "tokenizer", "config", "step", "corpus_sha256"})
    refusal_after([&](json& info, StateDict&) { info.erase(missing); });
}

TEST(Checkpoint, AStatedShapeTakesNoMemoryBeforeItIsChecked) {
  const test::MemoryProbe probe;
  refusal_after([](json& info, StateDict&) {
    info["config"]["n_layer"] = 100;
    info["config"]["n_embd"] = 256;  // 315 MB
  });
  EXPECT_LT(probe.peak(), 10'000'000U);
}

TEST(Checkpoint, RefusesTensorsThatDoNotFit) {
  const auto place = [](StateDict& tensors, const std::string& name) {
    return std::find_if(tensors.begin(), tensors.end(),
                        [&](const NamedTensor& t) { return t.first == name; });
  };
  const auto drop = [&](const std::string& name) {
    return [&, name](json&, StateDict& tensors) { tensors.erase(place(tensors, name)); };
  };
  EXPECT_NE(refusal_after(drop("wte.weight")).find("wte.weight"), std::string::npos);
  refusal_after(drop("optimizer.exp_avg.wte.weight"), true);
  refusal_after(drop("optimizer.exp_avg_sq.ln_f.bias"), true);
  EXPECT_NE(refusal_after([](json&, StateDict& t) {
              t.emplace_back("extra", test::random_tensor({1}, 1));
            }).find("extra"),
            std::string::npos);
  refusal_after([&](json&, StateDict& t) { place(t, "ln_f.bias")->second = test::random_tensor({4, 4}, 1); });
  refusal_after(
      [&](json&, StateDict& t) {
        place(t, "optimizer.exp_avg.ln_f.bias")->second = test::random_tensor({4}, 1);
      },
      true);
}

TEST(Checkpoint, CannotBeResumedWithAnotherOptimizer) {
  TrainOptions options = short_run(4);
  const auto trainer = make_trainer(options);
  test::run_to(*trainer, 2);
  options.optimizer = "muon";
  EXPECT_NE(test::message_of<std::invalid_argument>([&] {
              test::resume(test::saved(*trainer), options, kText, "sha");
            }).find("momentum_buffer"),
            std::string::npos);
}

}  // namespace
}  // namespace mini_llm
