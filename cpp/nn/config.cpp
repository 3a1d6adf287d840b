#include "nn/config.h"

#include <stdexcept>

#include "nn/architecture.h"

namespace mini_llm {

namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument(sentence); }

void require_range(const char* name, std::size_t value, std::size_t low, std::size_t high) {
  if (value < low || value > high)
    refuse(std::string(name) + " is " + std::to_string(value) + " but must be from " + std::to_string(low) +
           " to " + std::to_string(high) + ".");
}

/// What is fixed, or has to fit, in one architecture alone.
void validate_parts(const ModelConfig& c) {
  const Architecture& arch = architecture(c.arch);
  if (arch.rotary && c.head_dim() % 2 != 0)
    refuse("The width of a head, n_embd " + std::to_string(c.n_embd) + " divided by n_head " +
           std::to_string(c.n_head) +
           ", is odd, but rotary positions turn pairs of numbers; choose n_embd as " + "a multiple of " +
           std::to_string(2 * c.n_head) + ".");
  if (arch.rotary && !(c.rope_theta >= 1 && c.rope_theta <= 1e9))
    refuse("rope_theta is " + std::to_string(c.rope_theta) + " but must be from 1 to 1000000000.");
  if (!arch.rotary && c.n_kv_head != c.n_head)
    refuse(
        "n_kv_head is " + std::to_string(c.n_kv_head) + ", but " + c.arch +
        " has keys and values for each of its heads; leave n_kv_head at 0 or choose the architecture qwen3.");
  if (!arch.activation.gated && c.n_inner != 4 * c.n_embd)
    refuse("n_inner is " + std::to_string(c.n_inner) + ", but in " + c.arch +
           " it is always 4 times n_embd, " + std::to_string(4 * c.n_embd) + ".");
}

}  // namespace

ModelConfig with_defaults(ModelConfig c) {
  if (c.n_kv_head == 0) c.n_kv_head = c.n_head;
  if (c.n_inner == 0) c.n_inner = 4 * c.n_embd;
  return c;
}

void validate(const ModelConfig& config) {
  const ModelConfig c = with_defaults(config);
  architecture(c.arch);
  require_range("vocab_size", c.vocab_size, 2, 65536);
  require_range("seq_len", c.seq_len, 1, 65536);
  require_range("n_layer", c.n_layer, 1, 256);
  require_range("n_head", c.n_head, 1, 256);
  require_range("n_embd", c.n_embd, 1, 16384);
  require_range("n_kv_head", c.n_kv_head, 1, 256);
  require_range("n_inner", c.n_inner, 1, 65536);
  if (c.n_embd % c.n_head != 0)
    refuse("n_embd " + std::to_string(c.n_embd) + " cannot be divided among n_head " +
           std::to_string(c.n_head) + " heads; choose n_embd as a multiple of n_head.");
  if (c.n_head % c.n_kv_head != 0)
    refuse("n_head " + std::to_string(c.n_head) + " cannot be shared out among n_kv_head " +
           std::to_string(c.n_kv_head) +
           " heads of keys and values; choose n_kv_head as a divisor of n_head.");
  validate_parts(c);
}

std::uint64_t count_parameters(const ModelConfig& config) {
  const ModelConfig c = with_defaults(config);
  const Architecture& arch = architecture(c.arch);
  const std::uint64_t width = c.n_embd, inner = c.n_inner, qkv = c.qkv_width();
  const std::uint64_t mlp_in = arch.activation.inputs() * inner;
  const std::uint64_t norm = arch.rms_norm ? width : 2 * width;
  std::uint64_t block = (qkv + width) * width + (mlp_in + inner) * width + 2 * norm;
  if (arch.bias) block += qkv + width + mlp_in + width;
  if (arch.rotary) block += 2 * c.head_dim();  // QK-norm
  return (c.vocab_size + (arch.rotary ? 0 : c.seq_len)) * width + c.n_layer * block + norm;
}

}  // namespace mini_llm
