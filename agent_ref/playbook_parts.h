#pragma once

#include <vector>

#include "agent_ref/playbook.h"
#include "harness/core/document.h"

namespace kedge::agent_ref {

// The layers' parsers; each throws Error(kBadData) with file, line and field.
void ParsePlannerLayer(const Node& layer, Playbook& playbook);
void ParseToolPolicyLayer(const Node& layer, Playbook& playbook);

ArgumentSpecs ParseArgumentSpecs(const Node& node);
Check ParseCheck(const Node& node, bool with_tool);
text::Pattern ParsePattern(const Node& node, bool case_sensitive);

}  // namespace kedge::agent_ref
