#include "generate/inspect.h"

#include <algorithm>
#include <stdexcept>

#include "generate/token_filter.h"
#include "kernels/math.h"
#include "kernels/parallel.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

void check_vocabulary(const ModelConfig& config, std::span<const Token> tokens) {
  for (const Token token : tokens)
    if (token >= config.vocab_size)
      throw std::invalid_argument("Token " + std::to_string(token) + " is outside the vocabulary of " +
                                  std::to_string(config.vocab_size) + ".");
}

void check(const ModelConfig& config, const Inspected& text) {
  const std::size_t count = text.tokens.size(), parts = config.n_layer * (config.n_head + 1);
  if (count == 0 || count > config.seq_len)
    throw std::invalid_argument("Give 1 to " + std::to_string(config.seq_len) + " tokens, the context, not " +
                                std::to_string(count) + ".");
  check_vocabulary(config, text.tokens);
  if (!text.off.empty() && text.off.size() != parts)
    throw std::invalid_argument("Say for each of " + std::to_string(parts) +
                                " heads and layers whether it is off, not for " +
                                std::to_string(text.off.size()) + ".");
}

/// Clears what head `head` has computed: heads [1, T, n_head·head_dim].
void clear_head(Tensor& heads, std::size_t head, std::size_t head_dim) {
  for (std::size_t row = 0; row < heads.rows(); ++row)
    std::fill_n(heads.data() + row * heads.width() + head * head_dim, head_dim, 0.0f);
}

/// A forward pass over one text.
class Pass {
 public:
  Pass(Gpt& model, const Inspected& text, bool int8 = false)
      : model_((check(model.config(), text), model)),
        config_(model.config()),
        off_(text.off),
        eval_(model),
        tape_(Tape::Mode::inference, int8),
        x_(model.embed(ctx_, std::vector<std::int32_t>(text.tokens.begin(), text.tokens.end()), 1)) {}

  Tensor qkv(std::size_t layer) { return model_.block(layer).qkv(ctx_, x_); }

  /// Runs the first `layers` blocks.
  void run(std::size_t layers) {
    for (std::size_t layer = 0; layer < layers; ++layer) {
      const auto off = off_.empty() ? off_ : off_.subspan(layer * (config_.n_head + 1), config_.n_head + 1);
      if (!off.empty() && off.back() != 0) continue;
      Tensor heads = model_.block(layer).attend(ctx_, qkv(layer), layer);
      for (std::size_t head = 0; head + 1 < off.size(); ++head)
        if (off[head] != 0) clear_head(heads, head, config_.head_dim);
      x_ = model_.block(layer).forward_from_heads(ctx_, heads, x_);  // [1, T, C]
    }
  }

  Tensor logits() { return model_.logits(ctx_, model_.final_norm(ctx_, x_)); }  // [1, T, V]
  Tensor loss(std::span<const std::int32_t> targets) {
    return model_.loss(ctx_, model_.final_norm(ctx_, x_), targets);
  }

 private:
  const Gpt& model_;
  const ModelConfig& config_;
  std::span<const std::uint8_t> off_;
  EvalScope eval_;
  Tape tape_;
  ForwardContext ctx_{tape_};
  Tensor x_;  // the residual stream [1, T, C]
};

/// out [T, T] = softmax(q·kᵀ/√head_dim) of one head, whose rows lie `stride` apart.
void head_weights(float* out, const float* q, const float* k, std::size_t stride, std::size_t time,
                  std::size_t head_dim) {
  const float scale = 1.0f / __builtin_sqrtf(static_cast<float>(head_dim));
  const std::size_t padded = ceil_div(time, 4) * 4;
  std::vector<float> row(padded);
  for (std::size_t i = 0; i < time; ++i, q += stride) {
    for (std::size_t j = 0; j <= i; ++j) {
      const float* key = k + j * stride;
      row[j] = scale * sum_over(head_dim, [=](auto lanes, std::size_t d) {
                 return lanes.load(q + d) * lanes.load(key + d);
               });
    }
    SoftmaxSums sums;
    causal_exponentials(&sums, row.data(), padded, 1, i + 1, padded);
    for (std::size_t j = 0; j < time; ++j) *out++ = row[j] / sums.sum;
  }
}

}  // namespace

Tensor logits_of(Gpt& model, Inspected text, std::size_t layers, bool int8) {
  Pass pass(model, text, int8);
  pass.run(std::min(layers, model.config().n_layer));
  return pass.logits().reshape({text.tokens.size(), model.config().vocab_size});
}

Tensor logits_of(Gpt& model, std::span<const Token> tokens) {
  return logits_of(model, {tokens}, model.config().n_layer);
}

Tensor attention_of(Gpt& model, Inspected text, std::size_t layer) {
  const ModelConfig& config = model.config();
  if (layer >= config.n_layer)
    throw std::invalid_argument("Layer " + std::to_string(layer) + " is not among the " +
                                std::to_string(config.n_layer) + ", counted from 0.");
  Pass pass(model, text);
  pass.run(layer);
  const Tensor qkv = pass.qkv(layer);  // [1, T, qkv_width]
  const std::size_t time = text.tokens.size(), group = config.n_head / config.n_kv_head;
  Tensor out({config.n_head, time, time});
  for (std::size_t head = 0; head < config.n_head; ++head)
    head_weights(out.data() + head * time * time, qkv.data() + head * config.head_dim,
                 qkv.data() + (config.n_head + head / group) * config.head_dim, qkv.width(), time,
                 config.head_dim);
  return out;
}

double loss_of(Gpt& model, Inspected text) {
  if (text.tokens.size() < 2) throw std::invalid_argument("A loss needs a text of at least two tokens.");
  Pass pass(model, text);
  pass.run(model.config().n_layer);
  std::vector<std::int32_t> targets(text.tokens.begin() + 1, text.tokens.end());
  targets.push_back(-1);  // what follows the last token is unknown
  return pass.loss(targets).data()[0];
}

Tensor candidates_of(std::span<const float> logits, std::span<const Token> context,
                     const SampleOptions& options, const TokenizerPtr& tokenizer) {
  std::string bytes;
  for (const Token token : context) bytes += tokenizer->decode(token);
  const TokenFilter filter(tokenizer, logits.size());
  Sampler sampler(options);
  const Sampler::Distribution found =
      sampler.filter(logits.data(), logits.size(), std::vector<std::int32_t>(context.begin(), context.end()),
                     filter.allowed(state_after(bytes)));
  Tensor out({found.ids.size(), 2});
  for (std::size_t i = 0; i < found.ids.size(); ++i) {
    out.data()[2 * i] = found.ids[i];
    out.data()[2 * i + 1] = static_cast<float>(found.weights[i] / found.total);
  }
  return out;
}

Tensor embeddings_of(const Gpt& model, std::span<const Token> tokens) {
  check_vocabulary(model.config(), tokens);
  const Tensor& table = model.token_embeddings();
  Tensor out({tokens.size(), table.width()});
  for (std::size_t i = 0; i < tokens.size(); ++i)
    std::copy_n(table.data() + tokens[i] * table.width(), table.width(), out.data() + i * table.width());
  return out;
}

}  // namespace mini_llm
