#include "harness/gate/trace_policy.h"

namespace kedge::gate {
namespace {

constexpr double kRequiredCoverage = 0.30;

}  // namespace

TracePolicy ReadTracePolicy(const Node& node) {
  node.AllowKeys({"required", "margin", "min_coverage", "max_divergence"});
  TracePolicy policy;
  policy.required = node.BoolOr("required", policy.required);
  policy.margin = node.NumberOr("margin", policy.margin, 0.001, 0.9);
  policy.min_coverage =
      node.NumberOr("min_coverage", policy.required ? kRequiredCoverage : 0, 0, 1);
  policy.max_divergence = node.NumberOr("max_divergence", policy.max_divergence, 0, 1);
  return policy;
}

Json ToJson(const TracePolicy& policy) {
  return {{"required", policy.required},
          {"margin", policy.margin},
          {"min_coverage", policy.min_coverage},
          {"max_divergence", policy.max_divergence}};
}

}  // namespace kedge::gate
