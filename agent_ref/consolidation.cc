#include "agent_ref/consolidation.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "agent_ref/retrieval.h"
#include "agent_ref/text_duplicates.h"
#include "harness/core/error.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::agent_ref {
namespace {

using strategy::Guideline;
using strategy::RuleAction;
using strategy::ScopedRule;

struct Entry {
  const Guideline* guideline;
  ScopedRule form;
};

std::size_t TracesOf(const std::set<strategy::GuidelineSource>& sources) {
  std::set<std::string> traces;
  for (const strategy::GuidelineSource& source : sources) traces.insert(source.trace);
  return traces.size();
}

// The best backed one goes first, whatever the order of the document.
bool Better(const Guideline* a, const Guideline* b) {
  const auto rank = [](const Guideline& g) {
    return std::make_tuple(g.validation.empty(), -static_cast<std::int64_t>(g.sources.size()),
                           -g.support, g.id);
  };
  return rank(*a) < rank(*b);
}

// Actions of which one can stand in another's way at a moment.
int GroupOf(RuleAction action) {
  switch (action) {
    case RuleAction::kRecover:
    case RuleAction::kRetry:
    case RuleAction::kGiveUp:
    case RuleAction::kStop:
    case RuleAction::kSet:
    case RuleAction::kInstead:
      return -1;
    default:
      return static_cast<int>(action);
  }
}

bool SameAction(const strategy::Rule& a, const strategy::Rule& b) {
  return strategy::SymbolicThen(a) == strategy::SymbolicThen(b) && a.text == b.text;
}

// The wider rule says all of the narrower, to the user, too.
bool Says(const ScopedRule& wide, const ScopedRule& narrow) {
  return strategy::Implies(wide, narrow) && SameAction(wide.rule, narrow.rule);
}

/// The records of one status that have a rule.
class RuleMerger {
 public:
  RuleMerger(const RetrievalLimits& limits, Consolidation& result)
      : limits_(limits), result_(result) {}

  void Add(const Guideline& guideline, ScopedRule form) {
    entries_.push_back({&guideline, std::move(form)});
  }

  void Run() {
    MergeEqual();
    MergeSubsumed();
  }

 private:
  // True if the union would not be used although one of them is: then they stay as they are.
  bool WouldFallSilent(const Guideline& kept, const std::vector<const Guideline*>& others) const {
    Guideline united = kept;
    std::set<strategy::GuidelineSource> sources(kept.sources.begin(), kept.sources.end());
    bool admitted = limits_.Admits(kept);
    for (const Guideline* other : others) {
      sources.insert(other->sources.begin(), other->sources.end());
      united.support = std::max(united.support, other->support);
      admitted = admitted || limits_.Admits(*other);
    }
    united.sources.assign(sources.begin(), sources.end());
    united.support = std::max(united.support, static_cast<std::int64_t>(TracesOf(sources)));
    return admitted && !limits_.Admits(united);
  }

  void Merge(const Guideline& kept, const std::vector<const Guideline*>& others, const char* by) {
    std::vector<std::string> ids;
    for (const Guideline* other : others) ids.push_back(other->id);
    std::sort(ids.begin(), ids.end());
    result_.merges.push_back({kept.id, std::move(ids), by});
  }

  void MergeEqual() {
    std::map<std::string, std::vector<const Entry*>> groups;
    for (const Entry& entry : entries_) groups[strategy::FullForm(entry.form)].push_back(&entry);
    for (auto& [key, group] : groups) {
      std::sort(group.begin(), group.end(),
                [](const Entry* a, const Entry* b) { return Better(a->guideline, b->guideline); });
      leaders_.push_back(group[0]);
      if (group.size() == 1) continue;
      std::vector<const Guideline*> others;
      for (std::size_t i = 1; i < group.size(); ++i) others.push_back(group[i]->guideline);
      if (!WouldFallSilent(*group[0]->guideline, others)) {
        Merge(*group[0]->guideline, others, "rule");
        continue;
      }
      for (const Guideline* other : others) {
        result_.kept_apart.push_back(
            {group[0]->guideline->id, other->id,
             "united they would have less support than retrieval asks for"});
      }
    }
  }

  // The widest leader that covers `entry`; null when none does. Leaders are in the order of their
  // keys, so the choice does not depend on the document.
  const Entry* WidestOver(const Entry& entry) const {
    const Entry* widest = nullptr;
    for (const Entry* leader : leaders_) {
      if (leader == &entry || !Says(leader->form, entry.form)) continue;
      if (widest == nullptr || Says(leader->form, widest->form)) widest = leader;
    }
    return widest;
  }

  // A rule with another action that could speak where the wider one does: then the order matters.
  const Entry* Between(const Entry& wide) const {
    const int group = GroupOf(wide.form.rule.action);
    for (const Entry* leader : leaders_) {
      const strategy::Rule& rule = leader->form.rule;
      if (GroupOf(rule.action) == group && !SameAction(rule, wide.form.rule) &&
          strategy::MayMeet(leader->form, wide.form)) {
        return leader;
      }
    }
    return nullptr;
  }

  std::string WhyApart(const Entry& wide, const Guideline& narrow) const {
    if (const Entry* between = Between(wide)) {
      return between->guideline->id + " is about the same moments, so their order matters";
    }
    if (IsAlwaysOn(narrow) && !IsAlwaysOn(*wide.guideline)) return "only the narrower is validated";
    if (WouldFallSilent(*wide.guideline, {&narrow})) {
      return "united they would have less support than retrieval asks for";
    }
    return {};
  }

  void MergeSubsumed() {
    std::map<const Entry*, std::vector<const Guideline*>> narrower;
    for (const Entry* leader : leaders_) {
      const Entry* wide = WidestOver(*leader);
      if (wide == nullptr) continue;
      std::string why = WhyApart(*wide, *leader->guideline);
      if (why.empty()) {
        narrower[wide].push_back(leader->guideline);
      } else {
        result_.kept_apart.push_back({wide->guideline->id, leader->guideline->id, std::move(why)});
      }
    }
    for (const auto& [wide, narrow] : narrower) Merge(*wide->guideline, narrow, "subsumption");
  }

  const RetrievalLimits& limits_;
  Consolidation& result_;
  std::vector<Entry> entries_;
  std::vector<const Entry*> leaders_;  // one for each form
};

void MergeTexts(std::vector<const Guideline*> texts, Consolidation& result) {
  std::sort(texts.begin(), texts.end(), Better);
  std::vector<std::string> words;
  for (const Guideline* guideline : texts) words.push_back(guideline->text);
  const std::vector<std::size_t> leaders = TextDuplicateLeaders(words);
  std::map<std::size_t, std::vector<std::string>> merged;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (leaders[i] != i) merged[leaders[i]].push_back(texts[i]->id);
  }
  for (auto& [leader, ids] : merged) {
    std::sort(ids.begin(), ids.end());
    result.merges.push_back({texts[leader]->id, std::move(ids), "text"});
  }
}

void MakeOperations(Consolidation& result) {
  const auto order = [](const auto& a, const auto& b) {
    return std::tie(a.kept, a.by) < std::tie(b.kept, b.by);
  };
  std::sort(result.merges.begin(), result.merges.end(), order);
  std::sort(result.kept_apart.begin(), result.kept_apart.end(),
            [](const KeptApart& a, const KeptApart& b) {
              return std::tie(a.kept, a.apart) < std::tie(b.kept, b.apart);
            });
  // A record may take in its equals and then go into a wider one: what is merged first matters.
  for (const char* by : {"rule", "subsumption", "text"}) {
    for (const MergedGuidelines& merge : result.merges) {
      if (merge.by == by) result.operations.push_back({"merge", merge.kept, Json(merge.merged)});
    }
  }
}

}  // namespace

Consolidation Consolidate(const strategy::Strategy& strategy) {
  Consolidation result;
  const RetrievalLimits limits = RetrievalLimits::Of(strategy);
  RuleMerger active(limits, result);
  RuleMerger quarantined(limits, result);
  std::vector<const Guideline*> texts;
  std::vector<Guideline> in_force;
  for (const Guideline& guideline : strategy.guidelines()) {
    if (guideline.status == "retired") continue;
    if (guideline.status == "active") in_force.push_back(guideline);
    try {
      ScopedRule form = strategy::ScopedRuleOf(guideline);
      (guideline.status == "active" ? active : quarantined).Add(guideline, std::move(form));
    } catch (const Error&) {
      texts.push_back(&guideline);
    }
  }
  active.Run();
  quarantined.Run();
  MergeTexts(std::move(texts), result);
  MakeOperations(result);
  result.conflicts = FindConflicts(in_force);
  return result;
}

Json ToJson(const Consolidation& consolidation) {
  Json merges = Json::array();
  for (const MergedGuidelines& merge : consolidation.merges) {
    merges.push_back({{"kept", merge.kept}, {"merged", merge.merged}, {"by", merge.by}});
  }
  Json apart = Json::array();
  for (const KeptApart& pair : consolidation.kept_apart) {
    apart.push_back({{"kept", pair.kept}, {"apart", pair.apart}, {"why", pair.why}});
  }
  Json conflicts = Json::array();
  for (const RuleConflict& conflict : consolidation.conflicts) {
    conflicts.push_back({{"kind", conflict.kind},
                         {"one", conflict.one},
                         {"other", conflict.other},
                         {"why", conflict.why}});
  }
  return {{"merges", std::move(merges)},
          {"kept_apart", std::move(apart)},
          {"conflicts", std::move(conflicts)}};
}

}  // namespace kedge::agent_ref
