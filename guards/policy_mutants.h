#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::guards {

/// A policy with one small mistake in it, as an author might make it.
struct PolicyMutant {
  std::string rule;       ///< the rule that was changed
  std::string operation;  ///< "negate", "drop", "swap", "widen", "off-by-one"
  std::string change;     ///< JSON Pointer into the rule and what was done there
  Json document;          ///< the policy with this one rule, changed
};

/// Every such change of what the rules of a policy file say (`match`, `require`, `forbid`,
/// `otherwise`, `verdict`); examples, severities and texts are left alone. In file order. Not every
/// mutant loads: some changes break the format, which is how an author would find them.
///
/// negate: forbid for require, the contrary of a comparison, `not` around a schema, true for false
/// drop: a member or a list's element; swap: left and right, of, per, verdicts
/// widen: one more value in `enum` or `any`, a pattern without its end; off-by-one: n + 1, n - 1
std::vector<PolicyMutant> MutantsOf(const Json& policy);

}  // namespace kedge::guards
