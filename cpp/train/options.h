#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "nn/gpt.h"

namespace mini_llm {

/// How to train; the defaults that people see are the page's and command line's, in web/engine/options.ts.
struct TrainOptions {
  std::size_t batch_size = 16;   // sequences in a micro-batch
  std::size_t grad_accum = 1;    // micro-batches whose gradients are averaged into one step
  std::size_t max_steps = 2000;  // where the learning rate reaches min_lr
  double lr = 1e-3;              // after the warm-up
  double min_lr = 1e-4;          // at the end
  std::size_t warmup_steps = 100;
  std::string schedule = "cosine";  // from lr to min_lr: "cosine", "linear" or "wsd"
  double decay_fraction = 0.2;      // wsd: the last share of the steps, in which the learning rate falls
  std::string optimizer = "adamw";  // or "muon": Muon for the matrices between the layers
  double muon_lr = 0.02;            // Muon's, where AdamW's is lr; it rises and falls with it
  double weight_decay = 0.1;        // on matrices only
  double beta1 = 0.9, beta2 = 0.99;
  double grad_clip = 1.0;  // largest global norm of the gradient; 0 leaves it alone
  double dropout = 0;
  double val_fraction = 0.1;      // the text's last part, never trained on
  std::size_t eval_every = 250;   // steps; 0: only at the end
  std::size_t eval_batches = 20;  // batches of evenly spaced windows; 0: all there are
  std::size_t patience = 0;  // evaluations without a better loss that end the run; 0: it never ends early
  std::uint32_t seed = 1337;
  std::size_t freeze_layers = 0;  // first blocks that, with the embeddings, stay as they are; 0: none of both
  std::size_t lora_rank = 0;      // learn factors of the matrices between the layers (LoRA); 0: all weights
  double lora_alpha = 16;         // their product counts alpha/rank times
};

/// Throws std::invalid_argument with a sentence that names the option, its value and its range.
void validate(const TrainOptions& options);

/// Upper estimate of the memory, in bytes, that training takes, the text and one checkpoint being written
/// included.
double estimate_memory(const ModelConfig& config, const TrainOptions& options, double corpus_bytes);

}  // namespace mini_llm
