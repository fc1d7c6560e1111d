#include "harness/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace kedge {
namespace {

TEST(ParallelForTest, CallsEveryIndexOnce) {
  for (const unsigned threads : {0U, 1U, 2U, 7U, 64U}) {
    for (const std::size_t n : {0, 1, 2, 5, 1000}) {
      std::vector<std::atomic<int>> calls(n);
      ParallelFor(n, threads, [&](std::size_t i) { ++calls[i]; });
      for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(calls[i].load(), 1) << threads << " " << i;
    }
  }
}

TEST(ParallelForTest, OneThreadIsTheCallersAndInOrder) {
  std::vector<std::size_t> order;
  const auto caller = std::this_thread::get_id();
  ParallelFor(100, 1, [&](std::size_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
  });
  std::vector<std::size_t> expected(100);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  EXPECT_EQ(order, expected);
}

TEST(ParallelForTest, ReallyRunsSideBySide) {
  // Each call waits for the other; one after the other they would never end.
  std::atomic<int> arrived{0};
  ParallelFor(2, 2, [&](std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ParallelForTest, RethrowsTheExceptionOfTheLowestIndexAfterAllHaveEnded) {
  std::atomic<int> arrived{0}, running{0};
  try {
    ParallelFor(3, 3, [&](std::size_t i) {
      ++running;
      ++arrived;
      while (arrived < 3) std::this_thread::yield();
      if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      --running;
      throw std::runtime_error("index " + std::to_string(i));
    });
    FAIL() << "threw nothing";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "index 0");
    EXPECT_EQ(running, 0);
  }
}

TEST(ParallelForTest, StopsHandingOutWorkAfterAFailure) {
  for (const unsigned threads : {1U, 4U}) {
    std::atomic<int> calls{0};
    EXPECT_THROW(ParallelFor(1'000'000, threads,
                             [&](std::size_t i) {
                               ++calls;
                               if (i == 10) throw std::runtime_error("stop");
                             }),
                 std::runtime_error);
    EXPECT_GE(calls, 11);
    EXPECT_LT(calls, 1'000'000);
  }
}

}  // namespace
}  // namespace kedge
