#include "agent_ref/rule_index.h"

#include <set>

namespace kedge::agent_ref {
namespace {

std::set<std::string> Distinct(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

}  // namespace

void RuleIndex::Add(const strategy::Rule& rule, std::uint32_t position) {
  Errors& errors = actions_[static_cast<std::size_t>(rule.action)];
  std::set<std::string> classes = Distinct(rule.errors);
  if (classes.empty()) classes.insert("");
  for (const std::string& error : classes) {
    Bucket& bucket = errors[error];
    if (!rule.tools.empty()) {
      for (const std::string& tool : Distinct(rule.tools)) {
        bucket.by_tool[tool].push_back(position);
      }
    } else if (!rule.goals.empty()) {
      for (const std::string& goal : Distinct(rule.goals)) {
        bucket.by_goal[goal].push_back(position);
      }
    } else {
      bucket.others.push_back(position);
    }
  }
}

void RuleIndex::Candidates(strategy::RuleAction action, std::string_view tool,
                           std::string_view goal, std::string_view error,
                           std::vector<std::uint32_t>& positions) const {
  const Errors& errors = actions_[static_cast<std::size_t>(action)];
  const auto found = errors.find(error);
  if (found == errors.end()) return;
  const Bucket& bucket = found->second;
  const auto append = [&](const Positions& list) {
    positions.insert(positions.end(), list.begin(), list.end());
  };
  if (const auto named = bucket.by_tool.find(tool); named != bucket.by_tool.end()) {
    append(named->second);
  }
  if (const auto named = bucket.by_goal.find(goal); named != bucket.by_goal.end()) {
    append(named->second);
  }
  append(bucket.others);
}

}  // namespace kedge::agent_ref
