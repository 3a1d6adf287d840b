#pragma once
// Generates text token by token: prefills the prompt, then decodes through the KV cache or, for comparison,
// recomputes the context. Both use the same window and give the same bits. Beyond seq_len tokens, GPT-2's
// window slides by half and is recomputed; with rotary positions the cache is a ring. Several samples are
// decoded as one batch, each with the same bits as alone.
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
    std::string bytes;       // new text, without the prompt; valid UTF-8 if the prompt was
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
  // Of the last call, summed over its forward passes and their sequences:
  std::size_t computed = 0;  // tokens run through the layers
  std::size_t cached = 0;    // earlier tokens whose keys and values were read from the cache instead
  bool done = false;         // all samples have ended

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("samples", &GenerateEvent::samples, any());
    field("tokens", &GenerateEvent::tokens, any());
    field("computed", &GenerateEvent::computed, any());
    field("cached", &GenerateEvent::cached, any());
    field("done", &GenerateEvent::done, any());
  }
};

class Generator {
 public:
  /// If the prompt is empty, generation continues `start` (text/default_prompt.h), whose visible part begins
  /// the text. Only the last seq_len tokens of a longer prompt count.
  Generator(std::shared_ptr<Gpt> model, const SampleOptions& options, std::string_view prompt,
            TokenizerPtr tokenizer = byte_tokenizer(), const std::string& start = "\n");

  /// Runs for about max_ms, at least for one token of each sample. The event is valid until the next call.
  const GenerateEvent& advance(double max_ms);

  /// Logits [V] of a sample's next token; null if the sample has ended.
  const float* next_logits(std::size_t sample = 0);

 private:
  /// A sample that has not ended.
  struct Sequence {
    std::size_t sample;
    Sampler sampler;
    StopStrings stop;
    std::vector<std::int32_t> window;  // the last tokens, equally many in every sequence
    std::vector<float> logits;
    Utf8State utf8;            // of the text so far
    std::string_view rest;     // of tail_text_, to be repeated before new text
    std::size_t repeated = 0;  // tokens chosen so far in place of tail_
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
  std::vector<Token> tail_;  // the prompt's last tokens, to be chosen again (token healing)
  std::string tail_text_;
  std::string lead_;  // begins the text without being generated
  Tape tape_;
  std::vector<Sequence> sequences_;
  std::size_t window_size_;        // the most tokens in a window: as many as recomputation needs
  std::size_t window_begin_ = 0;   // the position of a window's first token
  std::optional<KvCache> cache_;   // of the same sequences in the same order
  bool has_begun_ = false;         // advance has been called
  bool has_logits_ = false;        // sequences' logits are up to date
  bool prefilled_ = false;         // the prompt has been computed, once for all sequences
  std::vector<std::int32_t> ids_;  // of a forward pass
  GenerateEvent event_;
};

}  // namespace mini_llm
