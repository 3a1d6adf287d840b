#include "train/estimate.h"

#include <algorithm>

#include "kernels/orthogonalize.h"
#include "nn/architecture.h"

namespace mini_llm {

double estimate_memory(const ModelConfig& config, const TrainOptions& o, double corpus_bytes) {
  const ModelConfig c = with_defaults(config);
  const Architecture& arch = architecture(c.arch);
  const double parameters = static_cast<double>(count_parameters(c));
  const double width = static_cast<double>(c.n_embd), layers = static_cast<double>(c.n_layer);
  const double time = static_cast<double>(c.seq_len), vocab = static_cast<double>(c.vocab_size);
  const double inner = static_cast<double>(c.n_inner * arch.activation.inputs());
  const double qkv = static_cast<double>(c.qkv_width() * (arch.rotary ? 2 : 1));  // also after rotation
  const double tokens = static_cast<double>(o.batch_size) * time;
  // For each parameter: its weight, gradient, two moments, packed form, last good value, a quarter for int8,
  // and three values in a checkpoint. Early stopping adds the best value, here and in the checkpoint. LoRA
  // has a copy of the weights instead of their moments, and eight values for each factor.
  const double for_factors =
      8 * static_cast<double>(o.lora_rank) * layers *
      (static_cast<double>(arch.names.qkv.size() + arch.activation.inputs() + 3) * width +
       static_cast<double>(c.qkv_width()) + inner + static_cast<double>(c.n_inner));
  const double for_parameters = (9.25 + (o.patience > 0 ? 2 : 0)) * parameters + for_factors;
  // Activations for the backward pass, and gradients of about one block at a time.
  const double kept = 4 * width + static_cast<double>(c.q_width()) + qkv + inner;
  const double per_layer = kept + (o.dropout > 0 ? 4 : 0) * width + static_cast<double>(c.n_head);
  const double for_tokens = tokens * (layers * per_layer + 7.0 / 3 * kept);
  // The head's table is packed in both ways and has a second gradient; its logits exist for a few rows.
  const double for_head = 2 * width * vocab + std::min(tokens * vocab, 2e5 + 24 * vocab);
  const double for_scratch = 2 * time * (time + 16) + 8 * time * width + 5 * width * std::max(inner, vocab) +
                             tokens * inner + for_head;
  return 4 * 1.15 * (for_parameters + for_tokens + for_scratch) + 6 * corpus_bytes + 16e6;
}

double update_flops(const ModelConfig& config, const TrainOptions& options) {
  if (options.optimizer != "muon" || options.lora_rank > 0) return 0;
  double block = 0;
  for (const std::size_t width : block_widths(config))
    block += orthogonalize_flops(std::min(config.n_embd, width), std::max(config.n_embd, width));
  return static_cast<double>(config.n_layer) * block;
}

}  // namespace mini_llm
