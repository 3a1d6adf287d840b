#include "text/default_prompt.h"

#include <algorithm>

#include "kernels/random.h"
#include "text/utf8.h"

namespace mini_llm {

namespace {

/// Calls line(feeds) for each line that is not empty and follows a line feed, until it returns true. `feeds`
/// is the number of line feeds just before the line.
template <class Line>
void each_line(std::string_view text, const Line& line) {
  std::size_t feeds = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++feeds;
      continue;
    }
    if (feeds > 0 && line(feeds)) return;
    feeds = 0;
  }
}

}  // namespace

std::string make_default_prompt(const Tokenizer& tokenizer, std::string_view text, std::uint32_t seed) {
  std::uint64_t lines = 0;
  each_line(text, [&](std::size_t) { return ++lines, false; });
  if (lines == 0) {
    constexpr std::size_t kLongest = 4 * Tokenizer::kLongestToken;  // enough for its first token
    std::size_t size = tokenizer.decode(tokenizer.encode(text.substr(0, kLongest))[0]).size();
    while (size < text.size() && state_after(text.substr(0, size)) != Utf8State::boundary) ++size;
    return std::string(text.substr(0, size));
  }
  std::uint64_t left = Rng(seed, Stream::start).below(lines);
  std::size_t chosen = 0;
  each_line(text, [&](std::size_t feeds) { return chosen = feeds, left-- == 0; });
  return std::string(std::min<std::size_t>(chosen, 2), '\n');
}

std::string_view visible_part(std::string_view default_prompt) {
  return default_prompt.find_first_not_of('\n') == std::string_view::npos ? std::string_view()
                                                                          : default_prompt;
}

}  // namespace mini_llm
