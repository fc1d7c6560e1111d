#include "harness/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kedge {
namespace {

class ParallelLoop {
 public:
  ParallelLoop(std::size_t n, const std::function<void(std::size_t)>& body) : n_(n), body_(body) {}

  void Work() {
    while (!failed_.load(std::memory_order_relaxed)) {
      const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= n_) return;
      try {
        body_(index);
      } catch (...) {
        Keep(index, std::current_exception());
      }
    }
  }

  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void Keep(std::size_t index, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_ || index < error_index_) {
      error_ = std::move(error);
      error_index_ = index;
    }
    failed_.store(true, std::memory_order_relaxed);
  }

  const std::size_t n_;
  const std::function<void(std::size_t)>& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
  std::size_t error_index_ = 0;
};

}  // namespace

void ParallelFor(std::size_t n, unsigned threads, const std::function<void(std::size_t)>& body) {
  ParallelLoop loop(n, body);
  {
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min<std::size_t>(threads, n);
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back([&loop] { loop.Work(); });
    loop.Work();
  }
  loop.Rethrow();
}

}  // namespace kedge
