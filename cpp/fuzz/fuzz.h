#pragma once
// What the fuzz targets share. A target calls libFuzzer's entry point with each input; whatever ends the
// process is a finding.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mini_llm::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Reports a broken promise as a crash.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "Broken promise: %s.\n", promise);
  std::abort();
}

/// Whether fn accepts its input. It may refuse it, but only with a sentence.
template <class Fn>
bool accepts(const Fn& fn) {
  try {
    fn();
    return true;
  } catch (const std::invalid_argument& error) {
    require(std::string_view(error.what()).ends_with('.'), "a refusal is a sentence");
    return false;
  }
}

}  // namespace mini_llm::fuzz
