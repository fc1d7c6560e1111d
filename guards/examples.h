#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guards/compiled_policy.h"
#include "guards/monitor.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// Reads the `examples` of a rule: `allow`, and the verdicts that the rule may give (`deny`, `ask`,
/// `redact`, `warn`), each a list of episodes; an episode is a list of events or the path of a file
/// with one, relative to the policy's folder. `allow` and one violating kind are required.
std::vector<Example> ReadExamples(const Node& rule_node, const Rule& rule, std::size_t index,
                                  const std::string& folder);

/// Runs the policy's examples. A violating one must draw a finding of its rule at its last event
/// and at no earlier one (an obligation may also be open at the end); an allowed one must draw none
/// and contain an event that the rule is about. Throws Error(kBadData) at the first that does not,
/// and at one that uses an unknown tool or breaks a tool's argument schema.
void RunExamples(const Policy::Compiled& policy);

}  // namespace kedge::guards
