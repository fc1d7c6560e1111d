#pragma once

#include <cstddef>
#include <vector>

#include "guards/monitor.h"
#include "harness/trace/trace.h"

namespace kedge::guards {

/// A recorded episode as guards see it: messages of the user and of the agent (its last one, when
/// nothing follows, as final output), tool calls, and observations as results with the arguments of
/// their call. An observation without a call of its id takes the call before it. Content that is
/// JSON text becomes data. Tokens of steps that are no events count for the next event. `steps`, if
/// given, gets the index of each event's step.
std::vector<Event> EventsOf(const trace::Trace& trace, std::vector<std::size_t>* steps = nullptr);

}  // namespace kedge::guards
