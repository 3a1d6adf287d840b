#pragma once
// Encodes one word by byte pair encoding: repeats the earliest merge that fits any adjacent pair, leftmost
// pair first, until none fits.
#include <string_view>
#include <vector>

#include "text/pair_table.h"

namespace mini_llm {

class BpeEncoder {
 public:
  /// Both must outlive the encoder. `ranks` maps a pair to its index among the merges.
  BpeEncoder(const std::vector<TokenPair>& merges, const PairTable& ranks) : merges_(merges), ranks_(ranks) {}

  /// Appends the tokens of a word of n bytes, in O(n·log n).
  void encode(std::string_view word, std::vector<Token>& tokens);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Symbol {
    std::uint32_t previous, next;  // indices of its neighbors, kNone at the ends
    Token token;
    bool is_removed;
  };
  void push_candidate(std::uint32_t left);
  bool merge(std::uint32_t place, std::uint32_t rank);

  const std::vector<TokenPair>& merges_;
  const PairTable& ranks_;
  std::vector<Symbol> symbols_;
  std::vector<std::uint64_t> candidates_;  // a heap of ~(rank, index): the lowest pair is on top
};

}  // namespace mini_llm
