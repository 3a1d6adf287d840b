#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

/// A file to be written, as chunks in order. Chunks of large arrays are borrowed, so the whole file is never
/// in memory.
class FileOutput {
 public:
  /// Appends an owned chunk.
  void append(std::string bytes);
  /// Appends a borrowed chunk, which `owner` keeps alive.
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
