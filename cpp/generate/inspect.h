#pragma once
// What a model computes on the way to its next token: logits after every layer, attention weights, the tokens
// that the sampler chooses from, and all of it with heads or layers switched off. Each function runs a
// forward pass of its own, apart from training and generation, which it does not slow down.
#include <span>
#include <string>

#include "generate/sampler.h"
#include "nn/gpt.h"
#include "text/tokenizer.h"

namespace mini_llm {

/// Some tokens of a text, at most the context, and the parts of the model that are switched off.
struct Inspected {
  std::span<const Token> tokens;
  /// [n_layer, n_head + 1]: not 0 where a head or, as the last of a row, the layer is off. Empty: all are on.
  /// A head that is off adds nothing to the residual stream, a layer that is off passes its input on.
  std::span<const std::uint8_t> off = {};
};

// All throw std::invalid_argument with a sentence if there is no token, if there are more than the context or
// tokens outside the vocabulary, or if `off` has another size. The model's weights stay as they are.

/// Logits [T, V] after each token, as the first `layers` blocks leave them: the final norm and the head
/// applied to the residual stream ("logit lens", nostalgebraist 2020). With all layers these are the model's.
Tensor logits_of(Gpt& model, Inspected text, std::size_t layers, bool int8 = false);
Tensor logits_of(Gpt& model, std::span<const Token> tokens);

/// Attention weights [n_head, T, T] of layer `layer` < n_layer: row i holds how much token i takes from each
/// token up to itself; it sums to 1.
Tensor attention_of(Gpt& model, Inspected text, std::size_t layer);

/// The mean cross-entropy in nats of each token after those before it. Needs two tokens.
double loss_of(Gpt& model, Inspected text);

/// What the generator draws the token after `context` from, given its logits [V]: rows of id and probability
/// [n, 2], in no particular order.
Tensor candidates_of(std::span<const float> logits, std::span<const Token> context,
                     const SampleOptions& options, const TokenizerPtr& tokenizer);

/// The rows of these tokens in the table of token embeddings: [N, C].
Tensor embeddings_of(const Gpt& model, std::span<const Token> tokens);

}  // namespace mini_llm
