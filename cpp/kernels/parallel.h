#pragma once
// The thread pool, the program's only global state, and each thread's scratch memory. The problem's size
// alone decides how work is cut into tasks, and tasks write disjoint outputs, so results do not depend on the
// number of threads.
#include <cstddef>

#include "kernels/simd.h"

namespace mini_llm {

/// Sets the number of threads, the caller's included; at least 1. Builds without threads always use 1.
void set_threads(int n);
int threads();

/// Sets how many of these threads take tasks, from 1 to threads(); the others sleep. set_threads makes all
/// active again.
void set_active_threads(int n);
int active_threads();

/// Runs task(context, index) for every index in [0, count) and returns when all are done. Rethrows the first
/// exception of a task. Must not be nested.
void run_tasks(std::size_t count, void (*task)(const void* context, std::size_t index), const void* context);

/// Smaller jobs run on the calling thread. This many multiply-adds take a few times as long as waking
/// workers.
inline constexpr double kWorthSharing = 1 << 15;

/// A product of sizes in double: it may not fit into WebAssembly's 32-bit size_t.
template <class... Sizes>
constexpr double product_of(Sizes... sizes) {
  return (static_cast<double>(sizes) * ...);
}

constexpr std::size_t ceil_div(std::size_t n, std::size_t by) { return (n + by - 1) / by; }

/// fn(index) for every index in [0, count): on the pool, or here if `work` multiply-adds in all are too few.
template <class F>
void parallel_for(std::size_t count, const F& fn, double work = kWorthSharing) {
  if (work < kWorthSharing) {
    for (std::size_t i = 0; i < count; ++i) fn(i);
    return;
  }
  // A copy, which the compiler keeps in registers: it must assume that a kernel's stores change the original.
  run_tasks(
      count,
      [](const void* context, std::size_t index) {
        const F copy = *static_cast<const F*>(context);
        copy(index);
      },
      &fn);
}

/// fn(begin, end) for consecutive chunks of at most `chunk` indices.
template <class F>
void parallel_chunks(std::size_t count, std::size_t chunk, const F& fn) {
  parallel_for(ceil_div(count, chunk), [&](std::size_t i) {
    const std::size_t begin = i * chunk;
    fn(begin, begin + chunk < count ? begin + chunk : count);
  });
}

/// fn(row) for every row, in tasks of `rows_per_task` rows.
template <class F>
void parallel_rows(std::size_t rows, std::size_t rows_per_task, const F& fn) {
  parallel_chunks(rows, rows_per_task, [fn](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) fn(row);
  });
}

/// Elements of a task that touches each of them once; a multiple of 4.
inline constexpr std::size_t kLanesTask = 16384;

/// f(lanes, i) for n elements, as for_lanes calls it, on all threads.
template <class F>
void parallel_lanes(std::size_t n, const F& f) {
  parallel_chunks(n, kLanesTask, [f](std::size_t begin, std::size_t end) { for_lanes(begin, end, f); });
}

/// The uses of scratch memory. Each has its own buffer in each thread, so nested uses never overlap.
enum class Scratch { pack_a, pack_b, attention, logits, int8, sums, muon, orthogonalize, lora, count };

/// At least n floats of this thread's scratch memory, contents unspecified, valid until the next call with
/// the same slot. A slot only grows, so a steady workload allocates nothing.
float* scratch(Scratch slot, std::size_t n);

}  // namespace mini_llm
