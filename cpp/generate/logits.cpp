#include "generate/logits.h"

#include <stdexcept>

#include "tensor/tape.h"

namespace mini_llm {

Tensor logits_of(Gpt& model, std::span<const Token> tokens) {
  const ModelConfig& config = model.config();
  if (tokens.empty() || tokens.size() > config.seq_len)
    throw std::invalid_argument("Give 1 to " + std::to_string(config.seq_len) + " tokens, the context, not " +
                                std::to_string(tokens.size()) + ".");
  for (const Token token : tokens)
    if (token >= config.vocab_size)
      throw std::invalid_argument("Token " + std::to_string(token) + " is outside the vocabulary of " +
                                  std::to_string(config.vocab_size) + ".");
  const EvalScope eval(model);
  Tape tape(Tape::Mode::inference);
  ForwardContext ctx{tape};
  const Tensor logits = model.forward(ctx, {tokens.begin(), tokens.end()}, 1);  // [1, T, V]
  return logits.reshape({tokens.size(), config.vocab_size});
}

}  // namespace mini_llm
