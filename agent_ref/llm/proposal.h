#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"

namespace kedge::agent_ref {

/// What a rule must rest on.
struct ProposalOptions {
  std::int64_t min_support = 3;   ///< distinct traces, at least 1
  std::int64_t min_families = 2;  ///< at least 1
};

/// Why an operation of a model was not taken.
struct Refusal {
  /// "operation_not_permitted", "field_not_permitted", "schema", "unknown_target",
  /// "target_exists", "target_not_active", "unknown_trace", "too_little_support".
  std::string reason;
  std::string detail;
};

/// Judges what a model proposes. A model may add, revise and retire guidelines by text, when, then
/// and unless, and name the traces that it rests on. All else is written here from those traces:
/// sources, support, evidence; a proposal that brings support, evidence, validation, trust, status
/// or scope is refused as a whole, as is one for another layer.
class ProposalJudge {
 public:
  /// `parent` outlives this. `traces` are all that may be cited; they outlive it too.
  ProposalJudge(const strategy::Strategy& parent, const std::vector<trace::Trace>& traces,
                ProposalOptions options);

  /// The operation to apply, with its evidence. `model` is named in the evidence.
  tl::expected<strategy::Operation, Refusal> Judge(const Json& proposal,
                                                   const std::string& model) const;

  /// JSON Schema of the argument object {operations: [...]} of the function that a model calls.
  static Json FunctionSchema();

 private:
  tl::expected<Json, Refusal> SourcesOf(const Json& cited, const Json& record) const;
  const strategy::Guideline* Find(const std::string& id) const;

  const strategy::Strategy& parent_;
  const ProposalOptions options_;
  std::map<std::string, const trace::Trace*> traces_;
};

}  // namespace kedge::agent_ref
