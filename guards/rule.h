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
  std::string why;
  Verdict verdict = Verdict::kDeny;  ///< of a violation: kDeny, kAsk, kRedact or kWarn
  bool hard = false;
  bool shadow = false;
  std::string message;  ///< the author's, in front of what the word says; may be empty
  Match match;
  Words words;
  std::int64_t line = 0;  ///< in the policy's file
  Json source;            ///< as the policy says it, without the examples
};

}  // namespace kedge::guards
