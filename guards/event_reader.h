#pragma once

#include <vector>

#include "guards/monitor.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// Reads a list of events as policies write them:
///
///     - {user: "please cancel W1"}
///     - {assistant: "shall I?"}
///     - {call: cancel_order, args: {order_id: W1}}
///     - {result: cancel_order, args: {order_id: W1}, value: {...}, error: true}
///     - {final: "done"}
///     - {memory: "the customer likes tea", args: {key: drinks}}
///     - {change: {guidelines: [...]}}
///     - {approve: true}           # of the last ASK, see RunExamples; false refuses
///
/// Each may also say actor, ts (seconds), tokens and labels. `args` is {} when absent, `error`
/// false. An approval's binding is left empty. Throws Error with file, line and field.
std::vector<Event> ReadEvents(const Node& node);

}  // namespace kedge::guards
