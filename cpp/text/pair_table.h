#pragma once
// A hash table from pairs of tokens to numbers.
#include <cstdint>
#include <utility>
#include <vector>

#include "text/token.h"

namespace mini_llm {

class PairTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// The pair's number, or kNone.
  std::uint32_t find(TokenPair pair) const { return slots_[slot_of(pair)].number; }

  /// Adds a pair that is not in the table; the number must not be kNone.
  void add(TokenPair pair, std::uint32_t number) {
    if (2 * ++size_ > slots_.size()) grow();
    slots_[slot_of(pair)] = {pair, number};
  }

 private:
  struct Slot {
    TokenPair pair{};
    std::uint32_t number = kNone;
  };

  /// The slot of the pair, or the free slot where it belongs.
  std::size_t slot_of(TokenPair pair) const {
    const std::uint64_t key = std::uint64_t{pair.first} << 32 | pair.second;
    auto slot = static_cast<std::size_t>(key * 0x9e3779b97f4a7c15u >> shift_);
    while (slots_[slot].number != kNone && slots_[slot].pair != pair) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    --shift_;
    for (const Slot& slot : old)
      if (slot.number != kNone) slots_[slot_of(slot.pair)] = slot;
  }

  std::size_t size_ = 0;
  int shift_ = 60;  // 64 - log2(number of slots)
  std::vector<Slot> slots_ = std::vector<Slot>(16);
};

}  // namespace mini_llm
