#pragma once
// Keys and values of the tokens seen so far, for each layer and head, in the packed form that attention
// reads.
#include <vector>

#include "kernels/attention.h"
#include "nn/gpt.h"
#include "tensor/tensor.h"

namespace mini_llm {

class KvCache {
 public:
  explicit KvCache(const ModelConfig& config)
      : storage_(config.n_layer * config.n_head * head_size(config), 0.0f), layers_(config.n_layer) {
    float* next = storage_.data();
    for (auto& layer : layers_)
      for (std::size_t head = 0; head < config.n_head; ++head, next += head_size(config))
        layer.push_back(
            {next, next + packed_size(config.n_embd / config.n_head, config.max_len), config.max_len});
  }

  std::size_t length() const { return length_; }
  const std::vector<HeadCache>& layer(std::size_t i) const { return layers_[i]; }

  /// Counts the positions that a pass has written into every layer.
  void advance(std::size_t n) { length_ += n; }
  void clear() { length_ = 0; }

 private:
  static std::size_t head_size(const ModelConfig& config) {
    return head_cache_size(config.max_len, config.n_embd / config.n_head);
  }

  Storage storage_;
  std::vector<std::vector<HeadCache>> layers_;
  std::size_t length_ = 0;
};

}  // namespace mini_llm
