#pragma once

#include <optional>
#include <string>

#include "guards/monitor.h"

namespace kedge::guards {

/// Why an event cannot be judged at all.
struct EventFault {
  std::string_view
      code;  ///< "bad_utf8", "bad_arguments", "bad_result", "bad_number", "too_deep", ...
  std::string message;
};

/// Looks at everything that rules read: tool name, arguments, text, and the result where
/// `with_result`. O(bytes); nullopt when sound. Limits: 4 MiB of text, values 64 deep.
std::optional<EventFault> FindFault(const Event& event, bool with_result);

}  // namespace kedge::guards
