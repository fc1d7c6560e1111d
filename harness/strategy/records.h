#pragma once

#include <string>

#include "harness/core/json.h"

namespace kedge::strategy {

/// The tombstone of a guideline record: status "retired" and the reason in `evidence.retired`.
Json Retired(Json record, const std::string& reason);

/// `record` with its sources united with those of `other` (sorted, without duplicates) and its
/// support raised to the number of distinct traces among them.
Json WithSourcesOf(Json record, const Json& other);

/// What a validation is about: words, rule and scope of a record.
Json MeasuredPart(const Json& record);

/// `then` of a record with a single tool of call_first and call_after written as a list.
Json NormalThen(const Json& then);

}  // namespace kedge::strategy
