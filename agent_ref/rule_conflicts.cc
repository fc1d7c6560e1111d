#include "agent_ref/rule_conflicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "harness/core/error.h"
#include "harness/strategy/canonical_rule.h"

namespace kedge::agent_ref {
namespace {

using strategy::Rule;
using strategy::RuleAction;
using strategy::CanonicalRule;

struct Known {
  std::string id;
  CanonicalRule form;
};

struct Clash {
  std::string kind;
  std::string why;
};

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool CallsHelpers(const Rule& rule) {
  return rule.action == RuleAction::kCallFirst || rule.action == RuleAction::kCallAfter ||
         rule.action == RuleAction::kRecover;
}

bool ForbidsAlways(const Rule& rule) {
  return rule.action == RuleAction::kStop && rule.errors.empty() && rule.when_called.empty() &&
         rule.unless_called.empty() && rule.unless_known.empty();
}

// Rules that meet apart from their tools: another goal is another story.
bool SameStory(const CanonicalRule& a, const CanonicalRule& b) {
  CanonicalRule x = a;
  CanonicalRule y = b;
  for (CanonicalRule* form : {&x, &y}) {
    form->rule.tools.clear();
    form->rule.errors.clear();
    form->rule.effect.clear();
  }
  return strategy::MayMeet(x, y);
}

// Pairs (earlier, later) that a rule wants.
std::set<std::pair<std::string, std::string>> Orders(const Rule& rule) {
  std::set<std::pair<std::string, std::string>> orders;
  const bool first = rule.action == RuleAction::kCallFirst;
  if (!first && rule.action != RuleAction::kCallAfter) return orders;
  for (const std::string& tool : rule.tools) {
    for (const std::string& helper : rule.helpers) {
      orders.insert(first ? std::make_pair(helper, tool) : std::make_pair(tool, helper));
    }
  }
  return orders;
}

std::optional<Clash> Opposed(const CanonicalRule& a, const CanonicalRule& b) {
  const Rule& x = a.rule;
  const Rule& y = b.rule;
  if (!strategy::MayMeet(a, b)) return std::nullopt;
  if (x.action == RuleAction::kConfirm && y.action == RuleAction::kConfirm &&
      x.confirm != y.confirm) {
    return Clash{"contradiction", "one asks the user before the call, the other does not"};
  }
  if (x.action == RuleAction::kPrefer && y.action == RuleAction::kPrefer &&
      x.argument == y.argument && x.source != y.source) {
    return Clash{"contradiction", "they take " + x.argument + " from different places"};
  }
  const bool goes_on = y.action == RuleAction::kRetry || y.action == RuleAction::kRecover;
  if (goes_on && (x.action == RuleAction::kGiveUp || x.action == RuleAction::kStop)) {
    return Clash{"contradiction", "after the same error one stops and the other tries again"};
  }
  if (ForbidsAlways(x) && CallsHelpers(y)) {
    return Clash{"contradiction", "one forbids the call that the other prepares"};
  }
  return std::nullopt;
}

std::optional<Clash> Directed(const CanonicalRule& a, const CanonicalRule& b) {
  if (auto found = Opposed(a, b)) return found;
  if (!SameStory(a, b)) return std::nullopt;
  if (ForbidsAlways(a.rule) && CallsHelpers(b.rule)) {
    for (const std::string& helper : b.rule.helpers) {
      if (Has(a.rule.tools, helper)) {
        return Clash{"contradiction", "one calls " + helper + ", which the other forbids"};
      }
    }
  }
  const auto wanted = Orders(b.rule);
  for (const auto& [earlier, later] : Orders(a.rule)) {
    if (earlier == later || wanted.count({later, earlier}) == 0) continue;
    const auto& [x, y] = std::minmax(earlier, later);
    return Clash{"inverted_order", x + " before " + y + " and " + y + " before " + x};
  }
  return std::nullopt;
}

std::vector<Known> RulesOf(const std::vector<strategy::Guideline>& guidelines) {
  std::vector<Known> rules;
  for (const strategy::Guideline& guideline : guidelines) {
    try {
      rules.push_back({guideline.id, strategy::CanonicalOf(guideline)});
    } catch (const Error&) {
      continue;  // only text
    }
  }
  std::sort(rules.begin(), rules.end(),
            [](const Known& a, const Known& b) { return a.id < b.id; });
  return rules;
}

/// Which rules can have anything to do with each other.
class Partners {
 public:
  explicit Partners(const std::vector<Known>& rules) : rules_(rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::vector<std::string>& tools = rules[i].form.rule.tools;
      if (tools.empty()) anywhere_.push_back(i);
      for (const std::string& tool : tools) by_tool_[tool].push_back(i);
    }
  }

  std::set<std::size_t> Of(std::size_t i) const {
    std::set<std::size_t> partners(anywhere_.begin(), anywhere_.end());
    const Rule& rule = rules_[i].form.rule;
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
  const std::vector<Known>& rules_;
  std::map<std::string, std::vector<std::size_t>> by_tool_;
  std::vector<std::size_t> anywhere_;
};

}  // namespace

std::vector<RuleConflict> FindConflicts(const std::vector<strategy::Guideline>& guidelines) {
  const std::vector<Known> rules = RulesOf(guidelines);
  const Partners partners(rules);
  std::set<RuleConflict> conflicts;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const std::size_t j : partners.Of(i)) {
      const auto found = Directed(rules[i].form, rules[j].form);
      if (!found) continue;
      const auto& [one, other] = std::minmax(rules[i].id, rules[j].id);
      conflicts.insert({found->kind, one, other, found->why});
    }
  }
  return {conflicts.begin(), conflicts.end()};
}

}  // namespace kedge::agent_ref
