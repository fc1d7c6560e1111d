#include <atomic>

#include "harness/run/paired_run.h"

namespace kedge::run {
namespace {

// Lock-free, so that a signal handler may set it.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void RequestStop() { stop_requested.store(true); }
bool StopRequested() { return stop_requested.load(); }
void ClearStop() { stop_requested.store(false); }

}  // namespace kedge::run
