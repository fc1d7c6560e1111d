#include "agent_ref/goal_finder.h"

#include <algorithm>
#include <optional>

#include "agent_ref/blackboard.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

bool Overlaps(const std::vector<FoundGoal>& found, const text::PatternMatch& match) {
  return std::any_of(found.begin(), found.end(), [&](const FoundGoal& other) {
    return match.begin < other.end && other.begin < match.end;
  });
}

// The first match that lies outside of what other goals claimed.
std::optional<text::PatternMatch> FreeMatch(const text::Pattern& pattern, std::string_view text,
                                            const std::vector<FoundGoal>& found) {
  std::size_t from = 0;
  while (from <= text.size()) {
    const auto match = pattern.Search(text, from);
    if (!match || !Overlaps(found, *match)) return match;
    from = match->begin + 1;
    for (const FoundGoal& other : found) {
      if (match->begin < other.end && other.begin < match->end) from = std::max(from, other.end);
    }
  }
  return std::nullopt;
}

FoundGoal Found(const Playbook& playbook, const Goal& goal, const text::PatternMatch& match) {
  FoundGoal found;
  found.goal = &goal;
  found.begin = match.begin;
  found.end = match.end;
  for (const auto& [name, value] : match.groups) {
    const std::string type(name);
    const std::string text(Trimmed(value));
    if (!text.empty()) found.slots.emplace_back(type, FoldedTo(playbook.FindType(type), text));
  }
  return found;
}

}  // namespace

std::vector<FoundGoal> FindGoals(const Playbook& playbook, std::string_view text) {
  std::vector<FoundGoal> found;
  for (const Goal& goal : playbook.goals) {
    for (const text::Pattern& pattern : goal.patterns) {
      const auto match = FreeMatch(pattern, text, found);
      if (!match) continue;
      found.push_back(Found(playbook, goal, *match));
      break;
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundGoal& a, const FoundGoal& b) { return a.begin < b.begin; });
  // What stands between two goals belongs to the one before it.
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 0) found[i].begin = 0;
    found[i].end = i + 1 < found.size() ? found[i + 1].begin : text.size();
  }
  return found;
}

}  // namespace kedge::agent_ref
