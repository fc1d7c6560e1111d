#pragma once

#include <functional>
#include <string>

#include "harness/trace/trace.h"

namespace kedge::loop {

/// Streams the traces that `spec` names: FILE in any format that is read, or FILE#PICK (repeatable)
/// where PICK is a subject, a stratum or trial=N (several of those are any of them). Returns the
/// format's name. Throws Error when a record is broken (a figure must not lose its denominator
/// unseen) or when no trace is left.
std::string ReadArchive(const std::string& spec, const std::function<void(trace::Trace&&)>& sink);

}  // namespace kedge::loop
