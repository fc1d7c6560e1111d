#include "agent_ref/learner.h"

#include <algorithm>
#include <utility>

#include "agent_ref/exploration_plan.h"
#include "agent_ref/finding_selection.h"
#include "agent_ref/hypothesis.h"
#include "agent_ref/rule_writer.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

constexpr const char* kVersion = "kedge-learn/2";

using Views = std::vector<const EpisodeView*>;

void CheckOptions(const LearnOptions& options) {
  if (!(options.alpha > 0 && options.alpha < 1)) throw BadData("alpha must lie between 0 and 1");
  if (!(options.outcome_alpha > 0 && options.outcome_alpha < 1)) {
    throw BadData("outcome_alpha must lie between 0 and 1");
  }
  if (options.min_principals < 1) throw BadData("min_principals must be at least 1");
  if (options.min_support < 1) throw BadData("min_support must be at least 1");
  if (options.min_families < 1) throw BadData("min_families must be at least 1");
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

bool Lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
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

// Operations by id; two findings that make the same rule are one.
std::vector<strategy::Operation> Operations(const std::vector<Judged>& taken,
                                            const std::vector<Trial>& trials, const Views& views,
                                            const LearnOptions& options,
                                            const strategy::Strategy& parent, Json& accepted) {
  std::map<std::string, strategy::Operation> operations;
  for (const Judged& item : taken) {
    const LearnedRule rule = WriteRule(item.finding, item.p_adjusted, views, options);
    const std::string id = GuidelineId(rule);
    if (Exists(id, parent)) continue;  // retired or quarantined before: a person's decision
    operations.try_emplace(id, strategy::Operation{"add", id, GuidelineRecord(rule, trials)});
    accepted.push_back(Summary(item));
    accepted.back()["id"] = id;
  }
  std::vector<strategy::Operation> list;
  for (auto& [id, operation] : operations) list.push_back(std::move(operation));
  return list;
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
  Append(trials, OrderTrials(views, ToolsInQuestion(parent, views)));
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
               {"generalise", options.generalise == Generalise::kTool ? "tool" : "effect"}};
  if (!options.require_significance) json["require_significance"] = false;
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
  Selection selection = SelectFindings(trials, options_, parent, NamesPrincipals(views));
  Json report = {{"traces", views.size()},    {"without_outcome", unlabelled},
                 {"trials", trials.size()},   {"hypotheses", selection.hypotheses},
                 {"accepted", Json::array()}, {"refused", std::move(selection.refused)}};
  std::vector<strategy::Operation> operations =
      Operations(selection.taken, trials, views, options_, parent, report["accepted"]);
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
  const Selection selection = SelectFindings(trials, options_, parent, NamesPrincipals(views));
  return {{{"set_param", "planner/exploration", ExplorationOrders(trials)}},
          FamilyNeeds(views, trials, selection.known)};
}

LearnResult Learn(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                  const LearnOptions& options) {
  Learner learner(options);
  for (const trace::Trace& trace : traces) learner.Add(trace);
  return learner.Finish(parent);
}

}  // namespace kedge::agent_ref
