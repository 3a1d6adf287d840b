#pragma once
// The thread pool, the only global state of the program, and each thread's scratch memory. Tasks are cut by
// the problem's size alone and write disjoint outputs, so results do not depend on the number of threads.
#include <cstddef>

namespace mini_llm {

/// Sets how many threads work, the caller's included; at least 1. Builds without threads always use 1.
void set_threads(int n);
int threads();

/// Sets how many of these threads take tasks from now on, from 1 to threads(); the others sleep. set_threads
/// puts all of them to work again.
void set_active_threads(int n);
int active_threads();

/// Runs task(context, index) for every index in [0, count) and returns when all are done; throws the first
/// exception that a task has thrown, on whichever thread. Not to be nested.
void run_tasks(std::size_t count, void (*task)(const void* context, std::size_t index), const void* context);

/// Multiply-adds, or the like, that take a few times as long as handing tasks to a thread that is awake: less
/// is not shared out.
inline constexpr double kWorthSharing = 1 << 15;

/// The product of sizes. In double: 32 bits, which is what a size has in WebAssembly, do not hold it.
template <class... Sizes>
constexpr double product_of(Sizes... sizes) {
  return (static_cast<double>(sizes) * ...);
}

/// fn(index) for every index in [0, count): on the pool, or here where all of them together are little work.
template <class F>
void parallel_for(std::size_t count, const F& fn, double work = kWorthSharing) {
  if (work < kWorthSharing) {
    for (std::size_t i = 0; i < count; ++i) fn(i);
    return;
  }
  run_tasks(
      count, [](const void* context, std::size_t index) { (*static_cast<const F*>(context))(index); }, &fn);
}

/// fn(begin, end) for consecutive chunks of at most `chunk` indices.
template <class F>
void parallel_chunks(std::size_t count, std::size_t chunk, const F& fn) {
  parallel_for((count + chunk - 1) / chunk, [&](std::size_t i) {
    const std::size_t begin = i * chunk;
    fn(begin, begin + chunk < count ? begin + chunk : count);
  });
}

/// What a thread's scratch memory is used for; one buffer each, so that nested uses never overlap.
enum class Scratch { pack_a, pack_b, attention, int8, sums, muon, orthogonalize, lora, count };

/// At least n floats of this thread's scratch memory, contents unspecified, valid until the same slot is
/// asked for again. It only ever grows, so a steady workload allocates nothing.
float* scratch(Scratch slot, std::size_t n);

}  // namespace mini_llm
