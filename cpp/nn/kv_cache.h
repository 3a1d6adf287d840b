#pragma once
// Keys and values of past tokens, for each layer and key-value head, packed as attention reads them. Holds
// several sequences that grow together. It is a ring: with rotary positions, which go past seq_len, a token
// overwrites the one seq_len before it.
#include <algorithm>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "kernels/attention.h"
#include "nn/gpt.h"
#include "tensor/tensor.h"

namespace mini_llm {

class KvCache {
 public:
  /// For a model's config(). Throws std::bad_alloc if memory cannot hold it.
  explicit KvCache(const ModelConfig& config, std::size_t sequences = 1)
      : storage_(storage_size(config, sequences), 0.0f),
        layers_(config.n_layer),
        n_head_(config.n_kv_head),
        sequences_(sequences) {
    float* next = storage_.data();
    for (std::size_t sequence = 0; sequence < sequences; ++sequence)
      for (auto& layer : layers_)
        for (std::size_t head = 0; head < n_head_; ++head, next += head_size(config))
          layer.push_back({next, next + packed_size(config.head_dim, config.seq_len), config.seq_len});
  }

  /// Positions so far, which is the next token's position.
  std::size_t length() const { return length_; }
  /// The heads of `count` sequences in layer i, sequence by sequence.
  std::span<const HeadCache> layer(std::size_t i, std::size_t first = 0, std::size_t count = 1) const {
    return std::span<const HeadCache>(layers_[i]).subspan(first * n_head_, count * n_head_);
  }

  /// Counts n new positions, after all layers and sequences have written them.
  void advance(std::size_t n) { length_ += n; }
  /// Empties the cache; the next token's position is `position`.
  void clear(std::size_t position = 0) { length_ = position; }
  /// Copies the first sequence to all others. Call it before any is dropped.
  void copy_first() {
    const std::size_t size = storage_.size() / sequences_;
    for (std::size_t i = 1; i < sequences_; ++i)
      std::copy_n(storage_.data(), size, storage_.data() + i * size);
  }
  /// Removes sequence i; those after it move up.
  void drop(std::size_t i) {
    for (auto& layer : layers_) {
      const auto begin = layer.begin() + static_cast<std::ptrdiff_t>(i * n_head_);
      layer.erase(begin, begin + static_cast<std::ptrdiff_t>(n_head_));
    }
  }

 private:
  static std::size_t head_size(const ModelConfig& config) {
    return head_cache_size(config.seq_len, config.head_dim);
  }

  static std::size_t storage_size(const ModelConfig& config, std::size_t sequences) {
    const std::uint64_t heads = std::uint64_t{sequences} * config.n_layer * config.n_kv_head;
    if (heads > SIZE_MAX / sizeof(float) / head_size(config)) throw std::bad_alloc();
    return heads * head_size(config);
  }

  Storage storage_;
  std::vector<std::vector<HeadCache>> layers_;
  std::size_t n_head_;  // key-value heads
  std::size_t sequences_;
  std::size_t length_ = 0;
};

}  // namespace mini_llm
