#pragma once
// A hash table that numbers distinct words in order. It holds views: the text must outlive it.
#include <cstdint>
#include <string_view>
#include <vector>

namespace mini_llm {

class WordTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// The word's number, or kNone.
  std::uint32_t find(std::string_view word) const;
  /// Adds a new word and returns its number.
  std::uint32_t add(std::string_view word);

  std::size_t size() const { return words_.size(); }
  std::string_view operator[](std::uint32_t number) const { return words_[number]; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;
  };
  std::size_t slot_of(std::string_view word, std::uint32_t hash) const;
  void grow();

  std::vector<std::string_view> words_;
  std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two, at most half full
};

}  // namespace mini_llm
