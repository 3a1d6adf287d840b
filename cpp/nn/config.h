#pragma once
// A model's architecture and shape.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "schema/field.h"

namespace mini_llm {

/// The names in nn/architecture.cpp.
std::span<const char* const> architecture_names();

/// Stands for the architecture's own activation.
inline constexpr const char* kDefaultActivation = "default";
/// This and the names in kernels/activation.cpp.
std::vector<const char*> activation_choices();

struct ModelConfig {
  std::string arch = "qwen3";
  std::size_t vocab_size = 256;
  std::size_t seq_len = 64;  // T: the longest context
  std::size_t n_layer = 2;
  std::size_t n_head = 2;
  std::size_t n_embd = 64;                      // C
  std::size_t n_kv_head = 0;                    // heads of keys and values; 0: n_head
  std::size_t n_inner = 0;                      // of the MLP; 0: 4·C or, with a gate, 8/3·C, up to 64·n
  double rope_theta = 10000.0;                  // base of the rotary positions' wavelengths
  std::string activation = kDefaultActivation;  // of the MLP
  std::size_t head_dim = 0;                     // of queries, keys and values; 0: n_embd / n_head
  bool tie_word_embeddings = true;              // the head shares the token embeddings' table

  bool operator==(const ModelConfig&) const = default;

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("arch", &ModelConfig::arch, one_of(architecture_names()));
    field("vocab_size", &ModelConfig::vocab_size, between(2, 1 << 18));
    field("seq_len", &ModelConfig::seq_len, between(1, 65536));
    field("n_layer", &ModelConfig::n_layer, between(1, 256));
    field("n_head", &ModelConfig::n_head, between(1, 256));
    field("n_embd", &ModelConfig::n_embd, between(2, 16384));
    field("n_kv_head", &ModelConfig::n_kv_head, between(0, 256).when_absent(0));
    field("n_inner", &ModelConfig::n_inner, between(0, 65536).when_absent(0));
    field("rope_theta", &ModelConfig::rope_theta, between(1, 1e9).when_absent(10000));
    field("activation", &ModelConfig::activation,
          one_of(activation_choices()).when_absent(kDefaultActivation));
    field("head_dim", &ModelConfig::head_dim, between(0, 1024).when_absent(0));
    field("tie_word_embeddings", &ModelConfig::tie_word_embeddings, any().when_absent(1));
  }

  // These need the defaults filled in.
  /// Queries of one token.
  std::size_t q_width() const { return n_head * head_dim; }
  /// Queries, keys and values of one token.
  std::size_t qkv_width() const { return (n_head + 2 * n_kv_head) * head_dim; }
};

/// The config with the usual values in place of zeros and the default activation. Throws
/// std::invalid_argument if its architecture or activation is unknown.
ModelConfig with_defaults(ModelConfig config);

/// One sentence that says why no model can have this shape, or "".
std::string problem_of(const ModelConfig& config);
/// Throws problem_of's sentence as std::invalid_argument.
void validate(const ModelConfig& config);

/// The number of a model's parameters, which may need more than 32 bits.
std::uint64_t count_parameters(const ModelConfig& config);

/// For each weight matrix of a block its width on the side that is not n_embd: queries, keys, values, the
/// attention's output and the MLP's.
std::vector<std::size_t> block_widths(const ModelConfig& config);

/// Floating-point operations of training on one token, by this project's convention: 6 for each weight of the
/// blocks' matrices, and 12·L·T·C for attention.
double flops_per_token(const ModelConfig& config);

}  // namespace mini_llm
