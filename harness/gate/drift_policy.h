#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"
#include "harness/drift/drift.h"

namespace kedge::gate {

/// What counts as a change of behaviour and as a sign of gaming (`drift:` in kedge.yaml; README.md
/// explains each). Value type.
struct DriftPolicy {
  bool enabled = true;
  drift::Thresholds thresholds;
  drift::Floors floors;                      ///< of the champion against itself, read from its file
  double level = 0.01;                       ///< Holm-adjusted p of a significant change
  std::int64_t resamples = 1999;             ///< random labellings
  std::vector<std::string> allow;            ///< tools in scope whoever used them before
  std::vector<std::string> privileged;       ///< tools of which one new call blocks
  std::string judge = "judge";               ///< scorers whose name starts so are the LLM judge
  std::vector<std::string> protected_paths;  ///< further patterns (RE2) of paths nobody may read
  std::int64_t twins = 0;  ///< pairs on each kind of twin tasks before a PROMOTE; 0: none
};

/// Reads the section; throws Error with file, line and field. Paths are relative to `folder`.
DriftPolicy ReadDriftPolicy(const Node& node, const std::string& folder);

/// Canonical form for the policy's digest.
Json ToJson(const DriftPolicy& policy);

}  // namespace kedge::gate
