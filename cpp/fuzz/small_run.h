#pragma once
// The smallest runs, of which seeds are made and which continue what a fuzzer has made of them.
#include <algorithm>
#include <memory>
#include <string_view>

#include "train/runs.h"

namespace mini_llm::fuzz {

inline constexpr std::string_view kCorpus =
    "Over and over the very same fable: every river over there never ever ended, and over it the heron flew.";

inline TrainOptions small_options(std::size_t lora_rank) {
  TrainOptions options;
  options.batch_size = options.grad_accum = 1;
  options.max_steps = 2;
  options.eval_every = options.eval_batches = 1;
  options.lora_rank = std::min<std::size_t>(lora_rank, 2);
  return options;
}

inline std::unique_ptr<Trainer> small_trainer(std::size_t lora_rank, const char* arch = "gpt2") {
  const auto tokenizer =
      std::make_shared<const Tokenizer>(std::vector<TokenPair>{{'o', 'v'}, {'e', 'r'}, {256, 257}});
  ModelConfig config;
  config.arch = arch;
  config.vocab_size = tokenizer->vocab_size();
  config.seq_len = 4;
  config.n_layer = config.n_head = 1;
  config.n_embd = config.n_inner = 2;
  return std::make_unique<Trainer>(config, small_options(lora_rank), kCorpus, "sha", tokenizer);
}

}  // namespace mini_llm::fuzz
