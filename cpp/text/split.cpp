#include "text/split.h"

#include <algorithm>

#include "text/characters.h"

namespace mini_llm {

namespace {

constexpr const char* kNames[] = {"gpt2", "qwen2"};

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Length of the English contraction ("'s" …) at the start of the text, or 0.
std::size_t ending_length(std::string_view text, bool any_case) {
  if (text[0] != '\'') return 0;
  const auto is_same = [any_case](char c, char wanted) { return (any_case ? lower(c) : c) == wanted; };
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (text.size() >= ending.size() && std::equal(ending.begin(), ending.end(), text.begin(),
                                                   [&](char wanted, char c) { return is_same(c, wanted); }))
      return ending.size();
  // Without regard to case, the long s is an s too.
  constexpr std::string_view kLongS = "'\u017f";
  return any_case && text.starts_with(kLongS) ? kLongS.size() : 0;
}

/// The end of the run of characters of this kind that begins at text[at].
std::size_t end_of(CharacterKind kind, std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Character next = character_at(text, at);
    if (next.kind != kind) break;
    at += next.length;
  }
  return at;
}

bool is_at(std::string_view text, std::size_t at, CharacterKind kind) {
  return at < text.size() && character_at(text, at).kind == kind;
}

/// White space before a word ends one character early: that one may belong to the word. With `after_lines`,
/// white space that holds line ends is cut after the last of them.
std::size_t white_space_length(std::string_view text, bool after_lines = false) {
  std::size_t last = 0, end = 0, lines = 0;
  while (end < text.size()) {
    const Character next = character_at(text, end);
    if (next.kind != CharacterKind::space) break;
    last = end;
    end += next.length;
    if (is_line_end(text[last])) lines = end;
  }
  if (after_lines && lines > 0) return lines;
  return end < text.size() && last > 0 ? last : end;
}

std::size_t gpt2_word_length(std::string_view text) {
  if (const std::size_t ending = ending_length(text, false)) return ending;
  const std::size_t begin = text[0] == ' ' && text.size() > 1 ? 1 : 0;
  const CharacterKind kind = character_at(text, begin).kind;
  return kind == CharacterKind::space ? white_space_length(text) : end_of(kind, text, begin);
}

/// Each `if` is an alternative of the pattern, in its order.
std::size_t qwen2_word_length(std::string_view text) {
  using enum CharacterKind;
  if (const std::size_t ending = ending_length(text, true)) return ending;
  const Character first = character_at(text, 0);
  const bool joins_letters = first.kind != letter && first.kind != number && !is_line_end(text[0]);
  const std::size_t letters = joins_letters ? first.length : 0;
  if (is_at(text, letters, letter)) return end_of(letter, text, letters);
  if (first.kind == number) return first.length;
  const std::size_t marks = text[0] == ' ' ? 1 : 0;
  if (is_at(text, marks, other)) {
    std::size_t end = end_of(other, text, marks);
    while (end < text.size() && is_line_end(text[end])) ++end;
    return end;
  }
  return white_space_length(text, true);
}

}  // namespace

std::span<const char* const> split_names() { return kNames; }

std::size_t word_length(std::string_view text, Split split) {
  return split == Split::gpt2 ? gpt2_word_length(text) : qwen2_word_length(text);
}

}  // namespace mini_llm
