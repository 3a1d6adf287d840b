// Fine-tuning: frozen layers, LoRA against its formula, and adapters.
#include <cmath>
#include <functional>

#include "io/adapter.h"
#include "io/safetensors.h"
#include "kernels/random.h"
#include "tests/finite_differences.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"
#include "train/lora.h"

namespace mini_llm {
namespace {

using test::Floats;
using test::kText;
using test::short_run;

/// The same letters in another order.
const std::string kOther(kText.rbegin(), kText.rend());

DEFINE_FOR_EVERY_ARCHITECTURE(EveryFinetune);

TrainOptions tuning(std::size_t max_steps, std::size_t freeze_layers, std::size_t lora_rank) {
  TrainOptions options = short_run(max_steps, 0.1);
  options.freeze_layers = freeze_layers;
  options.lora_rank = lora_rank;
  options.lora_alpha = 4;
  return options;
}

/// The file of a complete run on kText.
std::string base_file(const std::string& arch = "gpt2", std::size_t steps = 20) {
  Trainer trainer(test::tiny_config(arch), short_run(steps), kText, "sha");
  test::run_all(trainer);
  return test::saved(trainer);
}

std::unique_ptr<Trainer> finetune(const std::string& base, const TrainOptions& options) {
  return test::finetune(base, options, kOther, "other");
}

/// A fine-tuning run after all its steps.
std::unique_ptr<Trainer> finetuned(const std::string& base, const TrainOptions& options) {
  auto trainer = finetune(base, options);
  test::run_all(*trainer);
  return trainer;
}

Tensor tensor_of(const StateDict& state, const std::string& name) {
  for (const auto& [found, tensor] : state)
    if (found == name) return tensor;
  ADD_FAILURE() << name << " is missing";
  return Tensor({1});
}

TEST_P(EveryFinetune, BeginsWithTheSavedWeightsAndLearnsTheOtherText) {
  const std::string base = base_file(GetParam(), 300);
  for (const auto& [freeze_layers, rank] :
       {std::pair<std::size_t, std::size_t>{0, 0}, {1, 0}, {0, 4}, {1, 4}}) {
    SCOPED_TRACE("freeze_layers " + std::to_string(freeze_layers) + ", lora_rank " + std::to_string(rank));
    TrainOptions options = tuning(60, freeze_layers, rank);
    options.lr = 2e-2;
    const auto trainer = finetune(base, options);
    EXPECT_EQ(trainer->progress().step, 0U);
    EXPECT_TRUE(
        test::same_bits(test::weights_of(*trainer->model()), test::weights_of(*load_model(base).gpt)));
    const auto events = test::run_all(*trainer);
    EXPECT_LT(events.back().train_loss, 0.9 * events.front().train_loss);
    EXPECT_LT(events.back().val_loss, 0.9 * events.front().train_loss);
  }
}

TEST(Finetune, FromWeightsAloneEqualsFromTheWholeFile) {
  const std::string base = base_file();
  const LoadedModel loaded = load_model(base);
  const std::string weights = save_model(loaded).bytes();
  EXPECT_TRUE(test::saved(*finetuned(base, tuning(4, 0, 2))) ==
              test::saved(*finetuned(weights, tuning(4, 0, 2))));
}

/// Whether a parameter lies in the embeddings or in the first block.
bool is_first(const std::string& name) {
  return name.find("wte") == 0 || name.find("wpe") == 0 || name.find("embed_tokens") != std::string::npos ||
         name.find("h.0.") == 0 || name.find("layers.0.") != std::string::npos;
}

TEST_P(EveryFinetune, FrozenLayersDoNotChangeByABitAndAllOthersDo) {
  const std::string base = base_file(GetParam());
  for (const std::string optimizer : {"adamw", "muon"}) {
    TrainOptions options = tuning(5, 1, 0);
    options.optimizer = optimizer;
    const auto trainer = finetuned(base, options);
    const StateDict before = load_model(base).gpt->state_dict();
    for (const auto& [name, weight] : trainer->model()->named_parameters())
      EXPECT_EQ(static_cast<bool>(
                    test::same_bits(test::values_of(weight), test::values_of(tensor_of(before, name)))),
                is_first(name))
          << name;
    for (const auto& [name, tensor] : trainer->optimizer_state())
      EXPECT_FALSE(is_first(name.substr(name.find('.') + 1))) << name;
  }
}

TEST_P(EveryFinetune, WithAllLayersFrozenTheLastNormAloneIsTrained) {
  const std::string base = base_file(GetParam());
  const auto trainer = finetuned(base, tuning(3, 2, 0));
  const StateDict before = load_model(base).gpt->state_dict();
  for (const auto& [name, weight] : trainer->model()->named_parameters()) {
    const bool last_norm = name.starts_with("ln_f") || name == "model.norm.weight";
    EXPECT_EQ(
        static_cast<bool>(test::same_bits(test::values_of(weight), test::values_of(tensor_of(before, name)))),
        !last_norm)
        << name;
  }
}

TEST(Finetune, FrozenLayersTakeNoBackwardPass) {
  const auto steps = [](std::size_t freeze_layers) {
    const auto model = test::tiny_model();
    model->freeze(freeze_layers);
    Tape tape(Tape::Mode::recording);
    ForwardContext ctx{tape};
    test::loss_of(*model, ctx, {1, 2, 3, 4}, 1, {2, 3, 4, 5});
    std::size_t count = 0;
    while (tape.backward_step()) ++count;
    return count;
  };
  EXPECT_LT(steps(1), steps(0));
  EXPECT_LT(steps(2), steps(1));
  EXPECT_LE(steps(2), 4U);  // loss, head, last norm
}

/// The product of x and a matrix in the given layout.
double product(const Floats& x, const Tensor& matrix, Layout layout, std::size_t row, std::size_t column,
               std::size_t in) {
  double sum = 0;
  for (std::size_t k = 0; k < in; ++k) {
    const std::size_t at = layout == Layout::in_out ? k * matrix.dim(1) + column : column * matrix.dim(1) + k;
    sum += static_cast<double>(x[row * in + k]) * matrix.data()[at];
  }
  return sum;
}

TEST_P(EveryFinetune, MergedWeightsEqualBaseAndFactorsApart) {
  const TrainOptions options = tuning(6, 0, 3);
  const auto trainer = finetuned(base_file(GetParam()), options);
  const StateDict state = trainer->optimizer_state();
  const double scale = options.lora_alpha / 3;
  for (const HiddenMatrix& matrix : trainer->model()->hidden_matrices()) {
    const std::string stem = matrix.name.substr(0, matrix.name.size() - std::string("weight").size());
    const Tensor base = tensor_of(state, "base." + matrix.name);
    const Tensor a = tensor_of(state, "lora." + stem + "lora_A.weight");
    const Tensor b = tensor_of(state, "lora." + stem + "lora_B.weight");
    const std::size_t in = a.dim(1), out = b.dim(0);
    ASSERT_EQ(in * out, matrix.weight.size());
    const Floats x = test::random_floats(2 * in, 5);
    for (std::size_t row = 0; row < 2; ++row)
      for (std::size_t j = 0; j < out; ++j) {
        double apart = product(x, base, matrix.layout, row, j, in);
        for (std::size_t r = 0; r < 3; ++r)
          apart += scale * product(x, a, Layout::out_in, row, r, in) * b.data()[j * 3 + r];
        ASSERT_NEAR(product(x, matrix.weight, matrix.layout, row, j, in), apart, 1e-5) << matrix.name;
      }
  }
}

TEST_P(EveryFinetune, GradientsOfTheFactorsAgreeWithFiniteDifferences) {
  const auto model = test::tiny_model(1, 0, GetParam());
  Lora lora(model->hidden_matrices(), 3, 6, 1);
  std::uint32_t seed = 10;
  for (auto [name, factor] : lora.factors()) {
    const Floats values = test::random_floats(factor.size(), ++seed, 0.1f);
    std::copy(values.begin(), values.end(), factor.data());
  }
  lora.merge();
  const auto loss_on = [&](Tape& tape) {
    ForwardContext ctx{tape};
    return test::loss_of(*model, ctx, {3, 1, 4, 1, 5, 9, 2, 6}, 2, {1, 4, 1, 5, 9, 2, 6, 5});
  };
  Tape tape(Tape::Mode::recording);
  tape.backward(loss_on(tape));
  lora.backward();
  for (const auto& [name, factor] : lora.factors())
    test::expect_gradient(name, factor, ++seed, [&] {
      lora.merge();
      Tape inference(Tape::Mode::inference);
      return static_cast<double>(loss_on(inference).data()[0]);
    });
}

TEST_P(EveryFinetune, AResumedRunIsTheUninterruptedOneByteByByte) {
  const std::string base = base_file(GetParam());
  for (const auto& [freeze_layers, rank] : {std::pair<std::size_t, std::size_t>{1, 0}, {0, 3}, {1, 3}}) {
    const TrainOptions options = tuning(9, freeze_layers, rank);
    const std::string expected = test::saved(*finetuned(base, options));
    for (const std::size_t stop : {1, 3, 8}) {
      const auto first = finetune(base, options);
      test::run_to(*first, stop);
      const auto second = test::resume(test::saved(*first), options, kOther, "other");
      test::run_all(*second);
      EXPECT_TRUE(test::saved(*second) == expected)
          << "freeze_layers " << freeze_layers << ", lora_rank " << rank << ", stopped at " << stop;
    }
  }
}

TEST(Finetune, ThatEndsEarlyTurnsFactorsAndWeightsBackTogether) {
  const std::string base = base_file(), text = test::text_with_another_end();
  TrainOptions options = test::impatient_run();
  options.lora_rank = 3;
  options.lr = 5e-2;
  const auto trainer = test::finetune(base, options, text, "other");
  test::run_all(*trainer);
  const std::size_t best = trainer->progress().best_step;
  ASSERT_TRUE(trainer->progress().restored_best);
  const auto until_best = test::finetune(base, options, text, "other");
  test::run_to(*until_best, best);
  EXPECT_TRUE(test::same_bits(test::weights_of(*trainer->model()), test::weights_of(*until_best->model())));
  const LoadedModel applied = load_model(base);
  apply_adapter(applied, save_adapter(test::saved(*trainer)).bytes());
  EXPECT_TRUE(test::same_bits(test::weights_of(*applied.gpt), test::weights_of(*trainer->model())));
}

TEST_P(EveryFinetune, TheNumberOfThreadsDoesNotChangeTheBits) {
  const std::string base = base_file(GetParam());
  const std::string one = test::saved(*finetuned(base, tuning(5, 1, 3)));
  for (int n : {2, 3}) {
    const test::ThreadScope scope(n);
    EXPECT_TRUE(test::saved(*finetuned(base, tuning(5, 1, 3))) == one) << n << " threads";
  }
}

TEST(Finetune, AfterAFailureTheLastGoodWeightsAreThoseOfTheirFactors) {
  TrainOptions options = tuning(200, 0, 3);
  options.lr = options.min_lr = 1e6;
  options.warmup_steps = 0;
  const std::string base = base_file();
  const auto trainer = finetuned(base, options);
  ASSERT_TRUE(trainer->failed());
  for (const float weight : test::weights_of(*trainer->model())) ASSERT_TRUE(std::isfinite(weight));
  if (trainer->progress().step == 0) {  // the only update was undone
    EXPECT_TRUE(
        test::same_bits(test::weights_of(*trainer->model()), test::weights_of(*load_model(base).gpt)));
  }
}

TEST_P(EveryFinetune, AnAdapterAppliedToItsBaseGivesTheRunsWeightsBitByBit) {
  const std::string base = base_file(GetParam());
  for (const std::size_t freeze_layers : {0, 1}) {
    const auto trainer = finetuned(base, tuning(6, freeze_layers, 3));
    const std::string adapter = save_adapter(test::saved(*trainer)).bytes();
    EXPECT_LT(adapter.size(), base.size() / 4);
    const LoadedModel loaded = load_model(base);
    apply_adapter(loaded, adapter);
    EXPECT_TRUE(test::same_bits(test::weights_of(*loaded.gpt), test::weights_of(*trainer->model())));
  }
}

TEST(Finetune, AnAdapterHasTheNamesAndShapesThatPeftGivesIt) {
  const auto adapter_of = [](const std::string& arch) {
    return read_safetensors(save_adapter(test::saved(*finetune(base_file(arch, 1), tuning(1, 1, 3)))).bytes())
        .tensors;
  };
  const auto gpt2 = adapter_of("gpt2"), qwen3 = adapter_of("qwen3");
  EXPECT_EQ(gpt2.size(), 8U);
  EXPECT_EQ(gpt2.at("base_model.model.transformer.h.1.attn.c_attn.lora_A.weight").shape(), (Shape{3, 16}));
  EXPECT_EQ(gpt2.at("base_model.model.transformer.h.1.attn.c_attn.lora_B.weight").shape(), (Shape{48, 3}));
  EXPECT_EQ(qwen3.size(), 14U);
  EXPECT_EQ(qwen3.at("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight").shape(), (Shape{3, 48}));
  EXPECT_EQ(qwen3.at("base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight").shape(),
            (Shape{8, 3}));
}

std::string refusal(const std::function<void()>& fn) { return test::message_of<std::invalid_argument>(fn); }

TEST(Finetune, RefusesOptionsThatLeaveNothingToTrain) {
  const std::string base = base_file("gpt2", 1);
  EXPECT_NE(refusal([&] { finetune(base, tuning(1, 3, 0)); }).find("freeze_layers is 3"), std::string::npos);
  EXPECT_NE(refusal([&] { finetune(base, tuning(1, 2, 4)); }).find("freeze_layers is 2"), std::string::npos);
  EXPECT_NE(refusal([&] {
              finetune(base, tuning(1, 0, 257));
            }).find("lora_rank must be a whole number from 0 to 256, not 257"),
            std::string::npos);
}

TEST(Finetune, RefusesAnAdapterWhereItDoesNotBelong) {
  const std::string base = base_file("gpt2", 1);
  const std::string run = test::saved(*finetuned(base, tuning(2, 0, 3)));
  const std::string adapter = save_adapter(run).bytes();
  EXPECT_NE(refusal([&] { load_model(adapter); }).find("adapter"), std::string::npos);
  EXPECT_NE(refusal([&] { finetune(adapter, tuning(1, 0, 0)); }).find("adapter"), std::string::npos);
  EXPECT_NE(refusal([&] { save_adapter(base); }).find("lora_rank"), std::string::npos);
  EXPECT_NE(refusal([&] { apply_adapter(load_model(base), base); }).find("not an adapter"),
            std::string::npos);
  EXPECT_NE(refusal([&] { apply_adapter(load_model(base_file("qwen3", 1)), adapter); }).find("another shape"),
            std::string::npos);
  EXPECT_NE(refusal([&] { apply_adapter(load_model(base_file("gpt2", 2)), adapter); }).find("same shape"),
            std::string::npos);
  const LoadedModel other{load_model(base).gpt,
                          std::make_shared<const Tokenizer>(std::vector<TokenPair>{{'a', 'b'}})};
  EXPECT_NE(refusal([&] { apply_adapter(other, adapter); }).find("another tokenizer"), std::string::npos);
}

TEST(Finetune, ADamagedAdapterIsRefusedAndChangesNothing) {
  const std::string base = base_file("gpt2", 1);
  const std::string adapter = save_adapter(test::saved(*finetuned(base, tuning(2, 0, 2)))).bytes();
  const LoadedModel model = load_model(base);
  const Floats before = test::weights_of(*model.gpt);
  const auto refused = [&](const std::string& file) {
    const std::string why = refusal([&] { apply_adapter(model, file); });
    EXPECT_TRUE(test::same_bits(test::weights_of(*model.gpt), before));
    return why;
  };
  for (std::size_t n = 0; n < adapter.size(); n += n < 64 ? 7 : 401) refused(adapter.substr(0, n));
  const SafetensorsFile file = read_safetensors(adapter);
  const auto with = [&](const std::string& name, const std::optional<Tensor>& tensor) {
    std::map<std::string, Tensor> tensors = file.tensors;
    tensors.erase(name);
    if (tensor) tensors.emplace(name, *tensor);
    return write_safetensors(file.metadata, StateDict(tensors.begin(), tensors.end())).bytes();
  };
  const std::string name = file.tensors.begin()->first;
  EXPECT_NE(refused(with(name, std::nullopt)).find("lora_A"), std::string::npos);
  EXPECT_NE(refused(with(name, test::random_tensor({5, 5}, 1))).find("[5, 5]"), std::string::npos);
  EXPECT_NE(refused(with("extra", test::random_tensor({1}, 1))).find("extra"), std::string::npos);
  std::map<std::string, std::string> metadata = file.metadata;
  std::string& info = metadata.at("mini_llm");
  info.replace(info.find("\"lora\""), 6, "\"song\"");
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  EXPECT_NE(refused(write_safetensors(metadata, tensors).bytes()).find("\"kind\" is \"song\""),
            std::string::npos);
}

TEST(Finetune, FlippedBitsOfAnAdapterAreRefusedOrHarmless) {
  const std::string base = base_file("gpt2", 1);
  const std::string adapter = save_adapter(test::saved(*finetuned(base, tuning(2, 1, 2)))).bytes();
  const LoadedModel model = load_model(base);
  Rng rng(1, Stream::batch);
  int refusals = 0;
  for (int i = 0; i < 500; ++i) {
    std::string damaged = adapter;
    damaged[rng.below(2000)] ^= static_cast<char>(1 << rng.below(8));  // the header, mostly
    try {
      apply_adapter(model, damaged);
    } catch (const std::invalid_argument& error) {
      ++refusals;
      ASSERT_TRUE(test::is_sentence(error.what()));
    }
  }
  EXPECT_GT(refusals, 250);
}

}  // namespace
}  // namespace mini_llm
