#pragma once
// GPT-2's split of a text into words (Radford et al. 2019), inside which BPE merges and beyond which it never
// does:
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#include <cstddef>
#include <string_view>

namespace mini_llm {

/// Length in bytes of the word that a text, not empty, begins with. Takes time in proportion to it.
std::size_t word_length(std::string_view text);

}  // namespace mini_llm
