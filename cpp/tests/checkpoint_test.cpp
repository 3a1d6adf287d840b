// Checkpoints: their contents and bitwise equal resumed runs.
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

DEFINE_FOR_EVERY_ARCHITECTURE(EveryCheckpoint);

TEST_P(EveryCheckpoint, AModelRoundTrips) {
  const auto model = test::tiny_model(1, 0, GetParam());
  const std::string bytes = save_model({model}).bytes();
  const auto loaded = load_model(bytes).gpt;
  EXPECT_EQ(loaded->config(), model->config());
  EXPECT_TRUE(test::same_bits(test::weights_of(*loaded), test::weights_of(*model)));
  EXPECT_TRUE(save_model({loaded}).bytes() == bytes);
}

TEST(Checkpoint, KeepsTheTokenizerAndTheShapeOfAnImportedModel) {
  const auto tokenizer = std::make_shared<const Tokenizer>(
      std::vector<TokenPair>{{'a', 'b'}}, Split::qwen2,
      std::vector<ExtraToken>{{"<|end|>", ExtraToken::Kind::end}, {"", ExtraToken::Kind::unused}});
  ModelConfig config{"qwen3", tokenizer->vocab_size(), 8, 1, 2, 6, 1};
  config.head_dim = 4;
  config.tie_word_embeddings = false;
  const auto model = std::make_shared<Gpt>(config);
  model->initialize(1);
  const std::string bytes = save_model({model, tokenizer}).bytes();
  const LoadedModel loaded = load_model(bytes);
  EXPECT_EQ(loaded.gpt->config(), model->config());
  EXPECT_TRUE(*loaded.tokenizer == *tokenizer);
  EXPECT_EQ(model->n_parameters(), count_parameters(config));
  EXPECT_TRUE(test::same_bits(test::weights_of(*loaded.gpt), test::weights_of(*model)));
  EXPECT_TRUE(save_model(loaded).bytes() == bytes);
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

TEST(Checkpoint, KeepsTheRecipeThroughSavingAndResuming) {
  const std::string recipe = R"({"options":{"lr":0.01,"seed":7},"version":"1.2.3"})";
  const auto trainer = make_trainer(short_run(6));
  EXPECT_FALSE(json::parse(describe_checkpoint(test::saved(*trainer))).contains("recipe"));
  trainer->set_recipe(recipe);
  test::run_to(*trainer, 3);
  const std::string file = test::saved(*trainer);
  EXPECT_EQ(json::parse(describe_checkpoint(file))["recipe"], json::parse(recipe));
  const auto rest = test::resume(file, short_run(6), kText, "sha");
  test::run_all(*trainer);
  test::run_all(*rest);
  EXPECT_TRUE(test::saved(*rest) == test::saved(*trainer));
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

TEST(Checkpoint, ReadsOlderFilesThatLackDerivedFieldsOfTheShape) {
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

TEST(Checkpoint, OffersTheBestWeightsAndTheLastOnes) {
  for (const std::size_t lora_rank : {0, 2}) {
    TrainOptions options = test::impatient_run();
    options.lora_rank = lora_rank;
    const auto start = test::tiny_model();
    const StateDict weights = start->state_dict();
    Trainer trainer(start->config(), options, test::text_with_another_end(), "sha", byte_tokenizer(),
                    &weights);
    // Up to the first evaluation that is no better: the file then holds both.
    test::Floats of_best_step;
    for (bool better = true; better;) {
      if (trainer.advance(1e9).kind != TrainEvent::Kind::eval) continue;
      better = trainer.progress().best_step == trainer.progress().step;
      if (better) of_best_step = test::weights_of(*trainer.model());
    }
    const std::string between = test::saved(trainer);
    const auto weights_in = [](const std::string& file, Weights which) {
      return test::weights_of(*load_model(file, which).gpt);
    };
    const test::Floats last = weights_in(between, Weights::last), best = weights_in(between, Weights::best);
    EXPECT_TRUE(test::same_bits(last, weights_in(between, Weights::saved)));
    EXPECT_TRUE(test::same_bits(last, test::weights_of(*trainer.model())));
    EXPECT_TRUE(test::same_bits(best, of_best_step));

    test::run_all(trainer);
    ASSERT_TRUE(trainer.has_last_weights());
    const std::string ended = test::saved(trainer);
    EXPECT_TRUE(test::same_bits(weights_in(ended, Weights::best), weights_in(ended, Weights::saved)));
    EXPECT_NE(test::message_of<std::invalid_argument>([&] {
                load_model(ended, Weights::last);
              }).find("alone, not those of the last step"),
              std::string::npos);
  }
}

TEST(Checkpoint, WithoutValidationHasNoBestWeights) {
  const std::string file = save_model({test::tiny_model()}).bytes();
  EXPECT_NE(test::message_of<std::invalid_argument>([&] {
              load_model(file, Weights::best);
            }).find("This file holds the weights of step 0 alone, not those of the best validation"),
            std::string::npos);
  EXPECT_TRUE(test::same_bits(test::weights_of(*load_model(file, Weights::last).gpt),
                              test::weights_of(*load_model(file).gpt)));
}

TEST(Checkpoint, KeepsTheTokenizer) {
  const auto whole = test::bpe_run();
  const std::string bytes = test::saved(*whole);
  const json info = json::parse(read_safetensors(bytes).metadata.at("mini_llm"));
  EXPECT_EQ(info["tokenizer"], "bpe");
  EXPECT_EQ(info["vocab_size"], 261);
  EXPECT_EQ(info["merges"], json::parse(R"([[111,118],[256,101],[113,117],[32,116],[259,104]])"));
  EXPECT_EQ(json::parse(describe_checkpoint(bytes))["merges"], info["merges"]);
  const auto resumed = test::resume(bytes, short_run(6), kText, "sha");
  EXPECT_DOUBLE_EQ(resumed->progress().last.val_bits_per_byte, whole->progress().last.val_bits_per_byte);
  test::run_all(*whole);
  test::run_all(*resumed);
  EXPECT_TRUE(test::saved(*resumed) == test::saved(*whole));
  const std::string model = save_model(test::model_of(*whole)).bytes();
  EXPECT_EQ(load_model(model).tokenizer->merges(), whole->tokenizer()->merges());
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
    const std::string expected = test::saved(*whole);
    for (const std::size_t stop : {1, 3, 4, 8}) {
      const auto first = make_trainer(options, GetParam());
      test::run_to(*first, stop);
      const auto second = test::resume(test::saved(*first), options, kText, "sha");
      EXPECT_EQ(second->progress().step, stop);
      test::run_all(*second);
      EXPECT_TRUE(test::saved(*second) == expected) << optimizer << ", stopped at " << stop;
    }
  }
}

TEST(Checkpoint, ResumesARunThatWillEndEarlyToTheSameBytes) {
  const TrainOptions options = test::impatient_run();
  const std::string text = test::text_with_another_end();
  Trainer whole(test::tiny_config(), options, text, "sha");
  test::run_all(whole);
  const std::size_t best = whole.progress().best_step;
  ASSERT_GT(best, 0U);
  for (const std::size_t stop : {best - 1, best, best + 1, best + options.eval_every}) {
    Trainer first(test::tiny_config(), options, text, "sha");
    test::run_to(first, stop);
    const auto second = test::resume(test::saved(first), options, text, "sha");
    test::run_all(*second);
    EXPECT_EQ(second->progress().step, whole.progress().step) << "stopped at " << stop;
    EXPECT_TRUE(test::saved(*second) == test::saved(whole)) << "stopped at " << stop;
  }
  EXPECT_NE(test::message_of<std::invalid_argument>([&] {
              test::resume(test::saved(whole), options, text, "sha");
            }).find("weights of its best step, " + std::to_string(best)),
            std::string::npos);
}

TEST(Checkpoint, ResumesARunJustStartedOrFinished) {
  const TrainOptions options = short_run(3, 0.1);
  const auto fresh = make_trainer(options), whole = make_trainer(options);
  const auto resumed = test::resume(test::saved(*fresh), options, kText, "sha");
  test::run_all(*whole);
  test::run_all(*resumed);
  EXPECT_TRUE(test::saved(*resumed) == test::saved(*whole));
  const auto finished = test::resume(test::saved(*whole), options, kText, "sha");
  const TrainEvent event = finished->advance(10);
  EXPECT_EQ(event.kind, TrainEvent::Kind::done);
  EXPECT_EQ(event.step, 3U);
  EXPECT_DOUBLE_EQ(event.train_loss, whole->progress().last.train_loss);
  EXPECT_TRUE(test::saved(*finished) == test::saved(*whole));
}

TEST(Checkpoint, SavedBeforeAnEvaluationIsResumedWithIt) {
  const TrainOptions options = short_run(3, 0.1);
  const auto whole = make_trainer(options), interrupted = make_trainer(options);
  test::run_all(*whole);
  ASSERT_EQ(whole->progress().val_step, 3U);
  while (interrupted->progress().step < 3) interrupted->advance(1e9);
  ASSERT_NE(interrupted->progress().val_step, 3U);
  const auto resumed = test::resume(test::saved(*interrupted), options, kText, "sha");
  EXPECT_EQ(resumed->advance(1e9).kind, TrainEvent::Kind::eval);
  EXPECT_EQ(resumed->advance(1e9).kind, TrainEvent::Kind::done);
  EXPECT_TRUE(test::saved(*resumed) == test::saved(*whole));
}

TEST(Checkpoint, SavedWithinAStepHoldsTheLastCompletedStep) {
  const TrainOptions options = short_run(6, 0.1);
  const auto sliced = make_trainer(options);
  test::run_to(*sliced, 4);
  const std::string after_four = test::saved(*sliced);
  int slices = 0;
  while (sliced->advance(0).kind == TrainEvent::Kind::none) {
    ASSERT_TRUE(test::saved(*sliced) == after_four) << "slice " << slices;
    ++slices;
  }
  EXPECT_GT(slices, 20);
  const auto resumed = test::resume(after_four, options, kText, "sha");
  test::run_to(*resumed, 5);
  EXPECT_TRUE(test::saved(*resumed) == test::saved(*sliced));
}

TEST(Checkpoint, ARunCanGoOnWithOtherOptions) {
  TrainOptions longer = short_run(20);
  const auto resumed = test::resume(some_checkpoint(), longer, kText, "sha");
  test::run_all(*resumed);
  EXPECT_EQ(resumed->progress().step, 20U);
}

TEST(Checkpoint, KeepsTheDefaultPrompt) {
  Trainer trainer(test::tiny_config(), short_run(2), std::string(300, 'G') + "ATTACA", "sha");
  test::run_all(trainer);
  EXPECT_EQ(trainer.start(), "G");
  const std::string file = test::saved(trainer);
  EXPECT_EQ(load_model(file).start, "G");
  EXPECT_EQ(load_model(save_model(load_model(file)).bytes()).start, "G");
  EXPECT_EQ(json::parse(describe_checkpoint(file))["start"], json::array({'G'}));
  EXPECT_EQ(test::resume(file, short_run(3), std::string(300, 'G') + "ATTACA", "sha")->start(), "G");
  EXPECT_EQ(load_model(some_checkpoint()).start.find_first_not_of('\n'), std::string::npos);
}

TEST(Checkpoint, ReadsTheOldNamesOfFields) {
  Trainer trainer(test::tiny_config(), test::impatient_run(), test::text_with_another_end(), "sha");
  test::run_all(trainer);
  const SafetensorsFile file = read_safetensors(test::saved(trainer));
  json info = json::parse(file.metadata.at("mini_llm"));
  info["turned_back"] = info["restored_best"];
  for (const char* name :
       {"restored_best", "best_train_loss", "best_train_bits_per_byte", "best_val_bits_per_byte"})
    ASSERT_EQ(info.erase(name), 1U) << name;
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const Progress read =
      read_checkpoint(write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes()).progress;
  EXPECT_TRUE(read.restored_best);
  EXPECT_EQ(read.weights_step(), trainer.progress().best_step);
  EXPECT_DOUBLE_EQ(read.of_weights().val_bits_per_byte, trainer.progress().best.val_bits_per_byte);
  EXPECT_DOUBLE_EQ(read.of_weights().train_loss, trainer.progress().best.train_loss);
}

TEST(Checkpoint, GivesOptionsThatAnOlderFileLacksTheirFormerValues) {
  const auto trainer = make_trainer(short_run(4));
  test::run_to(*trainer, 2);
  const SafetensorsFile file = read_safetensors(test::saved(*trainer));
  json info = json::parse(file.metadata.at("mini_llm"));
  for (const char* name : {"schedule", "decay_fraction", "optimizer", "muon_lr", "patience", "freeze_layers",
                           "lora_rank", "lora_alpha"})
    EXPECT_EQ(info["options"].erase(name), 1U) << name;
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const RunState read = read_checkpoint(write_safetensors({{"mini_llm", info.dump()}}, tensors).bytes());
  EXPECT_EQ(read.options->optimizer, "adamw");
  EXPECT_EQ(read.options->schedule, "cosine");
  EXPECT_EQ(read.options->lora_rank, 0U);
}
}  // namespace
}  // namespace mini_llm
