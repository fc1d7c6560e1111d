#include "harness/gate/change_policy.h"

namespace kedge::gate {
namespace {

constexpr std::int64_t kMostBytes = 1 << 24;

guards::ApprovalPolicy ReadApprovals(const Node& node) {
  node.AllowKeys({"required", "keys", "require_author"});
  guards::ApprovalPolicy approvals;
  approvals.keys = node["keys"].Strings();
  for (const std::string& key : approvals.keys) {
    if (guards::IsPublicKey(key)) continue;
    throw node["keys"].Fail("'" + key +
                            "' is no public key: 64 hexadecimal digits in lower case are expected "
                            "(kedge strategy keygen makes one)");
  }
  approvals.required =
      node.IntOr("required", 1, 0, static_cast<std::int64_t>(approvals.keys.size()));
  approvals.require_author = node.BoolOr("require_author", approvals.require_author);
  return approvals;
}

Json ApprovalsJson(const guards::ApprovalPolicy& approvals) {
  return {{"required", approvals.required},
          {"keys", approvals.keys},
          {"require_author", approvals.require_author}};
}

guards::ProbePolicy ReadProbes(const Node& node) {
  node.AllowKeys({"tasks", "level", "repeats", "may_fall"});
  guards::ProbePolicy probes;
  probes.tasks = node.IntOr("tasks", probes.tasks, 0, 10'000);
  probes.level = node.NumberOr("level", probes.level, 1e-6, 0.2);
  probes.repeats = node.IntOr("repeats", probes.repeats, 1, 1'000);
  probes.may_fall = node.StringsOr("may_fall");
  return probes;
}

Json ProbesJson(const guards::ProbePolicy& probes) {
  return {{"tasks", probes.tasks},
          {"level", probes.level},
          {"repeats", probes.repeats},
          {"may_fall", probes.may_fall}};
}

}  // namespace

guards::ChangePolicy ReadChangePolicy(const Node& node) {
  node.AllowKeys({"max_added_guidelines", "max_added_bytes", "max_guideline_bytes",
                  "max_total_bytes", "max_retired_share", "require_provenance",
                  "require_source_traces", "min_traces", "protected", "allowed_models",
                  "free_parameters", "allowed_destinations", "approvals", "probes"});
  guards::ChangePolicy policy;
  policy.max_added_guidelines =
      node.IntOr("max_added_guidelines", policy.max_added_guidelines, 0, 10'000);
  policy.max_added_bytes = node.IntOr("max_added_bytes", policy.max_added_bytes, 0, kMostBytes);
  policy.max_guideline_bytes =
      node.IntOr("max_guideline_bytes", policy.max_guideline_bytes, 1, kMostBytes);
  policy.max_total_bytes = node.IntOr("max_total_bytes", policy.max_total_bytes, 1, kMostBytes);
  policy.max_retired_share = node.NumberOr("max_retired_share", policy.max_retired_share, 0, 1);
  policy.require_provenance = node.BoolOr("require_provenance", policy.require_provenance);
  policy.require_source_traces = node.BoolOr("require_source_traces", policy.require_source_traces);
  policy.min_traces = node.IntOr("min_traces", policy.min_traces, 1, 10'000);
  policy.protected_guidelines = node.StringsOr("protected");
  policy.allowed_models = node.StringsOr("allowed_models");
  policy.free_parameters = node.StringsOr("free_parameters");
  policy.allowed_destinations = node.StringsOr("allowed_destinations");
  if (const auto approvals = node.Find("approvals")) policy.approvals = ReadApprovals(*approvals);
  if (const auto probes = node.Find("probes")) policy.probes = ReadProbes(*probes);
  return policy;
}

Json ChangePolicyJson(const guards::ChangePolicy& policy) {
  return {{"max_added_guidelines", policy.max_added_guidelines},
          {"max_added_bytes", policy.max_added_bytes},
          {"max_guideline_bytes", policy.max_guideline_bytes},
          {"max_total_bytes", policy.max_total_bytes},
          {"max_retired_share", policy.max_retired_share},
          {"require_provenance", policy.require_provenance},
          {"require_source_traces", policy.require_source_traces},
          {"min_traces", policy.min_traces},
          {"protected", policy.protected_guidelines},
          {"allowed_models", policy.allowed_models},
          {"free_parameters", policy.free_parameters},
          {"allowed_destinations", policy.allowed_destinations},
          {"approvals", ApprovalsJson(policy.approvals)},
          {"probes", ProbesJson(policy.probes)}};
}

}  // namespace kedge::gate
