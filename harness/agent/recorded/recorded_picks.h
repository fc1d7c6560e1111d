#pragma once

#include <string>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/error.h"

namespace kedge::agent {

/// "holds 67 subjects; pick one with FILE#SUBJECT: ...".
[[nodiscard]] Error NeedsPick(const std::string& path, std::vector<std::string> subjects);

/// "holds no subject or stratum "x"; did you mean ...".
[[nodiscard]] Error NoSuchPick(const std::string& path, const std::string& pick,
                               std::vector<std::string> known);

/// Keeps the runs of one subject, one stratum or one trial; throws NoSuchPick when there is none.
/// After `trial=N` the runs kept are trial 0, so that one trial can be compared with another.
void ApplyPick(const std::string& path, const std::string& pick, std::vector<RecordedRun>& runs);

/// The one subject of the runs; throws NeedsPick when there are several.
std::string OnlySubject(const std::string& path, const std::vector<RecordedRun>& runs);

/// Throws Error(kBadData) when a task and trial occur twice.
void RefuseRepeats(const std::string& path, const std::vector<RecordedRun>& runs);

}  // namespace kedge::agent
