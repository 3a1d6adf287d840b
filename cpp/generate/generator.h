#pragma once
// Text from a model, token by token: prefill of the prompt, then decoding through the KV cache or, for
// comparison, by recomputing the context. Both take the same window and give the same bits. Past seq_len
// tokens GPT-2's window slides and is computed anew now and then; with rotary positions the cache goes on as
// a ring. Several samples are decoded as one batch, and each is bit for bit what it would be alone.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "generate/sampler.h"
#include "generate/stop_strings.h"
#include "generate/token_filter.h"
#include "nn/gpt.h"
#include "nn/kv_cache.h"
#include "text/tokenizer.h"

namespace mini_llm {

struct GenerateEvent {
  enum class Reason { none, length, stop };
  friend constexpr std::array<const char*, 3> names_of(Reason) { return {"", "length", "stop"}; }

  struct Sample {
    std::string bytes;       // newly released, the prompt not included; valid UTF-8 where the prompt was
    std::size_t tokens = 0;  // generated so far
    Reason reason = Reason::none;

    static constexpr const char* kName = "SampleBytes";
    template <class Visitor>
    static void describe(Visitor&& field) {
      field("bytes", &Sample::bytes, mini_llm::bytes());
      field("tokens", &Sample::tokens, any());
      field("reason", &Sample::reason, any());
    }
  };
  std::vector<Sample> samples;
  std::size_t tokens = 0;  // of all samples
  bool done = false;       // all of them are

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("samples", &GenerateEvent::samples, any());
    field("tokens", &GenerateEvent::tokens, any());
    field("done", &GenerateEvent::done, any());
  }
};

class Generator {
 public:
  /// Without a prompt it goes on from `start` (text/default_prompt.h), of which what is visible is given out
  /// as text. Of a prompt longer than seq_len the last seq_len tokens count.
  Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt,
            TokenizerPtr tokenizer = byte_tokenizer(), const std::string& start = "\n");

  /// Works for about max_ms, at least one step: a token of each sample. The event is valid until the next
  /// call.
  const GenerateEvent& advance(double max_ms);

  /// Logits [V] of a sample's next token; null when the sample has ended.
  const float* next_logits(std::size_t sample = 0);

 private:
  /// A sample under way.
  struct Sequence {
    std::size_t sample;
    Sampler sampler;
    StopStrings stop;
    std::vector<std::int32_t> window;  // the last tokens, as many in every sequence
    std::vector<float> logits;
    Utf8State utf8;            // of the text so far
    std::string_view rest;     // of the prompt, to be repeated before anything new
    std::size_t repeated = 0;  // tokens of tail_ that have been
    Token next = 0;
  };

  std::span<const std::uint8_t> allowed(const Sequence& sequence);

  void compute_logits();
  void forward(std::size_t first, std::size_t count, std::size_t fresh);
  void step();
  void slide();
  void append_next(Sequence& sequence);
  void drop_ended();

  std::shared_ptr<Gpt> model_;
  TokenizerPtr tokenizer_;
  SampleOptions options_;
  TokenFilter filter_;
  std::vector<Token> tail_;  // of the prompt, to be chosen anew
  std::string tail_text_;
  std::string lead_;  // what the text begins with without being generated
  Tape tape_;
  std::vector<Sequence> sequences_;  // those that have not ended
  std::size_t window_size_;          // at most: as many tokens as may have to be computed again
  std::size_t window_begin_ = 0;     // the position of a window's first token
  std::optional<KvCache> cache_;     // of the same sequences in the same order
  bool has_begun_ = false;           // something has been given out
  bool has_logits_ = false;          // of the windows as they are
  bool prefilled_ = false;           // the prompt has been computed, once for all sequences
  std::vector<std::int32_t> ids_;    // of a pass
  GenerateEvent event_;
};

}  // namespace mini_llm
