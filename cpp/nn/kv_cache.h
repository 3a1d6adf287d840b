#pragma once
// Keys and values of the tokens seen so far, for each layer and head of them, in the packed form that
// attention reads; of several sequences that grow together. Where positions are rotary they go on past
// seq_len and the cache is a ring: a token takes the place of the one seq_len before it.
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
  /// For a model's own config(). Throws std::bad_alloc where that is more than can be addressed.
  explicit KvCache(const ModelConfig& config, std::size_t sequences = 1)
      : storage_(storage_size(config, sequences), 0.0f),
        layers_(config.n_layer),
        n_head_(config.n_kv_head),
        sequences_(sequences) {
    float* next = storage_.data();
    for (std::size_t sequence = 0; sequence < sequences; ++sequence)
      for (auto& layer : layers_)
        for (std::size_t head = 0; head < n_head_; ++head, next += head_size(config))
          layer.push_back({next, next + packed_size(config.head_dim(), config.seq_len), config.seq_len});
  }

  /// Positions so far of each sequence: the next token's own.
  std::size_t length() const { return length_; }
  /// The heads of `count` sequences in layer i, one sequence after the other.
  std::span<const HeadCache> layer(std::size_t i, std::size_t first = 0, std::size_t count = 1) const {
    return std::span<const HeadCache>(layers_[i]).subspan(first * n_head_, count * n_head_);
  }

  /// Counts the positions that passes have written into every layer of every sequence.
  void advance(std::size_t n) { length_ += n; }
  /// Begins anew at a position.
  void clear(std::size_t position = 0) { length_ = position; }
  /// Gives all sequences what the first has seen; before any is dropped.
  void copy_first() {
    const std::size_t size = storage_.size() / sequences_;
    for (std::size_t i = 1; i < sequences_; ++i)
      std::copy_n(storage_.data(), size, storage_.data() + i * size);
  }
  /// Sequence i is no longer needed, and those after it move up.
  void drop(std::size_t i) {
    for (auto& layer : layers_) {
      const auto begin = layer.begin() + static_cast<std::ptrdiff_t>(i * n_head_);
      layer.erase(begin, begin + static_cast<std::ptrdiff_t>(n_head_));
    }
  }

 private:
  static std::size_t head_size(const ModelConfig& config) {
    return head_cache_size(config.seq_len, config.head_dim());
  }

  static std::size_t storage_size(const ModelConfig& config, std::size_t sequences) {
    const std::uint64_t heads = std::uint64_t{sequences} * config.n_layer * config.n_kv_head;
    if (heads > SIZE_MAX / sizeof(float) / head_size(config)) throw std::bad_alloc();
    return heads * head_size(config);
  }

  Storage storage_;
  std::vector<std::vector<HeadCache>> layers_;
  std::size_t n_head_;  // of keys and values
  std::size_t sequences_;
  std::size_t length_ = 0;
};

}  // namespace mini_llm
