#pragma once
// A model's architecture and shape.
#include <cstddef>
#include <cstdint>
#include <string>

namespace mini_llm {

struct ModelConfig {
  std::string arch = "gpt2";
  std::size_t vocab_size = 256;
  std::size_t seq_len = 128;  // positions: the longest context
  std::size_t n_layer = 4;
  std::size_t n_head = 4;
  std::size_t n_embd = 128;  // C
  // What gpt2 leaves at these values. Zeros stand for the usual number until with_defaults has put it in.
  std::size_t n_kv_head = 0;    // heads of keys and values; 0: n_head
  std::size_t n_inner = 0;      // hidden width of the MLP; 0: 4·n_embd
  double rope_theta = 10000.0;  // how slowly the slowest of the rotary positions turns

  bool operator==(const ModelConfig&) const = default;

  std::size_t head_dim() const { return n_embd / n_head; }
  /// Queries, keys and values of one token.
  std::size_t qkv_width() const { return (n_head + 2 * n_kv_head) * head_dim(); }
};

/// The same with numbers in place of its zeros.
ModelConfig with_defaults(ModelConfig config);

/// Throws std::invalid_argument with a sentence when no model can have this shape.
void validate(const ModelConfig& config);

/// How many parameters a model of this shape has, also where that is more than 32 bits can count.
std::uint64_t count_parameters(const ModelConfig& config);

}  // namespace mini_llm
