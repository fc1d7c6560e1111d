#pragma once

#include <string_view>

namespace kedge::stats {

/// What a decision rule says. kUndecided only while a sequential rule still wants pairs.
enum class Verdict {
  kUndecided,
  kPromote,           ///< gain shown, and every stratum, guard and limit shown not worse
  kBlock,             ///< harm shown somewhere, or a hard limit broken
  kHoldNoDifference,  ///< shown: no worthwhile gain and no relevant loss
  kHoldInconclusive,  ///< nothing shown within the budget
};

/// "UNDECIDED", "PROMOTE", "BLOCK", "HOLD_NO_DIFFERENCE", "HOLD_INCONCLUSIVE".
constexpr std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPromote:
      return "PROMOTE";
    case Verdict::kBlock:
      return "BLOCK";
    case Verdict::kHoldNoDifference:
      return "HOLD_NO_DIFFERENCE";
    case Verdict::kHoldInconclusive:
      return "HOLD_INCONCLUSIVE";
    case Verdict::kUndecided:
      break;
  }
  return "UNDECIDED";
}

}  // namespace kedge::stats
