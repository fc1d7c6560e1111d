#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "harness/net/http_server.h"

namespace kedge::net {

/// The queue between the threads that write and the connection that sends. The mutex is never held
/// while the connection's thread is waited for.
struct ResponseStream::State {
  std::mutex mutex;  // guards what follows
  std::string pending;
  std::size_t max_backlog = 0;
  bool ended = false;          ///< Close was called
  bool aborted = false;        ///< the connection is gone, or must go
  std::function<void()> wake;  ///< posts to the connection; empty once it is gone

  /// The connection is gone.
  void Detach() {
    const std::lock_guard lock(mutex);
    aborted = true;
    pending.clear();
    wake = nullptr;
  }
};

}  // namespace kedge::net
