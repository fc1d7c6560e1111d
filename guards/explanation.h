#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"

namespace kedge::guards {

/// Why one event of an episode got its verdict, over several lines for people: verdict, every
/// finding with its rule (Explain), what was remembered under keys that occur in the event, and for
/// each argument the earlier events and labels its words were seen under. `index` counts from 0;
/// events.size() asks about the end of the episode. Text from the events is shown cut and with
/// control characters escaped. Throws Error(kUsage) for an index beyond.
std::string ExplainEvent(const std::shared_ptr<const Policy>& policy,
                         const std::vector<Event>& events, std::size_t index,
                         const std::string& session);

}  // namespace kedge::guards
