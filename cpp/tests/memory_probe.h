#pragma once
// Counts what the program allocates: every test runs on this allocator (or, under AddressSanitizer, with its
// hooks).
#include <cstddef>

namespace mini_llm::test {

/// Bytes allocated and not yet freed.
std::size_t heap_in_use();
/// Watches from its construction on.
class MemoryProbe {
 public:
  MemoryProbe();
  /// The most bytes that were in use at once, beyond those at the start.
  std::size_t peak() const;
  /// Bytes in use now beyond those at the start; negative when more was freed.
  std::ptrdiff_t growth() const;
  /// How many allocations there were.
  std::size_t allocations() const;
  /// How many of at least kLarge bytes.
  static constexpr std::size_t kLarge = 8192;
  std::size_t large_allocations() const;

 private:
  std::size_t in_use_, allocations_, large_;
};

}  // namespace mini_llm::test
