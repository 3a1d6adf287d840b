#include "text/bpe_encoder.h"

#include <algorithm>

namespace mini_llm {

void BpeEncoder::encode(std::string_view word, std::vector<Token>& tokens) {
  symbols_.clear();
  for (std::uint32_t i = 0; i < word.size(); ++i)
    symbols_.push_back({i - 1, i + 1, static_cast<unsigned char>(word[i]), false});
  if (!symbols_.empty()) symbols_.back().next = kNone;  // the first one's previous, 0 - 1, is kNone
  for (std::uint32_t i = 0; i + 1 < symbols_.size(); ++i) push_candidate(i);
  while (!candidates_.empty()) {
    std::pop_heap(candidates_.begin(), candidates_.end());
    const std::uint64_t lowest = ~candidates_.back();
    candidates_.pop_back();
    const auto place = static_cast<std::uint32_t>(lowest);
    if (!merge(place, static_cast<std::uint32_t>(lowest >> 32))) continue;
    if (symbols_[place].previous != kNone) push_candidate(symbols_[place].previous);
    if (symbols_[place].next != kNone) push_candidate(place);
  }
  for (const Symbol& symbol : symbols_)
    if (!symbol.is_removed) tokens.push_back(symbol.token);
}

void BpeEncoder::push_candidate(std::uint32_t left) {
  const Symbol& symbol = symbols_[left];
  const std::uint32_t rank = ranks_.find({symbol.token, symbols_[symbol.next].token});
  if (rank == PairTable::kNone) return;
  candidates_.push_back(~(std::uint64_t{rank} << 32 | left));
  std::push_heap(candidates_.begin(), candidates_.end());
}

/// Merges the symbol with the next one; false if they are no longer the pair of this rank.
bool BpeEncoder::merge(std::uint32_t place, std::uint32_t rank) {
  Symbol& left = symbols_[place];
  if (left.is_removed || left.next == kNone) return false;
  Symbol& right = symbols_[left.next];
  if (TokenPair{left.token, right.token} != merges_[rank]) return false;
  left.token = static_cast<Token>(256 + rank);
  left.next = right.next;
  right.is_removed = true;
  if (left.next != kNone) symbols_[left.next].previous = place;
  return true;
}

}  // namespace mini_llm
