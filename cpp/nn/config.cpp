#include "nn/config.h"

#include <algorithm>
#include <stdexcept>

#include "kernels/parallel.h"
#include "nn/architecture.h"

namespace mini_llm {

namespace {

std::string text(std::size_t n) { return std::to_string(n); }

/// Rounds halves up.
std::size_t nearest_multiple(std::size_t n, std::size_t of) {
  return std::max<std::size_t>(1, (2 * n + of) / (2 * of)) * of;
}

/// Up to 64; the smaller one of two equally near.
std::size_t nearest_divisor(std::size_t n, std::size_t near) {
  const auto distance = [near](std::size_t d) { return d > near ? d - near : near - d; };
  std::size_t best = 1;
  for (std::size_t d = 1; d <= std::min<std::size_t>(n, 64); ++d)
    if (n % d == 0 && distance(d) < distance(best)) best = d;
  return best;
}

/// Why fields do not fit each other or the architecture, or "".
std::string mismatch_of(const ModelConfig& given) {
  const ModelConfig c = with_defaults(given);
  const Architecture& arch = architecture(c.arch);
  if (given.head_dim == 0 && c.n_embd % c.n_head != 0)
    return "n_embd must be a multiple of n_head, but " + text(c.n_embd) + " is not a multiple of " +
           text(c.n_head) + "; try n_embd " + text(nearest_multiple(c.n_embd, c.n_head)) + " or n_head " +
           text(nearest_divisor(c.n_embd, c.n_head)) + ".";
  if (!arch.rotary && c.head_dim * c.n_head != c.n_embd)
    return "head_dim must be 0 for " + c.arch + ", whose heads share n_embd evenly, not " + text(c.head_dim) +
           "; or choose arch qwen3.";
  if (!arch.rotary && c.n_kv_head != c.n_head)
    return "n_kv_head must be 0 for " + c.arch + ", whose heads all have keys and values of their own, not " +
           text(c.n_kv_head) + "; or choose arch qwen3.";
  if (c.n_head % c.n_kv_head != 0)
    return "n_kv_head must divide n_head, but " + text(c.n_head) + " is not a multiple of " +
           text(c.n_kv_head) + "; try n_kv_head " + text(nearest_divisor(c.n_head, c.n_kv_head)) + ".";
  if (arch.rotary && given.head_dim % 2 != 0)
    return "With " + c.arch + " head_dim must be even, because its positions turn pairs of numbers, not " +
           text(c.head_dim) + ".";
  if (arch.rotary && c.head_dim % 2 != 0)
    return "With " + c.arch +
           " n_embd must be a multiple of twice n_head, because its positions turn pairs of "
           "numbers, but " +
           text(c.n_embd) + " is not a multiple of " + text(2 * c.n_head) + "; try n_embd " +
           text(nearest_multiple(c.n_embd, 2 * c.n_head)) + ".";
  return "";
}

}  // namespace

ModelConfig with_defaults(ModelConfig c) {
  if (c.n_kv_head == 0) c.n_kv_head = c.n_head;
  if (c.head_dim == 0 && c.n_head != 0) c.head_dim = c.n_embd / c.n_head;
  const Architecture& arch = architecture(c.arch);
  if (c.activation == kDefaultActivation) c.activation = arch.activation.name;
  // A gated MLP has three matrices instead of two, each two thirds as wide. Rounded up, because quantized
  // formats cut rows into blocks.
  if (c.n_inner == 0) {
    constexpr std::size_t kMultiple = 64;
    const std::size_t thirds = activation(c.activation).gated ? 8 : 12;
    c.n_inner = ceil_div(thirds * c.n_embd, 3 * kMultiple) * kMultiple;
  }
  return c;
}

std::vector<const char*> activation_choices() {
  std::vector<const char*> choices = activation_names();
  choices.insert(choices.begin(), kDefaultActivation);
  return choices;
}

std::string problem_of(const ModelConfig& config) {
  const std::string problem = first_problem(config);
  return problem.empty() ? mismatch_of(config) : problem;
}

void validate(const ModelConfig& config) {
  if (const std::string problem = problem_of(config); !problem.empty()) throw std::invalid_argument(problem);
}

std::uint64_t count_parameters(const ModelConfig& config) {
  const ModelConfig c = with_defaults(config);
  const Architecture& arch = architecture(c.arch);
  const std::uint64_t width = c.n_embd, inner = c.n_inner, qkv = c.qkv_width();
  const std::uint64_t mlp_in = activation(c.activation).inputs() * inner;
  const std::uint64_t norm = arch.rms_norm ? width : 2 * width;
  std::uint64_t block = (qkv + c.q_width()) * width + (mlp_in + inner) * width + 2 * norm;
  if (arch.bias) block += qkv + width + mlp_in + width;
  if (arch.rotary) block += 2 * c.head_dim;  // QK-norm
  const std::uint64_t tables = c.tie_word_embeddings ? 1 : 2;
  return (tables * c.vocab_size + (arch.rotary ? 0 : c.seq_len)) * width + c.n_layer * block + norm;
}

std::vector<std::size_t> block_widths(const ModelConfig& config) {
  const ModelConfig c = with_defaults(config);
  const std::size_t queries = c.q_width(), keys = c.n_kv_head * c.head_dim;
  std::vector<std::size_t> widths = {queries, keys, keys, queries};
  widths.resize(widths.size() + activation(c.activation).inputs() + 1, c.n_inner);
  return widths;
}

double flops_per_token(const ModelConfig& c) {
  double width = 0;
  for (const std::size_t w : block_widths(c)) width += static_cast<double>(w);
  const double layers = static_cast<double>(c.n_layer), embd = static_cast<double>(c.n_embd);
  return 6 * layers * embd * width + 12 * layers * embd * static_cast<double>(c.seq_len);
}

}  // namespace mini_llm
