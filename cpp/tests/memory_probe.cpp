#include "tests/memory_probe.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
// From sanitizer/allocator_interface.h, which some compilers' packages lack.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_allocation)(const volatile void*,
                                                                               std::size_t),
                                                         void (*on_free)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void* pointer);
#endif

namespace mini_llm::test {

namespace {

std::atomic<std::size_t> in_use{0}, highest{0}, allocated{0}, large{0};

void count_allocation(std::size_t size) {
  const std::size_t now = in_use += size;
  for (std::size_t seen = highest; seen < now && !highest.compare_exchange_weak(seen, now);) {
  }
  ++allocated;
  if (size >= MemoryProbe::kLarge) ++large;
}
void count_free(std::size_t size) { in_use -= size; }

#if defined(__SANITIZE_ADDRESS__)

void on_allocation(const volatile void* pointer, std::size_t) {
  count_allocation(__sanitizer_get_allocated_size(pointer));
}
void on_free(const volatile void* pointer) {
  if (pointer != nullptr) count_free(__sanitizer_get_allocated_size(pointer));
}
const int installed = __sanitizer_install_malloc_and_free_hooks(on_allocation, on_free);

#endif

}  // namespace

std::size_t heap_in_use() { return in_use; }

MemoryProbe::MemoryProbe() : in_use_(in_use), allocations_(allocated), large_(large) { highest = in_use_; }
std::size_t MemoryProbe::peak() const { return highest - in_use_; }
std::ptrdiff_t MemoryProbe::growth() const {
  return static_cast<std::ptrdiff_t>(in_use.load()) - static_cast<std::ptrdiff_t>(in_use_);
}
std::size_t MemoryProbe::allocations() const { return allocated - allocations_; }
std::size_t MemoryProbe::large_allocations() const { return large - large_; }

}  // namespace mini_llm::test

#if !defined(__SANITIZE_ADDRESS__)

// The requested size stands before every block, since malloc may give a little more.
constexpr std::size_t kHeader = alignof(std::max_align_t);

// The other forms of new and delete call these.
void* operator new(std::size_t size) {
  auto* block = static_cast<unsigned char*>(std::malloc(size + kHeader));
  if (block == nullptr) throw std::bad_alloc();
  std::memcpy(block, &size, sizeof size);
  mini_llm::test::count_allocation(size);
  return block + kHeader;
}
void operator delete(void* pointer) noexcept {
  if (pointer == nullptr) return;
  unsigned char* block = static_cast<unsigned char*>(pointer) - kHeader;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  mini_llm::test::count_free(size);
  std::free(block);
}
void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }

#endif
