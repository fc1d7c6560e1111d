#pragma once

#include <vector>

#include "harness/suite/bfcl/call_matcher.h"

namespace kedge::suite::bfcl {

/// Calls made of the accepted values: the first of each argument, arguments that may be left out
/// left out when nothing else is accepted or the function does not declare them. No calls for
/// Rule::kNoCall; a call without arguments for Rule::kSomeCall.
std::vector<Call> ReferenceAnswer(const Expected& expected);

}  // namespace kedge::suite::bfcl
