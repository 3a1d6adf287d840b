// Checkpoints: what they hold, that a resumed run goes on bit by bit, and what is refused.
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
using test::short_run;

const std::string kText = test::sample_text(600);

std::unique_ptr<Trainer> make_trainer(const TrainOptions& options, const std::string& arch = "gpt2") {
  return std::make_unique<Trainer>(test::tiny_config(arch), options, kText, "sha");
}

DEFINE_FOR_EVERY_ARCHITECTURE(EveryCheckpoint);

std::string some_checkpoint() {
  const auto trainer = make_trainer(short_run(4));
  test::run_to(*trainer, 3);
  return save_checkpoint(*trainer).bytes();
}

TEST_P(EveryCheckpoint, AModelRoundTrips) {
  const auto model = test::tiny_model(1, 0, GetParam());
  const std::string bytes = save_model({model}).bytes();
  const auto loaded = load_model(bytes).gpt;
  EXPECT_EQ(loaded->config(), model->config());
  EXPECT_TRUE(test::same_bits(test::weights_of(*loaded), test::weights_of(*model)));
  EXPECT_TRUE(save_model({loaded}).bytes() == bytes);
}

TEST(Checkpoint, HoldsWeightsMomentsAndEverythingElse) {
  const SafetensorsFile file = read_safetensors(some_checkpoint());
  std::set<std::string> names;
  for (const auto& [name, tensor] : file.tensors) names.insert(name);
  for (const auto& [name, tensor] : test::tiny_model()->named_parameters())
    for (const std::string prefix : {"", "optimizer.exp_avg.", "optimizer.exp_avg_sq."})
      EXPECT_EQ(names.erase(prefix + name), 1U) << prefix + name;
  EXPECT_TRUE(names.empty());
  const json info = json::parse(file.metadata.at("mini_llm"));
  EXPECT_EQ(info["step"], 3);
  EXPECT_EQ(info["tokenizer"], "byte");
  EXPECT_EQ(info["max_len"], 16);
  EXPECT_EQ(info["vocab_size"], 256);
  EXPECT_EQ(info["corpus_sha256"], "sha");
  EXPECT_EQ(info["config"]["n_embd"], 16);
  EXPECT_EQ(info["options"]["lr"], 1e-2);
  EXPECT_EQ(info["rng"]["seed"], 1337);
  EXPECT_EQ(info["data_position"], 3 * 2 * 2);
  EXPECT_TRUE(info["val_loss"].is_number());
}

TEST(Checkpoint, HoldsTheShapeOfEveryArchitecture) {
  const auto config_in = [](const std::string& arch) {
    const SafetensorsFile file = read_safetensors(save_model({test::tiny_model(1, 0, arch)}).bytes());
    return json::parse(file.metadata.at("mini_llm"))["config"];
  };
  EXPECT_EQ(config_in("qwen3")["n_kv_head"], 1);
  EXPECT_EQ(config_in("qwen3")["n_inner"], 48);
  EXPECT_EQ(config_in("qwen3")["rope_theta"], 10000);
  EXPECT_EQ(config_in("gpt2")["n_kv_head"], 2);
  EXPECT_EQ(config_in("gpt2")["n_inner"], 64);
  EXPECT_EQ(config_in("gpt2")["rope_theta"], 10000);
  EXPECT_EQ(config_in("gpt2")["activation"], "gelu");
  const json described = json::parse(describe_checkpoint(save_model({test::tiny_model()}).bytes()));
  EXPECT_EQ(described["config"], config_in("gpt2"));
}

TEST(Checkpoint, OfAnEarlierVersionIsReadWithoutTheShapeThatFollowsFromTheRest) {
  const auto model = test::tiny_model();
  const SafetensorsFile file = read_safetensors(save_model({model}).bytes());
  json info = json::parse(file.metadata.at("mini_llm"));
  json& config = info["config"];
  config["max_len"] = config["seq_len"];
  for (const char* name : {"seq_len", "n_kv_head", "n_inner", "rope_theta", "activation"})
    EXPECT_EQ(config.erase(name), 1U);
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  EXPECT_EQ(load_model(bytes).gpt->config(), model->config());
}

TEST(Checkpoint, OfAnotherArchitectureLacksItsTensors) {
  const SafetensorsFile file = read_safetensors(save_model({test::tiny_model(1, 0, "qwen3")}).bytes());
  json info = json::parse(file.metadata.at("mini_llm"));
  info["config"]["arch"] = "gpt2";
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  test::message_of<std::invalid_argument>([&] { load_model(bytes); });
}

/// A run with a few merges, three steps of it done.
std::unique_ptr<Trainer> bpe_trainer() {
  const auto tokenizer = std::make_shared<const Tokenizer>(
      std::vector<TokenPair>{{'o', 'v'}, {256, 'e'}, {'q', 'u'}, {' ', 't'}, {259, 'h'}});
  ModelConfig config = test::tiny_config();
  config.vocab_size = tokenizer->vocab_size();
  auto trainer = std::make_unique<Trainer>(config, short_run(6), kText, "sha", tokenizer);
  test::run_to(*trainer, 3);
  return trainer;
}

TEST(Checkpoint, CarriesTheTokenizerAndGoesOnWithIt) {
  const auto whole = bpe_trainer();
  const std::string bytes = save_checkpoint(*whole).bytes();
  const json info = json::parse(read_safetensors(bytes).metadata.at("mini_llm"));
  EXPECT_EQ(info["tokenizer"], "bpe");
  EXPECT_EQ(info["vocab_size"], 261);
  EXPECT_EQ(info["merges"], json::parse(R"([[111,118],[256,101],[113,117],[32,116],[259,104]])"));
  EXPECT_EQ(json::parse(describe_checkpoint(bytes))["merges"], info["merges"]);
  const auto resumed = resume_trainer(bytes, short_run(6), kText, "sha");
  EXPECT_DOUBLE_EQ(resumed->progress().last.val_bits_per_byte, whole->progress().last.val_bits_per_byte);
  test::run_all(*whole);
  test::run_all(*resumed);
  EXPECT_TRUE(save_checkpoint(*resumed).bytes() == save_checkpoint(*whole).bytes());
  const std::string model = save_model(model_of(*whole)).bytes();
  EXPECT_EQ(load_model(model).tokenizer->merges(), whole->tokenizer()->merges());
}

TEST(Checkpoint, RefusesATokenizerThatDoesNotFit) {
  const SafetensorsFile file = read_safetensors(save_checkpoint(*bpe_trainer()).bytes());
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
  for (const char* pair : {"1", "[]", "[1]", "[1,2,3]", "[1,-2]", "[1,2.5]", "[\"a\",2]", "[1,65536]"})
    EXPECT_NE(refusal("/merges/4", json::parse(pair)).find("merge 4"), std::string::npos) << pair;
  EXPECT_NE(refusal("/merges/3", json::array({1, 259})).find("merge 3"), std::string::npos);
  EXPECT_NE(refusal("/merges/5", json::array({1, 2})).find("its tokenizer's is 262"), std::string::npos);
}

TEST(Checkpoint, IsDescribedForPeopleAndPrograms) {
  const json run = json::parse(describe_checkpoint(some_checkpoint()));
  EXPECT_EQ(run["has_optimizer"], true);
  EXPECT_EQ(run["n_parameters"], count_parameters(test::tiny_config()));
  EXPECT_EQ(run["tensors"].size(), 3 * test::tiny_model()->parameters().size());
  EXPECT_EQ(run["options"]["max_steps"], 4);
  const json weights = json::parse(describe_checkpoint(save_model({test::tiny_model()}).bytes()));
  EXPECT_EQ(weights["has_optimizer"], false);
  EXPECT_TRUE(weights["options"].is_null());
  EXPECT_TRUE(weights["train_loss"].is_null());
  EXPECT_EQ(weights["config"]["arch"], "gpt2");
}

TEST_P(EveryCheckpoint, AResumedRunIsTheUninterruptedOneByteByByte) {
  for (const std::string optimizer : {"adamw", "muon"}) {
    TrainOptions options = short_run(9, 0.1);
    options.optimizer = optimizer;
    const auto whole = make_trainer(options, GetParam());
    test::run_all(*whole);
    const std::string expected = save_checkpoint(*whole).bytes();
    for (const std::size_t stop : {1, 3, 4, 8}) {
      const auto first = make_trainer(options, GetParam());
      test::run_to(*first, stop);
      const auto second = resume_trainer(save_checkpoint(*first).bytes(), options, kText, "sha");
      EXPECT_EQ(second->progress().step, stop);
      test::run_all(*second);
      EXPECT_TRUE(save_checkpoint(*second).bytes() == expected) << optimizer << ", stopped at " << stop;
    }
  }
}

TEST(Checkpoint, OfARunThatWillEndEarlyIsResumedByteByByte) {
  const TrainOptions options = test::impatient_run();
  const std::string text = test::text_with_another_end();
  Trainer whole(test::tiny_config(), options, text, "sha");
  test::run_all(whole);
  const std::size_t best = whole.progress().best_step;
  ASSERT_GT(best, 0U);
  for (const std::size_t stop : {best - 1, best, best + 1, best + options.eval_every}) {
    Trainer first(test::tiny_config(), options, text, "sha");
    test::run_to(first, stop);
    const auto second = resume_trainer(save_checkpoint(first).bytes(), options, text, "sha");
    test::run_all(*second);
    EXPECT_EQ(second->progress().step, whole.progress().step) << "stopped at " << stop;
    EXPECT_TRUE(save_checkpoint(*second).bytes() == save_checkpoint(whole).bytes()) << "stopped at " << stop;
  }
  EXPECT_NE(test::message_of<std::invalid_argument>([&] {
              resume_trainer(save_checkpoint(whole).bytes(), options, text, "sha");
            }).find("weights of its best step, " + std::to_string(best)),
            std::string::npos);
}

TEST(Checkpoint, OfARunJustStartedOrFinishedCanBeResumed) {
  const TrainOptions options = short_run(3, 0.1);
  const auto fresh = make_trainer(options), whole = make_trainer(options);
  const auto resumed = resume_trainer(save_checkpoint(*fresh).bytes(), options, kText, "sha");
  test::run_all(*whole);
  test::run_all(*resumed);
  EXPECT_TRUE(save_checkpoint(*resumed).bytes() == save_checkpoint(*whole).bytes());
  const auto finished = resume_trainer(save_checkpoint(*whole).bytes(), options, kText, "sha");
  const TrainEvent event = finished->advance(10);
  EXPECT_EQ(event.kind, TrainEvent::Kind::done);
  EXPECT_EQ(event.step, 3U);
  EXPECT_DOUBLE_EQ(event.train_loss, whole->progress().last.train_loss);
  EXPECT_TRUE(save_checkpoint(*finished).bytes() == save_checkpoint(*whole).bytes());
}

TEST(Checkpoint, SavedBetweenAStepAndItsEvaluationMakesUpForIt) {
  const TrainOptions options = short_run(3, 0.1);
  const auto whole = make_trainer(options), interrupted = make_trainer(options);
  test::run_all(*whole);
  ASSERT_EQ(whole->progress().val_step, 3U);
  while (interrupted->progress().step < 3) interrupted->advance(1e9);
  ASSERT_NE(interrupted->progress().val_step, 3U);
  const auto resumed = resume_trainer(save_checkpoint(*interrupted).bytes(), options, kText, "sha");
  EXPECT_EQ(resumed->advance(1e9).kind, TrainEvent::Kind::eval);
  EXPECT_EQ(resumed->advance(1e9).kind, TrainEvent::Kind::done);
  EXPECT_TRUE(save_checkpoint(*resumed).bytes() == save_checkpoint(*whole).bytes());
}

TEST(Checkpoint, SavedInTheMiddleOfAStepIsThatOfTheLastOneCompleted) {
  const TrainOptions options = short_run(6, 0.1);
  const auto sliced = make_trainer(options);
  test::run_to(*sliced, 4);
  const std::string after_four = save_checkpoint(*sliced).bytes();
  int slices = 0;
  while (sliced->advance(0).kind == TrainEvent::Kind::none) {
    ASSERT_TRUE(save_checkpoint(*sliced).bytes() == after_four) << "slice " << slices;
    ++slices;
  }
  EXPECT_GT(slices, 20);
  const auto resumed = resume_trainer(after_four, options, kText, "sha");
  test::run_to(*resumed, 5);
  EXPECT_TRUE(save_checkpoint(*resumed).bytes() == save_checkpoint(*sliced).bytes());
}

TEST(Checkpoint, ARunCanGoOnWithOtherOptions) {
  TrainOptions longer = short_run(20);
  const auto resumed = resume_trainer(some_checkpoint(), longer, kText, "sha");
  test::run_all(*resumed);
  EXPECT_EQ(resumed->progress().step, 20U);
}

TEST(Checkpoint, RefusesToGoOnWithoutTheOptimizerOrWithAnotherText) {
  const auto refusal = [](const std::string& file, const std::string& sha) {
    return test::message_of<std::invalid_argument>([&] { resume_trainer(file, short_run(4), kText, sha); });
  };
  EXPECT_NE(refusal(save_model({test::tiny_model()}).bytes(), "sha").find("optimizer"), std::string::npos);
  const std::string other = refusal(some_checkpoint(), "other");
  EXPECT_NE(other.find("sha,"), std::string::npos);
  EXPECT_NE(other.find("other"), std::string::npos);
}

/// Reads a good checkpoint whose tensors and metadata were changed; returns the refusal.
std::string refusal_after(const std::function<void(json&, StateDict&)>& change, bool resume = false) {
  const SafetensorsFile file = read_safetensors(some_checkpoint());
  json info = json::parse(file.metadata.at("mini_llm"));
  StateDict tensors(file.tensors.begin(), file.tensors.end());
  change(info, tensors);
  const std::string bytes = write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes();
  return test::message_of<std::invalid_argument>([&] {
    if (resume)
      resume_trainer(bytes, short_run(4), kText, "sha");
    else
      load_model(bytes);
  });
}

TEST(Checkpoint, RefusesWhatAnotherProgramWrote) {
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

TEST(Checkpoint, OfAnotherProgramIsRefusedForThatAndNotForItsNumbers) {
  const std::string header =
      R"({"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"__metadata__":{"format":"pt"}})";
  const std::string file =
      std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "1234";
  const std::string why = test::message_of<std::invalid_argument>([&] { load_model(file); });
  EXPECT_NE(why.find("another program"), std::string::npos) << why;
  EXPECT_EQ(why.find("F32"), std::string::npos) << why;
}

TEST(Checkpoint, RemembersWhereItsTextBegins) {
  Trainer trainer(test::tiny_config(), short_run(2), std::string(300, 'G') + "ATTACA", "sha");
  test::run_all(trainer);
  EXPECT_EQ(trainer.start(), "G");
  const std::string file = save_checkpoint(trainer).bytes();
  EXPECT_EQ(load_model(file).start, "G");
  EXPECT_EQ(load_model(save_model(load_model(file)).bytes()).start, "G");
  EXPECT_EQ(json::parse(describe_checkpoint(file))["start"], json::array({'G'}));
  EXPECT_EQ(resume_trainer(file, short_run(3), std::string(300, 'G') + "ATTACA", "sha")->start(), "G");
  EXPECT_EQ(load_model(some_checkpoint()).start.find_first_not_of('\n'), std::string::npos);
}

TEST(Checkpoint, OfAnEarlyEndIsReadWithTheNamesOfBefore) {
  Trainer trainer(test::tiny_config(), test::impatient_run(), test::text_with_another_end(), "sha");
  test::run_all(trainer);
  const SafetensorsFile file = read_safetensors(save_checkpoint(trainer).bytes());
  json info = json::parse(file.metadata.at("mini_llm"));
  info["turned_back"] = info["restored_best"];
  for (const char* name :
       {"restored_best", "best_train_loss", "best_train_bits_per_byte", "best_val_bits_per_byte"})
    ASSERT_EQ(info.erase(name), 1U) << name;
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const Trainer::Progress read =
      read_checkpoint(write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes()).info.progress;
  EXPECT_TRUE(read.restored_best);
  EXPECT_EQ(read.weights_step(), trainer.progress().best_step);
  EXPECT_DOUBLE_EQ(read.of_weights().val_bits_per_byte, trainer.progress().best.val_bits_per_byte);
  EXPECT_DOUBLE_EQ(read.of_weights().train_loss, trainer.progress().best.train_loss);
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
                                                         {"/config/vocab_size", 65536},
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

TEST(Checkpoint, AStatedShapeTakesNoMemoryBeforeItIsBelieved) {
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

TEST(Checkpoint, OfAnEarlierVersionIsResumedWithTheOptionsThatItHadNotYet) {
  const auto trainer = make_trainer(short_run(4));
  test::run_to(*trainer, 2);
  const SafetensorsFile file = read_safetensors(save_checkpoint(*trainer).bytes());
  json info = json::parse(file.metadata.at("mini_llm"));
  for (const char* name : {"schedule", "decay_fraction", "optimizer", "muon_lr", "patience", "freeze_layers",
                           "lora_rank", "lora_alpha"})
    EXPECT_EQ(info["options"].erase(name), 1U) << name;
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const Checkpoint read = read_checkpoint(write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes());
  EXPECT_EQ(read.info.options->optimizer, "adamw");
  EXPECT_EQ(read.info.options->schedule, "cosine");
  EXPECT_EQ(read.info.options->lora_rank, 0U);
}

TEST(Checkpoint, OfOneOptimizerCannotBeResumedWithTheOther) {
  TrainOptions options = short_run(4);
  const auto trainer = make_trainer(options);
  test::run_to(*trainer, 2);
  options.optimizer = "muon";
  EXPECT_NE(test::message_of<std::invalid_argument>([&] {
              resume_trainer(save_checkpoint(*trainer).bytes(), options, kText, "sha");
            }).find("momentum_buffer"),
            std::string::npos);
}

}  // namespace
}  // namespace mini_llm
