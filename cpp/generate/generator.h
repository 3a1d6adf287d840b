#pragma once
// Text from a model, token by token: prefill of the prompt, then decoding through the KV cache or, for
// comparison, by recomputing the context. Both take the same window and give the same bits.
#include <memory>
#include <optional>
#include <string>

#include "generate/sampler.h"
#include "nn/gpt.h"
#include "nn/kv_cache.h"
#include "text/tokenizer.h"

namespace mini_llm {

struct GenerateEvent {
  enum class Reason { none, length, stop };
  std::string bytes;       // newly released, the prompt not included
  std::size_t tokens = 0;  // generated so far
  bool done = false;
  Reason reason = Reason::none;
};

class Generator {
 public:
  /// An empty prompt starts from a line feed. Of a prompt longer than max_len the last max_len tokens count.
  Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt,
            TokenizerPtr tokenizer = byte_tokenizer());

  /// Works for about max_ms, at least one token.
  GenerateEvent advance(double max_ms);

  /// Logits [V] of the next token.
  const float* next_logits();

 private:
  void append(Token token);
  std::string release();

  std::shared_ptr<Gpt> model_;
  TokenizerPtr tokenizer_;
  SampleOptions options_;
  Sampler sampler_;
  Tape tape_;
  std::optional<KvCache> cache_;
  std::vector<std::int32_t> window_;  // the context: at most max_len tokens
  Tensor logits_;
  std::string held_back_;  // what may be the beginning of the stop string
  std::size_t tokens_ = 0;
  GenerateEvent::Reason reason_ = GenerateEvent::Reason::none;
};

}  // namespace mini_llm
