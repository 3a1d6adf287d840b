#pragma once
// GPT-2's split of a text into words (Radford et al. 2019), across which BPE never merges:
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#include <cstddef>
#include <string_view>

namespace mini_llm {

/// Length in bytes of the first word of a text that is not empty, in time proportional to it.
std::size_t word_length(std::string_view text);

}  // namespace mini_llm
