#include "harness/loop/appraisal_static.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "harness/loop/leak_texts.h"
#include "harness/strategy/import/rule_text.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::loop {
namespace {

using reports::ItemClass;

constexpr char kPrefix[] = "imported:";
constexpr std::string_view kLeakRule = "S14-leakage";

std::string FreeId(const std::string& id, const std::vector<std::string>& taken) {
  std::string free = kPrefix + id;
  for (int n = 2; std::find(taken.begin(), taken.end(), free) != taken.end(); ++n) {
    free = kPrefix + id + "-" + std::to_string(n);
  }
  return free;
}

std::optional<strategy::RuleWords> RuleOf(const strategy::PlaybookItem& item,
                                          const std::vector<std::string>& tools) {
  if (auto rule = strategy::ReadRuleText(item.text, tools)) return rule;
  if (item.trigger.empty()) return std::nullopt;
  return strategy::ReadRuleText(item.trigger + ", " + item.text, tools);
}

Json Origin(const strategy::PlaybookItem& item, const std::string& format) {
  Json origin = {{"format", format}, {"file", item.file}, {"id", item.id}};
  if (item.line > 0) origin["line"] = item.line;
  if (!item.trigger.empty()) origin["trigger"] = item.trigger;
  if (!item.rationale.empty()) origin["rationale"] = item.rationale;
  if (!item.notes.empty()) origin["notes"] = item.notes;
  return origin;
}

void AddTools(const strategy::Rule& rule, std::set<std::string>& tools) {
  for (const auto* names : {&rule.tools, &rule.helpers, &rule.when_called, &rule.unless_called}) {
    tools.insert(names->begin(), names->end());
  }
}

}  // namespace

PreparedItem PrepareItem(const strategy::PlaybookItem& item, const std::string& format,
                         const std::vector<std::string>& tools,
                         const std::vector<std::string>& taken) {
  PreparedItem prepared;
  prepared.id = FreeId(item.id, taken);
  Json value = {{"text", item.text},
                {"status", "quarantined"},
                {"evidence", {{"imported", Origin(item, format)}}}};
  if (const auto rule = RuleOf(item, tools)) {
    prepared.has_rule = true;
    value["when"] = rule->when;
    value["then"] = rule->then;
    if (!rule->unless.is_null()) value["unless"] = rule->unless;
  }
  prepared.quarantined = {"add", prepared.id, value};
  value["id"] = prepared.id;
  if (prepared.has_rule) value["status"] = "active";
  prepared.guideline = strategy::GuidelineFromJson(value, item.file);
  return prepared;
}

strategy::Strategy WithItem(const strategy::Strategy& champion, const PreparedItem& item) {
  strategy::Operation operation = {"edit_section", item.id, item.guideline.text};
  if (item.has_rule) {
    operation = item.quarantined;
    operation.value["status"] = "active";
  }
  return strategy::Apply(champion, champion.hash(), {operation}, "with-" + item.id,
                         {{"made_by", "import"}, {"split", "dev"}});
}

std::vector<std::string> KnownTools(const strategy::Strategy& champion, const suite::Suite* suite) {
  if (suite != nullptr && suite->world()) return ToolNames(*suite);
  std::set<std::string> tools;
  for (const strategy::Guideline& guideline : champion.guidelines()) {
    if (guideline.status == "active") AddTools(strategy::ParseRule(guideline), tools);
  }
  const Json& planner = champion.layer("planner");
  for (const Json& goal : planner.value("goals", Json::array())) {
    if (goal.contains("tool")) tools.insert(goal["tool"].get<std::string>());
  }
  return {tools.begin(), tools.end()};
}

StaticJudge::StaticJudge(const strategy::Strategy& champion, const gate::GatePolicy& policy,
                         const suite::Suite* all_splits)
    : champion_(champion), policy_(policy.change) {
  policy_.require_provenance = false;
  policy_.require_source_traces = false;
  if (all_splits == nullptr) return;
  AddPublicTexts(champion, *all_splits, *leaks_);
  AddDevTexts(*all_splits, *leaks_);
  for (const char* split : {"gate", "vault"}) AddHiddenTexts(*all_splits, split, *leaks_);
  evidence_.tools = ToolNames(*all_splits);
  evidence_.hidden_tasks = [leaks = leaks_] { return leaks; };
}

bool StaticJudge::SaidAlready(const PreparedItem& item, reports::AppraisedItem& appraised) const {
  const std::string form = strategy::SymbolicForm(strategy::ScopedRuleOf(item.guideline));
  for (const strategy::Guideline& guideline : champion_.guidelines()) {
    if (guideline.status != "active") continue;
    if (strategy::SymbolicForm(strategy::ScopedRuleOf(guideline)) != form) continue;
    appraised.kind = ItemClass::kNeutral;
    appraised.notes.push_back("the champion's " + guideline.id + " is the same rule");
    return true;
  }
  return false;
}

bool StaticJudge::Decide(const PreparedItem& item, reports::AppraisedItem& appraised) const {
  appraised.kind = ItemClass::kNotTestable;
  bool leaks = false;
  for (const guards::ChangeFinding& finding :
       guards::CheckChange(champion_, WithItem(champion_, item), policy_, evidence_)) {
    leaks = leaks || finding.rule == kLeakRule;
    appraised.reasons.push_back({"change_guard:" + finding.rule, finding.message});
    appraised.kind = ItemClass::kContradictsPolicy;
  }
  if (leaks) appraised.kind = ItemClass::kLeaks;
  if (appraised.kind != ItemClass::kNotTestable) return true;
  return item.has_rule && SaidAlready(item, appraised);
}

}  // namespace kedge::loop
