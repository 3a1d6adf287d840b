#include "text/split.h"

#include "text/characters.h"

namespace mini_llm {

namespace {

/// Length of the English contraction ("'s" …) at the start of the text, or 0.
std::size_t ending_length(std::string_view text) {
  if (text[0] != '\'') return 0;
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (text.starts_with(ending)) return ending.size();
  return 0;
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

/// White space before a word ends one character early: that one may belong to the word.
std::size_t white_space_length(std::string_view text) {
  std::size_t last = 0, end = 0;
  while (end < text.size()) {
    const Character next = character_at(text, end);
    if (next.kind != CharacterKind::space) return last > 0 ? last : end;
    last = end;
    end += next.length;
  }
  return end;
}

}  // namespace

std::size_t word_length(std::string_view text) {
  if (const std::size_t ending = ending_length(text)) return ending;
  const std::size_t begin = text[0] == ' ' && text.size() > 1 ? 1 : 0;
  const CharacterKind kind = character_at(text, begin).kind;
  return kind == CharacterKind::space ? white_space_length(text) : end_of(kind, text, begin);
}

}  // namespace mini_llm
