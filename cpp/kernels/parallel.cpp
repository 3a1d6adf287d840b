#include "kernels/parallel.h"

#include <array>
#include <memory>
#include <vector>

#if !defined(__EMSCRIPTEN__) || defined(MINI_LLM_THREADS)
#define MINI_LLM_HAS_THREADS 1
#include <atomic>
#include <thread>
#endif

namespace mini_llm {

float* scratch(Scratch slot, std::size_t n) {
  struct Block {
    std::unique_ptr<float[]> data;
    std::size_t size = 0;
  };
  thread_local std::array<Block, static_cast<std::size_t>(Scratch::count)> blocks;
  Block& block = blocks[static_cast<std::size_t>(slot)];
  if (block.size < n) {
    block.data.reset();  // first, so that old and new are never held at once
    block.data = std::make_unique_for_overwrite<float[]>(n);
    block.size = n;
  }
  return block.data.get();
}

#if defined(MINI_LLM_HAS_THREADS)

namespace {

/// Workers wait for a new generation number, take indices from a shared counter until none are left, and
/// count themselves out. They spin briefly first: consecutive kernels are microseconds apart.
class Pool {
 public:
  ~Pool() { resize(1); }

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  void resize(int n) {
    if (n == size()) return;
    stopping_ = true;
    publish();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    stopping_ = false;
    for (int i = 1; i < n; ++i) workers_.emplace_back([this, seen = generation_.load()] { work(seen); });
  }

  void run(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
    if (workers_.empty() || count < 2) {
      for (std::size_t i = 0; i < count; ++i) task(context, i);
      return;
    }
    task_ = task;
    context_ = context;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    busy_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
    publish();
    take_tasks();
    for (int left = busy_.load(); left != 0; left = busy_.load()) spin_then_wait(busy_, left);
  }

 private:
  void publish() {
    generation_.fetch_add(1);
    generation_.notify_all();
  }

  template <class T>
  static void spin_then_wait(const std::atomic<T>& value, T old) {
    for (int i = 0; i < 4000; ++i)
      if (value.load() != old) return;
    value.wait(old);
  }

  void work(unsigned seen) {
    for (;;) {
      while (generation_.load() == seen) spin_then_wait(generation_, seen);
      ++seen;
      if (stopping_) return;
      take_tasks();
      if (busy_.fetch_sub(1) == 1) busy_.notify_one();
    }
  }

  void take_tasks() {
    for (std::size_t i = next_++; i < count_; i = next_++) task_(context_, i);
  }

  std::vector<std::thread> workers_;
  std::atomic<unsigned> generation_{0};
  std::atomic<int> busy_{0};
  std::atomic<std::size_t> next_{0};
  std::size_t count_ = 0;
  void (*task_)(const void*, std::size_t) = nullptr;
  const void* context_ = nullptr;
  bool stopping_ = false;
};

Pool& pool() {
  static Pool the_pool;
  return the_pool;
}

}  // namespace

void set_threads(int n) { pool().resize(n < 1 ? 1 : n); }
int threads() { return pool().size(); }
void run_tasks(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
  pool().run(count, task, context);
}

#else

void set_threads(int) {}
int threads() { return 1; }
void run_tasks(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
  for (std::size_t i = 0; i < count; ++i) task(context, i);
}

#endif

}  // namespace mini_llm
