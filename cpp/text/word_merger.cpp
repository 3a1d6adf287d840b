#include "text/word_merger.h"

#include <algorithm>

namespace mini_llm {

void WordMerger::encode(std::string_view word, std::vector<Token>& tokens) {
  symbols_.clear();
  for (std::uint32_t i = 0; i < word.size(); ++i)
    symbols_.push_back({i - 1, i + 1, static_cast<unsigned char>(word[i]), false});
  if (!symbols_.empty()) symbols_.back().next = kNone;  // the first one's neighbour wraps around to kNone
  for (std::uint32_t i = 0; i + 1 < symbols_.size(); ++i) consider(i);
  while (!candidates_.empty()) {
    std::pop_heap(candidates_.begin(), candidates_.end());
    const std::uint64_t lowest = ~candidates_.back();
    candidates_.pop_back();
    const auto place = static_cast<std::uint32_t>(lowest);
    if (!join(place, static_cast<std::uint32_t>(lowest >> 32))) continue;
    if (symbols_[place].previous != kNone) consider(symbols_[place].previous);
    if (symbols_[place].next != kNone) consider(place);
  }
  for (const Symbol& symbol : symbols_)
    if (!symbol.merged_away) tokens.push_back(symbol.token);
}

/// The symbol and its neighbour are a candidate if there is a merge for them.
void WordMerger::consider(std::uint32_t place) {
  const Symbol& left = symbols_[place];
  const std::uint32_t rank = ranks_.find({left.token, symbols_[left.next].token});
  if (rank == PairTable::kNone) return;
  candidates_.push_back(~(std::uint64_t{rank} << 32 | place));
  std::push_heap(candidates_.begin(), candidates_.end());
}

/// Joins the symbol with its neighbour, unless they are no longer that merge's pair.
bool WordMerger::join(std::uint32_t place, std::uint32_t rank) {
  Symbol& left = symbols_[place];
  if (left.merged_away || left.next == kNone) return false;
  Symbol& right = symbols_[left.next];
  if (TokenPair{left.token, right.token} != merges_[rank]) return false;
  left.token = static_cast<Token>(256 + rank);
  left.next = right.next;
  right.merged_away = true;
  if (left.next != kNone) symbols_[left.next].previous = place;
  return true;
}

}  // namespace mini_llm
