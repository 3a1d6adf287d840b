#pragma once
#include <span>

#include "nn/gpt.h"
#include "text/token.h"

namespace mini_llm {

/// The logits [T, V] after each of T tokens, in evaluation mode. Throws std::invalid_argument with a sentence
/// if there is none, or if there are more than the context, or tokens outside the vocabulary.
Tensor logits_of(Gpt& model, std::span<const Token> tokens);

}  // namespace mini_llm
