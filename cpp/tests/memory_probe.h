#pragma once
// Counts the program's allocations. Every test runs on this allocator or, with AddressSanitizer, its hooks.
#include <cstddef>

namespace mini_llm::test {

/// Bytes allocated and not yet freed.
std::size_t heap_in_use();
/// Counts from its construction on.
class MemoryProbe {
 public:
  MemoryProbe();
  /// Peak of the bytes in use beyond those at the start.
  std::size_t peak() const;
  /// Bytes in use now beyond those at the start; negative when more was freed.
  std::ptrdiff_t growth() const;
  /// Number of allocations.
  std::size_t allocations() const;
  /// Number of allocations of at least kLarge bytes.
  static constexpr std::size_t kLarge = 8192;
  std::size_t large_allocations() const;

 private:
  std::size_t in_use_, allocations_, large_;
};

}  // namespace mini_llm::test
