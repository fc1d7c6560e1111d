#include "agent_ref/learner.h"

#include <algorithm>
#include <utility>

#include "agent_ref/avoid_need.h"
#include "agent_ref/exploration_plan.h"
#include "agent_ref/finding_selection.h"
#include "agent_ref/foresight.h"
#include "agent_ref/hypothesis.h"
#include "agent_ref/name_list.h"
#include "agent_ref/prohibition_trials.h"
#include "agent_ref/rule_need.h"
#include "agent_ref/rule_revision.h"
#include "agent_ref/rule_writer.h"
#include "agent_ref/situation.h"
#include "agent_ref/source_findings.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

constexpr const char* kVersion = "kedge-learn/4";

using Views = std::vector<const EpisodeView*>;

void CheckOptions(const LearnOptions& options) {
  if (!(options.alpha > 0 && options.alpha < 1)) throw BadData("alpha must lie between 0 and 1");
  if (!(options.outcome_alpha > 0 && options.outcome_alpha < 1)) {
    throw BadData("outcome_alpha must lie between 0 and 1");
  }
  if (options.min_principals < 1) throw BadData("min_principals must be at least 1");
  if (options.min_support < 1) throw BadData("min_support must be at least 1");
  if (options.min_families < 1) throw BadData("min_families must be at least 1");
  if (options.max_added < 1) throw BadData("max_added must be at least 1");
  if (!(options.max_retired_share >= 0 && options.max_retired_share <= 1)) {
    throw BadData("max_retired_share must lie in [0, 1]");
  }
  if (!(options.min_effect >= 0 && options.min_effect <= 1)) {
    throw BadData("min_effect must lie in [0, 1]");
  }
}

// Tools that fulfil a goal of the parent: exploration goes on around these, so only about these do
// episodes with and without a helper differ by chance. All tools when the parent has no goals.
std::set<std::string> ToolsInQuestion(const strategy::Strategy& parent, const Views& views) {
  std::set<std::string> tools;
  const Json& planner = parent.layer("planner");
  if (const auto goals = planner.find("goals"); goals != planner.end()) {
    for (const Json& goal : *goals) {
      const auto tool = goal.find("tool");
      if (tool != goal.end() && tool->is_string()) tools.insert(tool->get<std::string>());
    }
  }
  if (!tools.empty()) return tools;
  for (const EpisodeView* view : views) {
    for (const CallView& call : view->calls) tools.insert(call.tool);
  }
  return tools;
}

bool Exists(const std::string& id, const strategy::Strategy& parent) {
  const auto& guidelines = parent.guidelines();
  return std::any_of(guidelines.begin(), guidelines.end(),
                     [&](const strategy::Guideline& g) { return g.id == id; });
}

bool NamesPrincipals(const Views& views) {
  return std::any_of(views.begin(), views.end(),
                     [](const EpisodeView* view) { return !view->principal.empty(); });
}

/// Turns findings into operations by id; two findings that make the same rule are one.
class OperationWriter {
 public:
  OperationWriter(const Views& views, const std::vector<Trial>& trials, const LearnOptions& options,
                  const strategy::Strategy& parent, Json& report)
      : views_(views), trials_(trials), options_(options), parent_(parent), report_(report) {}

  // A rule of the parent that fails is replaced by what helps against its error now, or retired.
  void Revise(const Judged& failed, const std::string& id, std::vector<Judged>& taken) {
    const Hypothesis& old = failed.finding.hypothesis;
    const auto remedy = std::find_if(taken.begin(), taken.end(), [&](const Judged& item) {
      const Hypothesis& hypothesis = item.finding.hypothesis;
      const bool cures = hypothesis.link == Link::kRecovery || hypothesis.link == Link::kSource;
      return cures && hypothesis.tool == old.tool && hypothesis.error == old.error &&
             hypothesis.condition.MayMeet(old.condition);
    });
    if (remedy != taken.end() && !Measured(id)) {
      const LearnedRule rule = WriteRule(remedy->finding, remedy->p_adjusted, views_, options_);
      Json record = GuidelineRecord(rule, trials_);
      record["evidence"]["replaced"] = FailureText(failed);
      Report("revised", failed, id);
      Report("accepted", *remedy, id, record);
      operations_.try_emplace(id, strategy::Operation{"revise", id, std::move(record)});
      taken.erase(remedy);
    } else {
      Retire(failed, id, FailureText(failed));
    }
  }

  // A rule of the parent without which it goes as well only costs.
  void DropNeedless(const NeedlessRule& rule) {
    if (operations_.count(rule.id) != 0) return;  // revised or retired because it fails
    if (rule.objection.empty()) {
      Retire(rule.judged, rule.id, NeedlessText(rule.judged));
    } else {
      Report("refused", rule.judged, rule.id);
      report_["refused"].back()["why"] = rule.objection;
    }
  }

  void Add(const Judged& item) {
    const LearnedRule rule = WriteRule(item.finding, item.p_adjusted, views_, options_);
    const std::string id = GuidelineId(rule);
    if (Exists(id, parent_)) return;  // retired or quarantined before: a person's decision
    Json record = GuidelineRecord(rule, trials_);
    if (rule.form == RuleForm::kAvoid) {
      const std::string why =
          WhyNotAvoid(item.finding.hypothesis, WithId(id, record), RulesSoFar(), views_);
      if (!why.empty()) {
        Report("harms", item, id);
        report_["harms"].back()["why"] = why;
        return;
      }
    }
    if (options_.require_significance && added_ >= options_.max_added) {
      Report("refused", item, id);
      report_["refused"].back()["why"] = "enough rules added for one candidate";
      return;
    }
    Report("accepted", item, id, record);
    added_ += operations_.try_emplace(id, strategy::Operation{"add", id, std::move(record)}).second;
  }

  std::vector<strategy::Operation> Take() && {
    std::vector<strategy::Operation> list;
    for (auto& [id, operation] : operations_) list.push_back(std::move(operation));
    return list;
  }

 private:
  void Retire(const Judged& judged, const std::string& id, const std::string& why) {
    if (retired_ >= MostRetired()) {
      Report("refused", judged, id);
      report_["refused"].back()["why"] = "enough rules retired for one candidate";
      return;
    }
    ++retired_;
    Report("retired", judged, id);
    operations_.try_emplace(id, strategy::Operation{"retire", id, why});
  }

  void Report(const char* part, const Judged& item, const std::string& id,
              const Json& record = nullptr) {
    Json entry = Summary(item);
    entry["id"] = id;
    if (record.is_object()) entry["probes"] = record["evidence"]["probes"];
    report_[part].push_back(std::move(entry));
  }

  static strategy::Guideline WithId(const std::string& id, Json record) {
    record["id"] = id;
    return strategy::GuidelineFromJson(record, "a learned rule");
  }

  // Of the parent, and of this candidate as far as it is written.
  std::vector<strategy::Guideline> RulesSoFar() const {
    std::vector<strategy::Guideline> rules = parent_.guidelines();
    for (const auto& [id, operation] : operations_) {
      if (operation.op == "add") rules.push_back(WithId(id, operation.value));
    }
    return rules;
  }

  // What a gate has measured of a rule must not vouch for another one.
  bool Measured(const std::string& id) const {
    const auto& guidelines = parent_.guidelines();
    return std::any_of(guidelines.begin(), guidelines.end(), [&](const strategy::Guideline& g) {
      return g.id == id && g.validation.is_object() && !g.validation.empty();
    });
  }

  std::int64_t MostRetired() const {
    const auto& guidelines = parent_.guidelines();
    const auto active =
        std::count_if(guidelines.begin(), guidelines.end(),
                      [](const strategy::Guideline& g) { return g.status == "active"; });
    const auto share =
        static_cast<std::int64_t>(static_cast<double>(active) * options_.max_retired_share);
    return std::max<std::int64_t>(share, 1);
  }

  static std::string FailureText(const Judged& failed) {
    const Hypothesis& hypothesis = failed.finding.hypothesis;
    const stats::TwoByTwo& table = failed.finding.table;
    return RemedyName(hypothesis) + ": " + hypothesis.tool + " answered " + hypothesis.error +
           " again in " + std::to_string(table.exposed_successes) + " of " +
           std::to_string(table.exposed_trials) + " tries, and in " +
           std::to_string(table.unexposed_successes) + " of " +
           std::to_string(table.unexposed_trials) + " when the rule was learned";
  }

  static std::string NeedlessText(const Judged& judged) {
    const stats::TwoByTwo& table = judged.finding.table;
    return RemedyName(judged.finding.hypothesis) + " is not needed: left out, " +
           judged.finding.hypothesis.tool + " did well in " +
           std::to_string(table.exposed_successes) + " of " + std::to_string(table.exposed_trials) +
           " episodes; followed, in " + std::to_string(table.unexposed_successes) + " of " +
           std::to_string(table.unexposed_trials);
  }

  const Views& views_;
  const std::vector<Trial>& trials_;
  const LearnOptions& options_;
  const strategy::Strategy& parent_;
  Json& report_;
  std::map<std::string, strategy::Operation> operations_;
  std::int64_t added_ = 0;
  std::int64_t retired_ = 0;
};

std::vector<Finding> FindingsOf(const std::vector<FormerRule>& rules) {
  std::vector<Finding> findings;
  for (const FormerRule& rule : rules) findings.push_back(rule.finding);
  return findings;
}

// A misspelt family must not quietly mean less to learn from.
void CheckFamilies(const std::vector<std::string>& wanted,
                   const std::map<std::string, EpisodeView>& views) {
  std::set<std::string> seen;
  for (const auto& [id, view] : views) seen.insert(view.family);
  for (const std::string& family : wanted) {
    if (seen.count(family) != 0) continue;
    const std::string nearest = NearestWord(family, {seen.begin(), seen.end()});
    throw BadData("no trace is of the family \"" + family + "\"" +
                  (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
  }
}

void Append(std::vector<Trial>& trials, std::vector<Trial> more) {
  trials.insert(trials.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

std::vector<Trial> AllTrials(const Views& views, const strategy::Strategy& parent) {
  std::vector<Trial> trials = RecoveryTrials(views);
  Append(trials, ChangeTrials(views));
  const std::set<std::string> tools = ToolsInQuestion(parent, views);
  Append(trials, InsteadTrials(views));
  Append(trials, OrderTrials(views, tools));
  Append(trials, SpoiledTrials(views));
  Append(trials, RefusalTrials(views, tools));
  Append(trials, HarmTrials(views, tools));
  Append(trials, FirstCallTrials(views, trials));
  NoteSituations(trials);
  return trials;
}

std::string DigestOf(const Views& views) {
  Sha256 digest;
  for (const EpisodeView* view : views) digest.Update(CanonicalJson(ToJson(*view)) + "\n");
  return digest.Hex();
}

}  // namespace

Json ToJson(const LearnOptions& options) {
  Json json = {{"alpha", options.alpha},
               {"min_support", options.min_support},
               {"min_families", options.min_families},
               {"min_principals", options.min_principals},
               {"min_effect", options.min_effect},
               {"outcome_alpha", options.outcome_alpha},
               {"max_added", options.max_added},
               {"max_retired_share", options.max_retired_share},
               {"generalise", options.generalise == Generalise::kTool ? "tool" : "effect"}};
  if (!options.require_significance) json["require_significance"] = false;
  if (!options.kept_guidelines.empty()) json["kept_guidelines"] = options.kept_guidelines;
  if (!options.families.empty()) json["families"] = options.families;
  return json;
}

Learner::Learner(LearnOptions options) : options_(std::move(options)) { CheckOptions(options_); }

void Learner::Add(const trace::Trace& trace) {
  if (trace.split != "dev") {
    throw Error(ErrorKind::kNotPermitted, "trace \"" + trace.id + "\" is of the split \"" +
                                              trace.split +
                                              "\"; a learner reads dev traces and nothing else");
  }
  EpisodeView view = ViewOf(trace);
  const auto known = views_.find(view.id);
  if (known == views_.end()) {
    views_.emplace(view.id, std::move(view));
  } else if (ToJson(known->second) != ToJson(view)) {
    throw BadData("trace id \"" + view.id + "\" stands for two different traces");
  }
}

LearnResult Learner::Finish(const strategy::Strategy& parent) const {
  CheckFamilies(options_.families, views_);
  Views views;
  std::int64_t unlabelled = 0;
  for (const auto& [id, view] : views_) {
    if (!options_.families.empty() && !Lists(options_.families, view.family)) continue;
    views.push_back(&view);
    unlabelled += view.success ? 0 : 1;
  }
  if (views.empty()) throw BadData("there is no trace to learn from");

  const std::vector<Trial> trials = AllTrials(views, parent);
  std::vector<FormerRule> former;
  if (options_.require_significance) {
    former = FormerRules(parent, options_.kept_guidelines, views, trials);
  }
  Selection selection =
      SelectFindings(trials, FindingsOf(former), options_, parent, NamesPrincipals(views));
  Json report = {{"traces", views.size()},    {"without_outcome", unlabelled},
                 {"trials", trials.size()},   {"hypotheses", selection.hypotheses},
                 {"accepted", Json::array()}, {"refused", std::move(selection.refused)},
                 {"revised", Json::array()},  {"retired", Json::array()},
                 {"harms", Json::array()}};
  OperationWriter writer(views, trials, options_, parent, report);
  std::set<std::string> revised;
  for (const Judged& failed : selection.failed) {
    for (const FormerRule& rule : former) {
      const bool meant = rule.finding.hypothesis == failed.finding.hypothesis;
      if (meant && revised.insert(rule.id).second) {
        writer.Revise(failed, rule.id, selection.taken);
      }
    }
  }
  if (options_.require_significance) {
    for (const NeedlessRule& rule :
         NeedlessRules(parent, views, options_, NamesPrincipals(views))) {
      writer.DropNeedless(rule);
    }
  }
  for (const Judged& item : selection.taken) writer.Add(item);
  std::vector<strategy::Operation> operations = std::move(writer).Take();
  const Json provenance = {{"learner", kVersion},
                           {"split", "dev"},
                           {"options", ToJson(options_)},
                           {"traces", {{"count", views.size()}, {"digest", DigestOf(views)}}}};
  strategy::Strategy candidate =
      strategy::Apply(parent, parent.hash(), operations, options_.name, provenance);
  return {std::move(operations), std::move(candidate), std::move(report)};
}

ExplorationPlan Learner::PlanExploration(const strategy::Strategy& parent) const {
  Views views;
  for (const auto& [id, view] : views_) views.push_back(&view);
  const std::vector<Trial> trials = AllTrials(views, parent);
  const Selection selection = SelectFindings(trials, {}, options_, parent, NamesPrincipals(views));
  return {{{"set_param", "planner/exploration", ExplorationOrders(trials, selection.known)}},
          FamilyNeeds(views, trials, selection.known)};
}

LearnResult Learn(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                  const LearnOptions& options) {
  Learner learner(options);
  for (const trace::Trace& trace : traces) learner.Add(trace);
  return learner.Finish(parent);
}

}  // namespace kedge::agent_ref
