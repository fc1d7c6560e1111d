#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent_ref/playbook.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// A goal recognised in what the user said.
struct FoundGoal {
  const Goal* goal = nullptr;
  std::size_t begin = 0;  ///< the part of the text that is about it
  std::size_t end = 0;
  std::vector<std::pair<std::string, Json>> slots;  ///< named groups of its pattern
};

/// The goals in the order of the text. A goal claims the text that its pattern matched; one further
/// down the list may not overlap it. Each goal is found at most once.
std::vector<FoundGoal> FindGoals(const Playbook& playbook, std::string_view text);

}  // namespace kedge::agent_ref
