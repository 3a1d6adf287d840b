#pragma once
// Splits of a text into words, across which BPE never merges.
#include <cstddef>
#include <span>
#include <string_view>

namespace mini_llm {

enum class Split {
  /// GPT-2's (Radford et al. 2019):
  ///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  gpt2,
  /// Qwen2's and Qwen3's:
  ///   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|
  ///   ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
  qwen2,
};

/// Names in files, in the order of Split.
std::span<const char* const> split_names();

/// Length in bytes of the first word of a text that is not empty, in time proportional to it.
std::size_t word_length(std::string_view text, Split split = Split::gpt2);

}  // namespace mini_llm
