#pragma once

#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// What a span is to an agent's trace. Most spans of a real system are none of it (HTTP, queues).
enum class SpanKind { kOther, kAgent, kModel, kTool, kPlan, kGuard };

/// By `gen_ai.operation.name` (memory operations and retrievals count as tools), else by
/// `openinference.span.kind`, else by the attributes that only such a span carries.
SpanKind KindOf(const Span& span);

/// An attribute that is text, or "".
std::string TextAttribute(const Json& attributes, const char* key);

/// The first of `keys` that is there and not null, taken out; null when there is none.
Json TakeAttribute(Json& attributes, std::initializer_list<const char*> keys);

/// The same as a count: a number, or text that is one; 0 when absent, negative,
/// above 10^12 or neither.
std::int64_t TakeCount(Json& attributes, std::initializer_list<const char*> keys);

}  // namespace kedge::trace
