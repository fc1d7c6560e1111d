#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "guards/trace_check.h"

namespace kedge::loop {

/// One `kedge guard check`: a policy over recorded episodes.
struct GuardCheckResult {
  std::shared_ptr<const guards::Policy> policy;
  std::size_t traces = 0;
  std::size_t events = 0;
  std::vector<guards::RecordedFinding> findings;      ///< in the order of the archives
  std::map<std::string, std::size_t> traces_by_rule;  ///< traces in which the rule speaks

  /// Findings that took part in a verdict (not shadowed, not approved) of at least this severity.
  std::size_t CountAtLeast(const std::string& severity) const;
  Json ToJson() const;
};

/// Reads archives of any readable format, FILE or FILE#PICK (trace_archive.h). Throws Error.
GuardCheckResult RunGuardCheck(const std::string& policy_path,
                               const std::vector<std::string>& archives);

/// One `kedge guard explain`: why event `event` (1-based; 0: the end) of the trace `id` (empty: the
/// first trace) got its verdict. With `event` -1 every event that drew a finding is explained.
std::string RunGuardExplain(const std::string& policy_path, const std::string& archive,
                            const std::string& id, std::int64_t event);

}  // namespace kedge::loop
