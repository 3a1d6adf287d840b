// The thread pool runs every index once for all sizes, and scratch memory belongs to its thread.
#include "kernels/parallel.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/support.h"

namespace mini_llm {
namespace {

const char* const kNoThreads = "This build has no threads.";

TEST(Parallel, RunsEveryIndexExactlyOnce) {
  for (int n : {1, 2, 3, 4, 8}) {
    const test::ThreadScope scope(n);
    for (std::size_t count : {0, 1, 2, 3, 4, 7, 8, 9, 63, 64, 65, 1000}) {
      const auto runs = std::make_unique<std::atomic<int>[]>(count + 1);
      parallel_for(count, [&](std::size_t i) { ++runs[i]; });
      for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(runs[i], 1) << "index " << i << " of " << count;
      ASSERT_EQ(runs[count], 0);
    }
  }
}

TEST(Parallel, SurvivesManyShortCallsAndChangesOfItsSize) {
  std::atomic<std::size_t> total = 0;
  std::size_t expected = 0;
  for (int round = 0; round < 40; ++round) {
    const test::ThreadScope scope(1 + round % 4);
    for (std::size_t call = 0; call < 100; ++call) {
      parallel_for(call % 7, [&](std::size_t i) { total += i; });
      for (std::size_t i = 0; i < call % 7; ++i) expected += i;
    }
  }
  EXPECT_EQ(total, expected);
}

TEST(Parallel, ChunksOfTheRequestedSizeCoverTheRange) {
  const test::ThreadScope scope(3);
  for (std::size_t count : {0, 1, 5, 16, 17, 100})
    for (std::size_t chunk : {1, 3, 16, 1000}) {
      std::vector<int> runs(count, 0);
      parallel_chunks(count, chunk, [&](std::size_t begin, std::size_t end) {
        EXPECT_EQ(begin % chunk, 0U);
        EXPECT_LE(end - begin, chunk);
        for (std::size_t i = begin; i < end; ++i) ++runs[i];
      });
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(runs[i], 1) << i << " of " << count << " by " << chunk;
    }
}

TEST(Parallel, UsesItsThreads) {
  if (!test::has_threads()) GTEST_SKIP() << kNoThreads;
  const test::ThreadScope scope(3);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  // Each task waits for a task of another thread, so a single thread could not finish.
  std::atomic<int> arrived = 0;
  parallel_for(3, [&](std::size_t) {
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 3U);
}

TEST(Parallel, RethrowsATasksExceptionFromAnyThreadAndStaysUsable) {
  for (int n : {1, 2, 4}) {
    const test::ThreadScope scope(n);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> done = 0;
      const auto task = [&](std::size_t i) {
        if (i % 3 == 1) throw std::runtime_error("task " + std::to_string(i));
        ++done;
      };
      EXPECT_THROW(parallel_for(9, task), std::runtime_error);
      parallel_for(9, [&](std::size_t) { ++done; });
      EXPECT_GE(done, 9);
    }
  }
}

TEST(Parallel, OnlyActiveThreadsTakeTasks) {
  if (!test::has_threads()) GTEST_SKIP() << kNoThreads;
  const test::ThreadScope scope(4);
  EXPECT_EQ(active_threads(), 4);
  for (const int active : {1, 2, 4, 3, 1, 4}) {
    set_active_threads(active);
    EXPECT_EQ(active_threads(), active);
    std::mutex mutex;
    std::set<std::thread::id> seen;
    std::atomic<int> arrived = 0;
    parallel_for(static_cast<std::size_t>(active), [&](std::size_t) {
      ++arrived;
      while (arrived < active) std::this_thread::yield();  // each task occupies one thread
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
    for (int round = 0; round < 100; ++round)
      parallel_for(64, [&](std::size_t) {
        const std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
      });
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(active));
  }
  set_active_threads(9);
  EXPECT_EQ(active_threads(), 4);
  set_active_threads(0);
  EXPECT_EQ(active_threads(), 1);
  set_threads(3);
  EXPECT_EQ(active_threads(), 3);
}

TEST(Parallel, ProductsOfSizesDoNotWrap) {
  const std::size_t large = 1 << 20;
  EXPECT_EQ(product_of(large, large, 8U), 8.0 * 1024 * 1024 * 1024 * 1024);
}

TEST(Parallel, HasAtLeastOneThread) {
  const test::ThreadScope scope(2);
  EXPECT_EQ(threads(), test::has_threads() ? 2 : 1);
  set_threads(0);
  EXPECT_EQ(threads(), 1);
  set_threads(-5);
  EXPECT_EQ(threads(), 1);
}

TEST(Scratch, KeepsItsMemoryAndGivesEachSlotItsOwn) {
  float* large = scratch(Scratch::pack_a, 1000);
  EXPECT_EQ(scratch(Scratch::pack_a, 10), large);
  EXPECT_EQ(scratch(Scratch::pack_a, 1000), large);
  EXPECT_NE(scratch(Scratch::pack_b, 10), large);
  float* grown = scratch(Scratch::pack_a, 2000);
  grown[1999] = 1;  // a sanitizer would object if there were no room
  EXPECT_EQ(grown[1999], 1);
}

TEST(Scratch, IsEachThreadsOwn) {
  if (!test::has_threads()) GTEST_SKIP() << kNoThreads;
  float* mine = scratch(Scratch::attention, 10);
  float* other = nullptr;
  std::thread([&] { other = scratch(Scratch::attention, 10); }).join();
  EXPECT_NE(mine, other);
}

}  // namespace
}  // namespace mini_llm
