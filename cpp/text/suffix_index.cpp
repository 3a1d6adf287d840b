#include "text/suffix_index.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mini_llm {
namespace {

using Index = std::int32_t;
using Indices = std::vector<Index>;

/// Sorts the suffixes of a text of symbols 0 … symbols - 1, as if a smaller symbol followed its end.
class InducedSorting {
 public:
  InducedSorting(const Indices& text, Index symbols);
  Indices sorted();

 private:
  Index size() const { return static_cast<Index>(text_.size()); }
  /// A leftmost S-type suffix: smaller than the next one, after one that is larger than its next.
  bool is_lms(Index at) const { return at > 0 && smaller_[at] && !smaller_[at - 1]; }
  /// Sorts all suffixes, given the LMS ones in order; with these in any order, sorts the LMS substrings.
  void induce(const Indices& lms);
  /// Numbers the LMS substrings in their order, equal ones alike, and sorts the suffixes of these numbers.
  Indices sorted_lms();
  bool equal_substrings(Index a, Index b) const;

  const Indices& text_;
  Indices starts_;             // [symbols + 1]: where the suffixes that begin with a symbol begin
  std::vector<bool> smaller_;  // [size]: whether the suffix is smaller than the next one (S-type)
  Indices lms_;                // positions of the LMS suffixes
  Indices order_;              // [size]: the suffix array
};

InducedSorting::InducedSorting(const Indices& text, Index symbols)
    : text_(text), starts_(symbols + 1, 0), smaller_(text.size(), false), order_(text.size()) {
  for (const Index symbol : text) ++starts_[symbol + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  for (Index at = size() - 2; at >= 0; --at)
    smaller_[at] = text[at] < text[at + 1] || (text[at] == text[at + 1] && smaller_[at + 1]);
  for (Index at = 1; at < size(); ++at)
    if (is_lms(at)) lms_.push_back(at);
}

Indices InducedSorting::sorted() {
  if (text_.empty()) return {};
  induce(lms_);
  if (!lms_.empty()) induce(sorted_lms());
  return std::move(order_);
}

void InducedSorting::induce(const Indices& lms) {
  std::ranges::fill(order_, -1);
  Indices ends(starts_.begin() + 1, starts_.end());
  for (auto at = lms.rbegin(); at != lms.rend(); ++at) order_[--ends[text_[*at]]] = *at;
  Indices begins = starts_;
  const auto put_larger = [&](Index at) {
    if (at >= 0 && !smaller_[at]) order_[begins[text_[at]]++] = at;
  };
  put_larger(size() - 1);
  for (Index i = 0; i < size(); ++i) put_larger(order_[i] - 1);
  ends.assign(starts_.begin() + 1, starts_.end());
  for (Index i = size() - 1; i >= 0; --i) {
    const Index at = order_[i] - 1;
    if (at >= 0 && smaller_[at]) order_[--ends[text_[at]]] = at;
  }
}

Indices InducedSorting::sorted_lms() {
  Indices number(text_.size(), -1);
  Index numbers = 0;
  Index last = -1;
  for (const Index at : order_) {
    if (!is_lms(at)) continue;
    if (last >= 0 && !equal_substrings(last, at)) ++numbers;
    number[at] = numbers;
    last = at;
  }
  Indices reduced;
  for (const Index at : lms_) reduced.push_back(number[at]);
  Indices sorted = InducedSorting(reduced, numbers + 1).sorted();
  for (Index& at : sorted) at = lms_[at];
  return sorted;
}

/// Whether the texts from one LMS suffix to the next are equal.
bool InducedSorting::equal_substrings(Index a, Index b) const {
  for (Index i = 0;; ++i) {
    // The end of the text is smaller than every symbol, so the last substring equals no other.
    if (a + i >= size() || b + i >= size() || text_[a + i] != text_[b + i]) return false;
    const bool end_a = i > 0 && is_lms(a + i);
    if (end_a != (i > 0 && is_lms(b + i))) return false;
    if (end_a) return true;
  }
}

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::size_t common_prefix(std::string_view a, std::string_view b, std::size_t from) {
  const std::size_t size = std::min(a.size(), b.size());
  while (from < size && a[from] == b[from]) ++from;
  return from;
}

}  // namespace

std::vector<Index> suffix_array(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(INT32_MAX))
    throw std::invalid_argument("A text of more than 2 GB cannot be indexed; use a part of it.");
  Indices symbols(text.size());
  std::ranges::transform(text, symbols.begin(), [](char c) { return static_cast<unsigned char>(c); });
  return InducedSorting(symbols, 256).sorted();
}

SuffixIndex::SuffixIndex(std::string text) : text_(std::move(text)), suffixes_(suffix_array(text_)) {}

SuffixIndex::Match SuffixIndex::longest_match(std::string_view wanted) const {
  // Binary search (Manber and Myers 1990): what both bounds share with `wanted`, all suffixes between them
  // share.
  std::size_t below = 0, above = suffixes_.size();
  std::size_t shared_below = 0, shared_above = 0;
  Match best{0, 0};
  while (below < above) {
    const std::size_t middle = below + (above - below) / 2;
    const auto at = static_cast<std::size_t>(suffixes_[middle]);
    const std::string_view suffix = std::string_view(text_).substr(at);
    const std::size_t shared = common_prefix(wanted, suffix, std::min(shared_below, shared_above));
    if (shared > best.length) best = {shared, at};
    if (shared == wanted.size()) break;
    const bool smaller = shared == suffix.size() || static_cast<unsigned char>(suffix[shared]) <
                                                        static_cast<unsigned char>(wanted[shared]);
    if (smaller) {
      below = middle + 1;
      shared_below = shared;
    } else {
      above = middle;
      shared_above = shared;
    }
  }
  return best;
}

std::vector<CopiedPiece> SuffixIndex::copied(std::string_view sample, std::size_t min_bytes) const {
  std::vector<CopiedPiece> pieces;
  std::size_t covered = 0;
  for (std::size_t start = 0; start + min_bytes <= sample.size(); ++start) {
    if (continues_character(sample[start])) continue;
    auto [length, source] = longest_match(sample.substr(start));
    while (length > 0 && start + length < sample.size() && continues_character(sample[start + length]))
      --length;
    if (length == 0 || length < min_bytes || start + length <= covered) continue;
    pieces.push_back({start, length, source});
    covered = start + length;
  }
  return pieces;
}

}  // namespace mini_llm
