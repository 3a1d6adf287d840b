#include "text/word_table.h"

namespace mini_llm {

namespace {

/// FNV-1a with its upper half folded into the lower.
std::uint32_t hash_of(std::string_view word) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : word) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

}  // namespace

/// The slot of the word, or the free slot where it belongs.
std::size_t WordTable::slot_of(std::string_view word, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot].number != kNone && (slots_[slot].hash != hash || words_[slots_[slot].number] != word))
    slot = (slot + 1) & mask;
  return slot;
}

std::uint32_t WordTable::find(std::string_view word) const {
  return slots_[slot_of(word, hash_of(word))].number;
}

std::uint32_t WordTable::add(std::string_view word) {
  const auto number = static_cast<std::uint32_t>(words_.size());
  const std::uint32_t hash = hash_of(word);
  words_.push_back(word);
  if (2 * words_.size() > slots_.size()) grow();
  slots_[slot_of(word, hash)] = {hash, number};
  return number;
}

void WordTable::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old)
    if (slot.number != kNone) slots_[slot_of(words_[slot.number], slot.hash)] = slot;
}

}  // namespace mini_llm
