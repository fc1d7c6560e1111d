#pragma once

#include <cstddef>
#include <functional>

namespace kedge {

/// Calls body(0) ... body(n - 1), each once, on up to `threads` threads (0 counts as 1; with 1 it
/// runs on the caller's thread, in order). Returns when all calls have ended. After a call throws,
/// no new index is started; of the exceptions thrown, the one of the lowest index is rethrown here.
void ParallelFor(std::size_t n, unsigned threads, const std::function<void(std::size_t)>& body);

}  // namespace kedge
