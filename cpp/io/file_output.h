#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

/// A file to be written, as chunks in order. A chunk of a large array is borrowed, so that the file need
/// never be in memory as a whole.
class FileOutput {
 public:
  /// A chunk of its own.
  void append(std::string bytes);
  /// A borrowed chunk, which `owner` keeps alive.
  void append(std::string_view bytes, std::shared_ptr<const void> owner);

  std::uint64_t size() const;
  /// Calls fn(std::string_view) for each chunk.
  template <class Fn>
  void for_each_chunk(const Fn& fn) const {
    for (const Chunk& chunk : chunks_) fn(chunk.bytes);
  }
  /// The whole file in one string.
  std::string bytes() const;

 private:
  struct Chunk {
    std::string_view bytes;
    std::shared_ptr<const void> owner;
  };
  std::vector<Chunk> chunks_;
};

}  // namespace mini_llm
