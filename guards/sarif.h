#pragma once

#include <string>
#include <vector>

#include "guards/monitor.h"
#include "guards/trace_check.h"

namespace kedge::guards {

/// Findings as a SARIF log (Static Analysis Results Interchange Format 2.1.0, OASIS): one run, a
/// reporting descriptor for each rule of the policy and each built-in one, a result for each
/// finding. The archive is the artifact, trace and event are logical locations; fingerprints do
/// not depend on the archive's name. `version` is the program's.
Json SarifLog(const Policy& policy, const std::string& policy_path, const std::string& version,
              const std::vector<RecordedFinding>& findings);

}  // namespace kedge::guards
