#pragma once
// One word into its tokens: of all adjacent pairs that a merge knows, the earliest merge's leftmost one is
// joined, and so on until there is none.
#include <string_view>
#include <vector>

#include "text/pair_table.h"

namespace mini_llm {

class WordMerger {
 public:
  /// Neither is copied. `ranks` gives a pair its place among the merges.
  WordMerger(const std::vector<TokenPair>& merges, const PairTable& ranks) : merges_(merges), ranks_(ranks) {}

  /// Appends the tokens of a word; n bytes take time n·log n.
  void encode(std::string_view word, std::vector<Token>& tokens);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Symbol {
    std::uint32_t previous, next;  // places of its neighbours, kNone at the ends
    Token token;
    bool merged_away;
  };
  void consider(std::uint32_t place);
  bool join(std::uint32_t place, std::uint32_t rank);

  const std::vector<TokenPair>& merges_;
  const PairTable& ranks_;
  std::vector<Symbol> symbols_;
  std::vector<std::uint64_t> candidates_;  // a heap of ~(rank, place): the lowest come first
};

}  // namespace mini_llm
