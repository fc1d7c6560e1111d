#pragma once

#include <memory>
#include <string>

#include "guards/monitor.h"
#include "harness/suite/suite.h"

namespace kedge::run {

/// A suite with a world of three doors. Task "open" wants door 1 open and "done" said, "keep" wants
/// nothing changed by a user who confirms nothing. Tools: see, open, paint, break.
std::shared_ptr<const suite::Suite> HouseSuite(const std::string& folder);

/// Guards for it: `no-breaking` (hard) denies breaking and `ask-open` asks before opening any door
/// but 3, `warn-paint` warns of any colour but red, `shadow-see` records a second look.
std::shared_ptr<const guards::Policy> HousePolicy(const std::string& folder);

}  // namespace kedge::run
