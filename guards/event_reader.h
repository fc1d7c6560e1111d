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
///
/// `args` is {} when absent, `error` false. Throws Error with file, line and field.
std::vector<Event> ReadEvents(const Node& node);

}  // namespace kedge::guards
