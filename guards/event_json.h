#pragma once

#include "guards/monitor.h"

namespace kedge::guards {

/// An event as policies and cases write it (event_reader.h): {"call": "get_order", "args": {...}}.
Json ToJson(const Event& event);

/// {"rule", "severity", "verdict", "message", ...}; members that hold nothing are left out.
Json ToJson(const Finding& finding);

/// {"verdict", "findings": [...], "binding", "redacted"}; members that hold nothing are left out,
/// `findings` never.
Json ToJson(const Decision& decision);

}  // namespace kedge::guards
