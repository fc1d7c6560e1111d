#pragma once

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::gate {

/// How recorded production traces count (`traces:` in kedge.yaml; README.md explains each). Value
/// type.
struct TracePolicy {
  bool required = false;  ///< a gate without traces is refused
  double margin = 0.10;   ///< loss on production that must be excluded
  /// Share of the traces' weight that has to become tasks; 0.30 where traces are required.
  double min_coverage = 0;
  /// Share of the replayed weight that may leave the tape unanswered before a replay says nothing.
  double max_divergence = 0.20;
};

/// Reads the section; throws Error with file, line and field.
TracePolicy ReadTracePolicy(const Node& node);

/// Canonical form for the policy's digest.
Json ToJson(const TracePolicy& policy);

}  // namespace kedge::gate
