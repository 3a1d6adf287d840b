#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "schema/field.h"

namespace mini_llm {

/// The options of a training run. web/engine/options.ts adds labels, help and groups for users.
struct TrainOptions {
  std::size_t batch_size = 12;   // sequences in a micro-batch
  std::size_t grad_accum = 1;    // micro-batches whose gradients are averaged into one step
  std::size_t max_steps = 1600;  // where the learning rate reaches min_lr
  double lr = 0.02;              // after the warm-up
  double min_lr = 0;             // at the end
  std::size_t warmup_steps = 10;
  std::string embedding_init = "pairs";  // of the tokens: random, or alike for alike neighbors
  std::string schedule = "linear";       // from lr to min_lr
  double decay_fraction = 0.2;           // wsd: the last share of the steps, in which the learning rate falls
  std::string optimizer = "muon";  // Muon for the hidden matrices and AdamW for the rest, or AdamW alone
  double muon_lr = 0.01;           // Muon's, where AdamW's is lr; it rises and falls with it
  double weight_decay = 0.3;       // on matrices only
  double beta1 = 0.8, beta2 = 0.99;
  double grad_clip = 1.0;  // largest global norm of the gradient; 0: no clipping
  double dropout = 0;
  std::size_t softmax_tokens = 512;  // tokens that a step's softmax compares; 0: all
  double val_fraction = 0.1;         // the text's last part, never trained on
  std::size_t eval_every = 100;      // steps; 0: only at the end
  std::size_t eval_stride = 0;       // tokens between the beginnings of two windows; 0: seq_len, side by side
  std::size_t eval_batches = 20;     // batches of evenly spaced windows; 0: all there are
  std::size_t patience = 5;          // evaluations without a better loss that end the run; 0: no early end
  std::uint32_t seed = 1337;
  std::size_t freeze_layers = 0;  // first blocks that stay unchanged, and the embeddings with them; 0: none
  std::size_t lora_rank = 0;      // trains low-rank factors of the hidden matrices (LoRA); 0: all weights
  double lora_alpha = 16;         // scales their product by alpha/rank

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("batch_size", &TrainOptions::batch_size, between(1, 4096));
    field("grad_accum", &TrainOptions::grad_accum, between(1, 4096));
    field("max_steps", &TrainOptions::max_steps, between(1, 1e8));
    field("lr", &TrainOptions::lr, between(0, 1e6));
    field("min_lr", &TrainOptions::min_lr, between(0, 1e6));
    field("warmup_steps", &TrainOptions::warmup_steps, between(0, 1e8));
    field("embedding_init", &TrainOptions::embedding_init, one_of({"random", "pairs"}).when_absent("random"));
    field("schedule", &TrainOptions::schedule, one_of({"cosine", "linear", "wsd"}).when_absent("cosine"));
    field("decay_fraction", &TrainOptions::decay_fraction, between(0, 1).when_absent(0.2));
    field("optimizer", &TrainOptions::optimizer, one_of({"adamw", "muon"}).when_absent("adamw"));
    field("muon_lr", &TrainOptions::muon_lr, between(0, 1e6).when_absent(0.02));
    field("weight_decay", &TrainOptions::weight_decay, between(0, 100));
    field("beta1", &TrainOptions::beta1, between(0, 0.99999));
    field("beta2", &TrainOptions::beta2, between(0, 0.9999999));
    field("grad_clip", &TrainOptions::grad_clip, between(0, 1e6));
    field("dropout", &TrainOptions::dropout, between(0, 0.95));
    field("softmax_tokens", &TrainOptions::softmax_tokens, between(0, 1e6).when_absent(0));
    field("val_fraction", &TrainOptions::val_fraction, between(0, 0.9));
    field("eval_every", &TrainOptions::eval_every, between(0, 1e8));
    field("eval_stride", &TrainOptions::eval_stride, between(0, 1e6).when_absent(0));
    field("eval_batches", &TrainOptions::eval_batches, between(0, 1e6));
    field("patience", &TrainOptions::patience, between(0, 1e6).when_absent(0));
    field("seed", &TrainOptions::seed, between(0, 4294967295));
    field("freeze_layers", &TrainOptions::freeze_layers, between(0, 256).when_absent(0));
    field("lora_rank", &TrainOptions::lora_rank, between(0, 256).when_absent(0));
    field("lora_alpha", &TrainOptions::lora_alpha, between(0, 1e6).when_absent(16));
  }
};

/// One sentence about the first option that is out of range or does not fit another, or "".
std::string problem_of(const TrainOptions& options);
/// Throws problem_of's sentence as std::invalid_argument.
void validate(const TrainOptions& options);

}  // namespace mini_llm
