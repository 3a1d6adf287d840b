// Merges that no training would learn, and a text: the first byte says how many merges there are, each of two
// tokens of 16 bits.
#include "text/tokenizer.h"

#include <algorithm>
#include <cstring>

#include "fuzz/round_trip.h"

using namespace mini_llm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  constexpr std::size_t kMerge = 2 * sizeof(std::uint16_t);
  const std::size_t count = std::min<std::size_t>(data[0], (size - 1) / kMerge);
  std::vector<TokenPair> merges;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t pair[2];
    std::memcpy(pair, data + 1 + i * kMerge, kMerge);
    merges.emplace_back(pair[0], pair[1]);
  }
  const std::size_t begin = 1 + count * kMerge;
  fuzz::accepts(
      [&] { fuzz::require_round_trip(Tokenizer(merges), fuzz::text_of(data + begin, size - begin)); });
  return 0;
}
