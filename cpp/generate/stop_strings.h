#pragma once
// Stop strings end a generated text. Bytes that may begin a stop string are held back until they no longer
// can.
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

class StopStrings {
 public:
  /// Ignores empty strings.
  explicit StopStrings(std::vector<std::string> strings);

  /// Takes new bytes and appends to `out` those that cannot be part of a stop string. Returns true at the
  /// first complete stop string (the longest, if several end at the same byte); `out` then holds everything
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
