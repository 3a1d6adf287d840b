#pragma once
// Keys and values of the tokens seen so far, for each layer and head of them, in the packed form that
// attention reads. Where positions are rotary they go on past max_len and the cache is a ring: a token takes
// the place of the one max_len before it.
#include <vector>

#include "kernels/attention.h"
#include "nn/gpt.h"
#include "tensor/tensor.h"

namespace mini_llm {

class KvCache {
 public:
  /// For a model's own config().
  explicit KvCache(const ModelConfig& config)
      : storage_(config.n_layer * config.n_kv_head * head_size(config), 0.0f), layers_(config.n_layer) {
    float* next = storage_.data();
    for (auto& layer : layers_)
      for (std::size_t head = 0; head < config.n_kv_head; ++head, next += head_size(config))
        layer.push_back({next, next + packed_size(config.head_dim(), config.max_len), config.max_len});
  }

  /// Positions so far: the next token's own.
  std::size_t length() const { return length_; }
  const std::vector<HeadCache>& layer(std::size_t i) const { return layers_[i]; }

  /// Counts the positions that a pass has written into every layer.
  void advance(std::size_t n) { length_ += n; }
  /// Begins anew at a position.
  void clear(std::size_t position = 0) { length_ = position; }

 private:
  static std::size_t head_size(const ModelConfig& config) {
    return head_cache_size(config.max_len, config.head_dim());
  }

  Storage storage_;
  std::vector<std::vector<HeadCache>> layers_;
  std::size_t length_ = 0;
};

}  // namespace mini_llm
