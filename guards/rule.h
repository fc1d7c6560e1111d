#pragma once

#include <string>
#include <vector>

#include "guards/match.h"
#include "guards/monitor.h"
#include "guards/severity.h"
#include "guards/word.h"

namespace kedge::guards {

/// One rule of a policy: an event that `match` selects must satisfy every word.
struct Rule {
  std::string id;
  Severity severity = Severity::kHigh;
  Verdict verdict = Verdict::kDeny;  ///< of a violation: kDeny, kAsk or kWarn
  bool hard = false;
  bool shadow = false;
  std::string message;  ///< the author's, in front of what the word says; may be empty
  Match match;
  Words words;
};

}  // namespace kedge::guards
