#pragma once

#include <optional>
#include <string>

#include "guards/monitor.h"

namespace kedge::guards {

/// Why an event cannot be judged at all.
struct EventFault {
  std::string_view code;  ///< "bad_utf8", "bad_arguments", "bad_number", "too_deep", "too_large"
  std::string message;
};

/// Looks at everything that rules read: tool name, arguments, text. O(bytes); nullopt when sound.
/// Limits: 4 MiB of text, arguments 64 deep.
std::optional<EventFault> FindFault(const Event& event);

}  // namespace kedge::guards
