#pragma once
// A resumable task: a coroutine that yields values. Training and the model's forward pass are written as
// plain loops, and their callers still run them in slices of a few milliseconds.
#include <coroutine>
#include <exception>
#include <utility>

namespace mini_llm {

template <class T>
class Task {
 public:
  struct promise_type {
    T value{};
    std::exception_ptr error;

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
