#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/trace/formats/span.h"
#include "harness/trace/formats/span_kind.h"

namespace kedge::trace {

/// A span's place among the others.
struct SpanNode {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  SpanKind kind = SpanKind::kOther;
  std::size_t parent = kNone;     ///< index of the parent span
  std::size_t enclosing = kNone;  ///< nearest ancestor whose kind is not kOther
  bool wraps_model_call = false;  ///< a model call with another model call nested in it
  std::int64_t begin = 0;         ///< start, but never before the parent's
  std::int64_t finish = 0;        ///< end, but never before `begin`
};

/// Spans of one conversation: each once, tied to its parent, in order of time.
struct SpanTree {
  std::vector<Span> spans;
  std::vector<SpanNode> nodes;     ///< of the span with the same index
  std::vector<std::size_t> order;  ///< by `begin`, parents before children
};

/// Sorts out what arrives in any order. Of a span that came twice the one that ends later is kept.
/// Repetitions, missing parents, cycles, spans that end before they start and children that start
/// before their parents are reported as oddities.
SpanTree MakeSpanTree(std::vector<Span>&& spans, ReadReport& report);

}  // namespace kedge::trace
