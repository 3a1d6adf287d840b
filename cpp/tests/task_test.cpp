// Cotasks that yield values.
#include "tensor/task.h"

#include <memory>
#include <stdexcept>

#include "tests/support.h"

namespace mini_llm {
namespace {

Task<int> count_to(int n, std::shared_ptr<int> held = nullptr) {
  for (int i = 1; i <= n; ++i) {
    if (held) *held = i;
    co_yield i;
  }
}

Task<int> twice(int n) {
  for (int round = 0; round < 2; ++round)
    for (auto inner = count_to(n); !inner.finished();) co_yield inner.resume();
}

Task<int> throwing() {
  co_yield 1;
  throw std::runtime_error("A sentence.");
}

/// What a task yields; its end reads as 0.
std::vector<int> all(Task<int> task) {
  std::vector<int> result;
  while (!task.finished()) result.push_back(task.resume());
  return result;
}

TEST(Task, YieldsAndEnds) {
  EXPECT_EQ(all(count_to(3)), (std::vector<int>{1, 2, 3, 0}));
  EXPECT_EQ(all(count_to(0)), (std::vector<int>{0}));
  EXPECT_EQ(all(twice(2)), (std::vector<int>{1, 2, 0, 1, 2, 0, 0}));
  EXPECT_TRUE(Task<int>().finished());
}

TEST(Task, FinishesInOneGo) {
  const auto held = std::make_shared<int>(0);
  Task<int> task = count_to(10, held);
  task.resume();
  task.finish();
  EXPECT_EQ(*held, 10);
  EXPECT_TRUE(task.finished());
  task.finish();
}

TEST(Task, FreesItsLocalsWhenDroppedHalfway) {
  const auto held = std::make_shared<int>(0);
  {
    Task<int> task = count_to(10, held);
    task.resume();
    task.resume();
    EXPECT_EQ(held.use_count(), 2);
    task = count_to(1);
    EXPECT_EQ(held.use_count(), 1);
  }
  EXPECT_EQ(*held, 2);
}

TEST(Task, RethrowsItsExceptionAndIsFinishedThen) {
  Task<int> task = throwing();
  EXPECT_EQ(task.resume(), 1);
  EXPECT_THROW(task.resume(), std::runtime_error);
  EXPECT_TRUE(task.finished());
}

}  // namespace
}  // namespace mini_llm
