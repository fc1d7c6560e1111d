#pragma once

#include <string>
#include <vector>

#include "harness/gate/pilot.h"

namespace kedge::loop {

/// Reads a pilot from one file (a journal of either command, a verdict.json, recorded outcomes of
/// the champion) or two (recorded outcomes of champion and candidate). Throws Error naming the
/// file.
gate::Pilot ReadPilot(const std::vector<std::string>& files, bool use_score);

}  // namespace kedge::loop
