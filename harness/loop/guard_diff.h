#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::loop {

/// An event on which two policies disagree.
struct ChangedVerdict {
  std::string file;
  std::string trace;
  std::size_t event = 0;  ///< 1-based among the trace's events; 0: owed at its end
  std::string what;       ///< "tool_call cancel_order"
  std::string before;     ///< verdict of the old policy: "allow", "deny", ...
  std::string after;
  std::vector<std::string> gone;  ///< "rule: verdict" of findings that only the old policy has
  std::vector<std::string> come;  ///< that only the new one has
};

/// One `kedge guard diff`: a changed policy replayed in the shadow of the one in force.
struct GuardDiffResult {
  std::string before_digest, after_digest;
  std::size_t traces = 0;
  std::size_t events = 0;
  std::map<std::string, std::size_t> transitions;  ///< "deny -> allow" to number of events
  std::vector<ChangedVerdict> changes;             ///< other verdict, in the order of the archives
  std::size_t same_verdict = 0;  ///< events with other findings but the same verdict

  Json ToJson() const;
};

/// Judges every event of the archives (FILE or FILE#PICK) by both policies, as each would have
/// judged the recorded episode. The result does not depend on `threads`. Throws Error.
GuardDiffResult RunGuardDiff(const std::string& before, const std::string& after,
                             const std::vector<std::string>& archives, unsigned threads);

}  // namespace kedge::loop
