#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

/// A file to be written, as chunks in order. Chunks of large arrays are borrowed or computed when they are
/// read, so the whole file is never in memory.
class FileOutput {
 public:
  /// Computes a chunk's bytes from its source. A plain function, because std::function is large code.
  using Make = std::string (*)(const void* source);

  /// Appends an owned chunk.
  void append(std::string bytes);
  /// Puts an owned chunk before all others.
  void prepend(std::string bytes);
  /// Appends a borrowed chunk, which `owner` keeps alive.
  void append(std::string_view bytes, std::shared_ptr<const void> owner);
  /// Appends a chunk of `size` bytes that `make` computes whenever the file is read.
  void append(std::uint64_t size, std::shared_ptr<const void> source, Make make);

  std::uint64_t size() const;
  /// Calls fn(std::string_view) for each chunk.
  template <class Fn>
  void for_each_chunk(const Fn& fn) const {
    for (const Chunk& chunk : chunks_) {
      const std::string made = chunk.make ? chunk.make(chunk.owner.get()) : std::string();
      fn(chunk.make ? std::string_view(made) : chunk.bytes);
    }
  }
  /// The whole file in one string.
  std::string bytes() const;

 private:
  struct Chunk {
    std::uint64_t size;
    std::string_view bytes;
    std::shared_ptr<const void> owner;
    Make make;
  };
  std::vector<Chunk> chunks_;
};

}  // namespace mini_llm
