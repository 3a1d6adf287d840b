#pragma once
// Finds what a text repeats of another one, with a suffix array.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

/// The positions of all suffixes of `text` in lexicographic order of their bytes, in linear time by induced
/// sorting (SA-IS; Nong, Zhang and Chan 2009). The text has less than 2 GB.
std::vector<std::int32_t> suffix_array(std::string_view text);

/// A stretch of a text that also stands in the indexed text. Lengths and positions are in bytes.
struct CopiedPiece {
  std::size_t start;
  std::size_t length;
  /// Where it stands in the indexed text; one of the places if there are several.
  std::size_t source;
};

class SuffixIndex {
 public:
  explicit SuffixIndex(std::string text);

  /// The longest copied stretches of `sample` in order, none inside another, though they may overlap. Each
  /// has at least `min_bytes` and whole characters.
  std::vector<CopiedPiece> copied(std::string_view sample, std::size_t min_bytes) const;

 private:
  struct Match {
    std::size_t length;
    std::size_t source;
  };
  /// The longest beginning of `wanted` that stands in the text.
  Match longest_match(std::string_view wanted) const;

  std::string text_;
  std::vector<std::int32_t> suffixes_;
};

}  // namespace mini_llm
