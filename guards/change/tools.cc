#include <algorithm>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

// Everything in the champion's list must still be there; more is allowed.
void KeepAll(ChangeContext& context, const char* list, const char* what) {
  const Json& before = Member(context.base.layer("tool_policy"), list);
  const Json& after = Member(context.candidate.layer("tool_policy"), list);
  for (const Json& entry : before) {
    if (Contains(after, entry)) continue;
    context.Report(kToolsRule, std::string("tool_policy/") + list,
                   std::string(what) + " was taken away: " + DumpJson(entry));
  }
}

void CheckRates(ChangeContext& context) {
  const Json& before = Member(context.base.layer("tool_policy"), "rate");
  const Json& after = Member(context.candidate.layer("tool_policy"), "rate");
  for (const auto& [tool, limit] : before.items()) {
    const Json now = after.is_object() ? after.value(tool, Json()) : Json();
    if (now.is_number() && now <= limit) continue;
    context.Report(kToolsRule, "tool_policy/rate/" + tool,
                   "the call limit of '" + tool + "' was raised or taken away: at most " +
                       DumpJson(limit) + " allowed");
  }
}

// A source decides where an argument comes from; no order among sources says which is narrower.
void CheckSources(ChangeContext& context) {
  const Json& before = Member(context.base.layer("tool_policy"), "argument_sources");
  const Json& after = Member(context.candidate.layer("tool_policy"), "argument_sources");
  if (before == after) return;
  context.Report(kToolsRule, "tool_policy/argument_sources",
                 "argument sources may not change in a promotion");
}

// Words that another agent keeps in this layer mean nothing here, so they may not move.
void CheckUnknown(ChangeContext& context) {
  for (const strategy::Change& change : context.changes) {
    if (change.layer != "tool_policy") continue;
    const std::string path = change.what.substr(0, change.what.find('/', sizeof "tool_policy"));
    if (path == "tool_policy/confirm" || path == "tool_policy/preconditions" ||
        path == "tool_policy/rate" || path == "tool_policy/argument_sources" ||
        path == "tool_policy/retry") {
      continue;
    }
    context.Report(kToolsRule, change.what,
                   "the change guard cannot judge this part of tool_policy");
  }
}

bool IsKnownTool(const ChangeContext& context, const std::string& tool) {
  const auto& tools = context.evidence.tools;
  return tools.empty() || std::find(tools.begin(), tools.end(), tool) != tools.end();
}

void CheckRuleTools(ChangeContext& context, const strategy::Guideline& guideline,
                    const strategy::Rule& rule) {
  std::vector<std::string> named = rule.tools;
  named.insert(named.end(), rule.helpers.begin(), rule.helpers.end());
  named.insert(named.end(), rule.when_called.begin(), rule.when_called.end());
  if (rule.source.starts_with("tool:")) named.push_back(rule.source.substr(5));
  for (const std::string& tool : named) {
    if (IsKnownTool(context, tool)) continue;
    context.Report(kToolsRule, guideline.id,
                   "guideline '" + guideline.id + "' names the tool '" + tool +
                       "', which the agent does not have");
  }
}

// A goal that calls a tool which no goal of the champion calls gives the agent a new power.
void CheckGoalTools(ChangeContext& context) {
  std::vector<Json> before;
  for (const Json& goal : Member(context.base.layer("planner"), "goals")) {
    before.push_back(Member(goal, "tool"));
  }
  for (const Json& goal : Member(context.candidate.layer("planner"), "goals")) {
    const Json& tool = Member(goal, "tool");
    if (tool.is_null() || std::find(before.begin(), before.end(), tool) != before.end()) continue;
    context.Report(kToolsRule, "planner/goals",
                   "a goal calls the tool " + DumpJson(tool) +
                       ", which no goal of the champion "
                       "calls");
  }
}

}  // namespace

void CheckTools(ChangeContext& context) {
  KeepAll(context, "confirm", "a confirmation");
  KeepAll(context, "preconditions", "a precondition");
  CheckRates(context);
  CheckSources(context);
  CheckUnknown(context);
  CheckGoalTools(context);
  for (const auto& [guideline, rule] : context.brought()) {
    CheckRuleTools(context, *guideline, rule);
  }
}

}  // namespace kedge::guards
