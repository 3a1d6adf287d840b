#pragma once
// A resumable task: a coroutine that yields values. Training and the model's forward pass are written as
// plain loops, and their callers still run them in slices of a few milliseconds.
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <utility>

namespace mini_llm {

/// Keeps the last coroutine frame that a thread freed, so a forward pass for every token allocates nothing.
class FrameCache {
 public:
  FrameCache() = default;
  FrameCache(const FrameCache&) = delete;
  FrameCache& operator=(const FrameCache&) = delete;
  ~FrameCache() { ::operator delete(frame_); }

  void* take(std::size_t size) {
    return size == size_ && frame_ != nullptr ? std::exchange(frame_, nullptr) : ::operator new(size);
  }
  void give(void* frame, std::size_t size) {
    ::operator delete(std::exchange(frame_, frame));
    size_ = size;
  }
  static FrameCache& of_this_thread() {
    static thread_local FrameCache cache;
    return cache;
  }

 private:
  void* frame_ = nullptr;
  std::size_t size_ = 0;
};

template <class T>
class Task {
 public:
  struct promise_type {
    T value{};
    std::exception_ptr error;

    static void* operator new(std::size_t size) { return FrameCache::of_this_thread().take(size); }
    static void operator delete(void* frame, std::size_t size) {
      FrameCache::of_this_thread().give(frame, size);
    }

    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T yielded) {
      value = std::move(yielded);
      return {};
    }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
  };

  Task() = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool finished() const { return !handle_ || handle_.done(); }

  /// Runs to the next yield and returns its value, or T{} at the end; rethrows what the coroutine throws.
  /// Must not be finished.
  T resume() {
    handle_.resume();
    if (handle_.promise().error) std::rethrow_exception(std::exchange(handle_.promise().error, nullptr));
    return handle_.done() ? T{} : std::move(handle_.promise().value);
  }

  /// Runs to the end.
  void finish() {
    while (!finished()) resume();
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace mini_llm
