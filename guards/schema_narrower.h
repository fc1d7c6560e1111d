#pragma once

#include <string>

#include "harness/core/json.h"

namespace kedge::guards {

enum class Answer { kYes, kNo, kUnknown };

struct Narrowness {
  Answer answer = Answer::kYes;
  std::string where;  ///< JSON Pointer into the narrower schema; empty for its root
  std::string why;    ///< kNo, kUnknown: the keyword that decides and what would be accepted
};

/// Whether everything that `narrow` accepts is accepted by `wide`, decided keyword by keyword on
/// the subset of JSON Schema that policies use (harness/text/json_schema.h). kYes is always right,
/// also for schemas beyond the subset. kNo means that a keyword of `wide` is not met by `narrow`:
/// loosened or left out. kUnknown: combinations (`not`, `oneOf`, `anyOf` and others that changed)
/// that this check does not follow. A narrow `enum` or `const` is decided exactly, value by value.
/// Both must be valid schemas; throws Error(kBadData) otherwise. O(size of both) apart from enums.
Narrowness IsNarrower(const Json& narrow, const Json& wide);

}  // namespace kedge::guards
