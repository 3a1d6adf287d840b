#pragma once
// Stop strings end a generated text. Bytes that may begin one are held back until it is certain that they do
// not.
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

class StopStrings {
 public:
  /// Ignores empty strings.
  explicit StopStrings(std::vector<std::string> strings);

  /// Takes new bytes, and appends to `out` all that cannot be part of a stop string. Returns true once one is
  /// complete: the first, and the longest of several that end at the same byte. Then `out` has everything
  /// before it, and the rest is dropped.
  bool take(std::string_view bytes, std::string& out);
  /// Appends the bytes held back, at the end of the text.
  void finish(std::string& out);

 private:
  std::size_t complete() const;
  std::size_t begun() const;

  std::vector<std::string> strings_;
  std::size_t longest_ = 0;
  std::string waiting_;
};

}  // namespace mini_llm
