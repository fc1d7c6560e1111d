#pragma once

#include <optional>
#include <vector>

#include "guards/monitor.h"

namespace kedge::guards {

/// A copy of `event` in which the byte ranges of `findings` that ask for it are replaced by
/// `[redacted:RULE]`; overlapping ranges become one. Pointers lead into the result of a tool result
/// (`result` is what they were found in) and into the arguments of other events; an empty pointer
/// means the text. nullopt when a finding has no range or its place is no text.
std::optional<Event> Redacted(const Event& event, const Json& result,
                              const std::vector<Finding>& findings);

}  // namespace kedge::guards
