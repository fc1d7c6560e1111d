#pragma once

#include <string>
#include <vector>

#include "guards/compiled_policy.h"
#include "guards/monitor.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// An episode that shows what a rule means.
struct Example {
  std::size_t rule = 0;  ///< index into Compiled::rules
  bool violates = false;
  std::vector<Event> events;
  Node node;  ///< where it is written
};

/// Reads the `examples` of a rule: `allow`, and the rule's verdict (`deny`, `ask` or `warn`), each
/// a list of episodes; an episode is a list of events or the path of a file with one, relative to
/// the policy's folder. At least one of each kind is required.
std::vector<Example> ReadExamples(const Node& rule_node, const Rule& rule, std::size_t index,
                                  const std::string& folder);

/// Runs the examples. A violating one must draw a finding of its rule at its last event and at no
/// earlier one; an allowed one must draw none and contain an event that the rule is about. Throws
/// Error(kBadData) at the first that does not, and at one that uses an unknown tool or breaks a
/// tool's argument schema.
void RunExamples(const Policy::Compiled& policy, const std::vector<Example>& examples);

}  // namespace kedge::guards
