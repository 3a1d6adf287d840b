#include "kernels/parallel.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#if !defined(__EMSCRIPTEN__) || defined(MINI_LLM_THREADS)
#define MINI_LLM_HAS_THREADS 1
#include <atomic>
#include <cstdint>
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
    block.data.reset();  // before the new one is allocated, to need less memory
    block.data = std::make_unique_for_overwrite<float[]>(n);
    block.size = n;
  }
  return block.data.get();
}

#if defined(MINI_LLM_HAS_THREADS)

namespace {

/// Spin-then-sleep counter. Waiters spin for about half a millisecond before they sleep: consecutive kernels
/// are microseconds apart, and waking a sleeper takes longer.
class WaitableCounter {
 public:
  std::uint32_t load() const { return value_.load(); }
  /// Stores without waking sleepers.
  void set(std::uint32_t value) { value_.store(value); }
  std::uint32_t subtract_one() { return value_.fetch_sub(1) - 1; }

  void wake_sleepers() {
    if (sleepers_.load() == 0) return;
#if defined(__EMSCRIPTEN__)
    __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(&value_), ~0U);
#else
    value_.notify_all();
#endif
  }

  void wait_while(std::uint32_t old) {
    constexpr int kSpins = 400000;
    for (int i = 0; i < kSpins; ++i)
      if (value_.load() != old) return;
    ++sleepers_;
    while (value_.load() == old) {
#if defined(__EMSCRIPTEN__)
      // Emscripten's std::atomic::wait polls with growing pauses instead of sleeping.
      __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(&value_), static_cast<int>(old), -1);
#else
      value_.wait(old);
#endif
    }
    --sleepers_;
  }

 private:
  std::atomic<std::uint32_t> value_{0};
  std::atomic<int> sleepers_{0};
};

/// Workers claim the tasks of a job one by one through a ticket: the job's number and the number of unclaimed
/// tasks in one word. So a worker that wakes up late cannot claim a task of a finished job, and does not
/// delay the end of a job that others have done.
class Pool {
 public:
  ~Pool() { resize(1); }

  int size() const { return static_cast<int>(workers_.size()) + 1; }
  int active() const { return active_.load(); }

  void resize(int n) {
    if (n != size()) {
      stopping_ = true;
      open_gate();
      publish(job_.load() + 1);
      for (std::thread& worker : workers_) worker.join();
      workers_.clear();
      stopping_ = false;
      for (int i = 1; i < n; ++i) workers_.emplace_back([this, i, seen = job_.load()] { work(i, seen); });
    }
    set_active(n);
  }

  void set_active(int n) {
    active_ = std::clamp(n, 1, size());
    open_gate();
  }

  void run(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
    if (active() < 2 || count < 2) {
      for (std::size_t i = 0; i < count; ++i) task(context, i);
      return;
    }
    // Safe: the last job is done, and no worker claims a task until ticket_ is published.
    task_ = task;
    context_ = context;
    count_ = static_cast<std::uint32_t>(count);
    remaining_.set(count_);
    const std::uint32_t job = job_.load() + 1;
    ticket_.store(ticket(job, count_));
    publish(job);
    take_tasks(job);
    for (std::uint32_t left = remaining_.load(); left != 0; left = remaining_.load())
      remaining_.wait_while(left);
    if (failed_.exchange(false)) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  static std::uint64_t ticket(std::uint64_t job, std::uint32_t left) { return job << 32 | left; }

  void publish(std::uint32_t job) {
    job_.set(job);
    job_.wake_sleepers();
  }

  /// Makes workers check again whether they are active.
  void open_gate() {
    gate_.set(gate_.load() + 1);
    gate_.wake_sleepers();
  }

  bool is_inactive(int worker) const { return worker >= active_.load() && !stopping_.load(); }

  void wait_until_active(int worker) {
    for (;;) {
      const std::uint32_t gate = gate_.load();  // before the check, so no change is missed
      if (!is_inactive(worker)) return;
      gate_.wait_while(gate);
    }
  }

  void work(int worker, std::uint32_t seen) {
    for (;;) {
      wait_until_active(worker);
      job_.wait_while(seen);
      seen = job_.load();
      if (stopping_) return;
      if (!is_inactive(worker)) take_tasks(seen);
    }
  }

  void run_task(std::size_t index) {
    try {
      task_(context_, index);
    } catch (...) {
      if (!failed_.exchange(true)) error_ = std::current_exception();
    }
  }

  void take_tasks(std::uint32_t job) {
    std::uint64_t next = ticket_.load();
    for (;;) {
      const auto left = static_cast<std::uint32_t>(next);
      if (next != ticket(job, left) || left == 0) return;
      if (!ticket_.compare_exchange_weak(next, next - 1)) continue;
      run_task(count_ - left);
      if (remaining_.subtract_one() == 0) remaining_.wake_sleepers();
      next = ticket_.load();
    }
  }

  std::vector<std::thread> workers_;
  // Each on its own cache line, because threads spin on one while others write the next.
  alignas(64) WaitableCounter job_;        // the current job's number
  alignas(64) WaitableCounter remaining_;  // tasks that are not done
  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  alignas(64) WaitableCounter gate_;  // changes with the number of active threads
  std::atomic<int> active_{1};
  std::uint32_t count_ = 0;
  void (*task_)(const void*, std::size_t) = nullptr;
  const void* context_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;  // the first of this job
};

Pool& pool() {
  static Pool the_pool;
  return the_pool;
}

}  // namespace

void set_threads(int n) { pool().resize(n < 1 ? 1 : n); }
int threads() { return pool().size(); }
void set_active_threads(int n) { pool().set_active(n); }
int active_threads() { return pool().active(); }
void run_tasks(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
  pool().run(count, task, context);
}

#else

void set_threads(int) {}
int threads() { return 1; }
void set_active_threads(int) {}
int active_threads() { return 1; }
void run_tasks(std::size_t count, void (*task)(const void*, std::size_t), const void* context) {
  for (std::size_t i = 0; i < count; ++i) task(context, i);
}

#endif

}  // namespace mini_llm
