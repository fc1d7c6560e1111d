#include "agent_ref/rule_conflicts.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/core/error.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::agent_ref {
namespace {

struct KnownRule {
  std::string id;
  strategy::ScopedRule scoped;
};

std::vector<KnownRule> RulesOf(const std::vector<strategy::Guideline>& guidelines) {
  std::vector<KnownRule> rules;
  for (const strategy::Guideline& guideline : guidelines) {
    try {
      rules.push_back({guideline.id, strategy::ScopedRuleOf(guideline)});
    } catch (const Error&) {
      continue;  // only text
    }
  }
  std::sort(rules.begin(), rules.end(),
            [](const KnownRule& a, const KnownRule& b) { return a.id < b.id; });
  return rules;
}

/// Which rules can have anything to do with each other.
class Partners {
 public:
  explicit Partners(const std::vector<KnownRule>& rules) : rules_(rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::vector<std::string>& tools = rules[i].scoped.rule.tools;
      if (tools.empty()) anywhere_.push_back(i);
      for (const std::string& tool : tools) by_tool_[tool].push_back(i);
    }
  }

  /// Those that name one of its tools or helpers, or no tool.
  std::set<std::size_t> Of(std::size_t i) const {
    std::set<std::size_t> partners(anywhere_.begin(), anywhere_.end());
    const strategy::Rule& rule = rules_[i].scoped.rule;
    for (const std::vector<std::string>* names : {&rule.tools, &rule.helpers}) {
      for (const std::string& name : *names) {
        const auto found = by_tool_.find(name);
        if (found != by_tool_.end()) partners.insert(found->second.begin(), found->second.end());
      }
    }
    if (rule.tools.empty()) {
      for (std::size_t j = 0; j < rules_.size(); ++j) partners.insert(j);
    }
    partners.erase(i);
    return partners;
  }

 private:
  const std::vector<KnownRule>& rules_;
  std::map<std::string, std::vector<std::size_t>> by_tool_;
  std::vector<std::size_t> anywhere_;
};

}  // namespace

std::vector<RuleConflict> FindConflicts(const std::vector<strategy::Guideline>& guidelines) {
  const std::vector<KnownRule> rules = RulesOf(guidelines);
  const Partners partners(rules);
  std::set<RuleConflict> conflicts;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const std::size_t j : partners.Of(i)) {
      const auto [one, other] = std::minmax(i, j);  // rules are in the order of their ids
      const auto found = strategy::Contradiction(rules[one].scoped, rules[other].scoped);
      if (!found) continue;
      conflicts.insert({std::string(strategy::ToString(found->kind)), rules[one].id,
                        rules[other].id, found->about});
    }
  }
  return {conflicts.begin(), conflicts.end()};
}

}  // namespace kedge::agent_ref
