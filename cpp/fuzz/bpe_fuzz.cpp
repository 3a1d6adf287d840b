// Learns merges from one half of the input and encodes both.
#include "text/bpe_trainer.h"

#include "fuzz/round_trip.h"

using namespace mini_llm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const std::string_view text = fuzz::text_of(data + 1, size - 1);
  const std::string_view half = text.substr(0, text.size() / 2);
  BpeTrainer trainer(std::string(half), Tokenizer::kBytes + 1 + data[0]);
  while (!trainer.advance(1e9)) {
  }
  const Tokenizer tokenizer = trainer.tokenizer();
  fuzz::require_round_trip(tokenizer, half);
  fuzz::require_round_trip(tokenizer, text);
  return 0;
}
