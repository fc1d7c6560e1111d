#pragma once

#include <optional>
#include <vector>

#include "guards/monitor.h"
#include "harness/core/json.h"
#include "harness/core/random.h"

namespace kedge::guards {

/// An episode of up to `length` events over a few tools, arguments and messages, so small that
/// rules are often met and often broken. Unless `clean`, some events have an unknown tool or
/// cannot be judged.
std::vector<Event> RandomTrace(Random& random, std::size_t length, bool clean);

/// Events as a policy's examples write them.
Json ExampleOf(const std::vector<Event>& trace);

/// A policy of one to four random rules with true examples, found by trying traces against the
/// reference interpreter. Rules for which none are found are left out; nullopt when none is left.
std::optional<Json> RandomPolicy(Random& random);

}  // namespace kedge::guards
