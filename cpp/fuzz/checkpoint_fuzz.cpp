// Whole files of runs, models and adapters. Any bytes are refused with a sentence, or can be described,
// generated with and trained on.
#include "io/checkpoint.h"

#include "fuzz/fuzz.h"
#include "fuzz/safetensors_mutator.h"
#include "fuzz/small_run.h"
#include "io/adapter.h"

using namespace mini_llm;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return fuzz::mutate_safetensors(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file = fuzz::text_of(data, size);
  static const auto base = fuzz::small_trainer(0);
  static const LoadedModel model = {base->model(), base->tokenizer(), base->start()};
  fuzz::accepts([&] { apply_adapter(model, file); });
  fuzz::accepts([&] { save_adapter(file); });
  fuzz::accepts([&] { describe_checkpoint(file); });
  RunState run;
  if (!fuzz::accepts([&] { run = read_checkpoint(file); })) return 0;
  for (const Weights which : {Weights::saved, Weights::best, Weights::last})
    fuzz::accepts([&] { save_model(load_model(file, which)); });
  const auto trains = [](const auto& start) { fuzz::accepts([&] { start()->advance(0); }); };
  const TrainOptions options = fuzz::small_options(run.options ? run.options->lora_rank : 0);
  trains([&] { return resume_run(run, options, fuzz::kCorpus, run.corpus_sha256); });
  trains([&] { return finetune_run(run, options, fuzz::kCorpus, "another"); });
  return 0;
}
