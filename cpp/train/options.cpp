#include "train/options.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "nn/architecture.h"

namespace mini_llm {

namespace {

std::string format(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", x);
  return text;
}

void require_range(const char* name, double value, double low, double high) {
  if (!(value >= low && value <= high))  // NaN fails as well
    throw std::invalid_argument(std::string(name) + " is " + format(value) + " but must be from " +
                                format(low) + " to " + format(high) + ".");
}

void require_choice(const char* name, const std::string& value, std::initializer_list<const char*> choices) {
  std::string known;
  for (const char* choice : choices) {
    if (value == choice) return;
    known += (known.empty() ? "" : ", ") + std::string(choice);
  }
  throw std::invalid_argument(std::string(name) + " is \"" + value + "\" but must be one of " + known + ".");
}

}  // namespace

void validate(const TrainOptions& o) {
  const auto count = [](std::size_t n) { return static_cast<double>(n); };
  require_range("batch_size", count(o.batch_size), 1, 4096);
  require_range("grad_accum", count(o.grad_accum), 1, 4096);
  require_range("max_steps", count(o.max_steps), 1, 1e8);
  require_range("lr", o.lr, 0, 1e6);
  require_range("min_lr", o.min_lr, 0, o.lr);
  require_range("warmup_steps", count(o.warmup_steps), 0, 1e8);
  require_choice("schedule", o.schedule, {"cosine", "linear", "wsd"});
  require_range("decay_fraction", o.decay_fraction, 0, 1);
  require_choice("optimizer", o.optimizer, {"adamw", "muon"});
  require_range("muon_lr", o.muon_lr, 0, 1e6);
  require_range("weight_decay", o.weight_decay, 0, 100);
  require_range("beta1", o.beta1, 0, 0.99999);
  require_range("beta2", o.beta2, 0, 0.9999999);
  require_range("grad_clip", o.grad_clip, 0, 1e6);
  require_range("dropout", o.dropout, 0, 0.95);
  require_range("val_fraction", o.val_fraction, 0, 0.9);
  require_range("eval_every", count(o.eval_every), 0, 1e8);
  require_range("eval_batches", count(o.eval_batches), 0, 1e6);
  require_range("patience", count(o.patience), 0, 1e6);
  require_range("lora_rank", count(o.lora_rank), 0, 256);
  require_range("lora_alpha", o.lora_alpha, 0, 1e6);
}

double estimate_memory(const ModelConfig& config, const TrainOptions& o, double corpus_bytes) {
  const ModelConfig c = with_defaults(config);
  const Architecture& arch = architecture(c.arch);
  const double parameters = static_cast<double>(count_parameters(c));
  const double width = static_cast<double>(c.n_embd), layers = static_cast<double>(c.n_layer);
  const double time = static_cast<double>(c.seq_len), vocab = static_cast<double>(c.vocab_size);
  const double inner = static_cast<double>(c.n_inner * arch.names.mlp_in.size());
  const double qkv = static_cast<double>(c.qkv_width() * (arch.rotary ? 2 : 1));  // turned ones are kept too
  const double tokens = static_cast<double>(o.batch_size) * time;
  // Weights, gradients, both moments, the packed form, those that were last shown to generate and, for
  // samples, the int8 form; three copies in a checkpoint. Early stopping keeps the best weights, there as
  // well. With LoRA no moments, but a copy of the weights, and eight of the factors.
  const double of_factors =
      8 * static_cast<double>(o.lora_rank) * layers *
      (static_cast<double>(arch.names.qkv.size() + arch.names.mlp_in.size() + 3) * width +
       static_cast<double>(c.qkv_width()) + inner + static_cast<double>(c.n_inner));
  const double of_parameters = (9.25 + (o.patience > 0 ? 2 : 0)) * parameters + of_factors;
  // Activations kept for the backward pass, and the gradients of about one block at a time.
  const double kept = 5 * width + qkv + inner;
  const double per_layer = kept + (o.dropout > 0 ? 4 : 0) * width + static_cast<double>(c.n_head);
  const double of_tokens = tokens * (layers * per_layer + 7.0 / 3 * kept + 3 * vocab);
  const double of_scratch = 2 * time * (time + 16) + 8 * time * width + 5 * width * std::max(inner, vocab) +
                            tokens * std::max(inner, vocab);
  return 4 * 1.15 * (of_parameters + of_tokens + of_scratch) + 4 * corpus_bytes + 16e6;
}

}  // namespace mini_llm
