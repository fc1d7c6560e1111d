#include "agent_ref/learner.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent_ref/evidence_filter.h"
#include "agent_ref/exploration_plan.h"
#include "agent_ref/hypothesis.h"
#include "agent_ref/rule_writer.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/stats/multiplicity.h"
#include "harness/strategy/rule.h"

namespace kedge::agent_ref {
namespace {

constexpr const char* kVersion = "kedge-learn/2";
constexpr std::size_t kMaxRefusalsReported = 50;
constexpr double kWorthReporting = 0.01;

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

// An active rule of the parent that makes the helper be called for the tool already.
bool Covered(const Hypothesis& hypothesis, const strategy::Strategy& parent) {
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (guideline.status != "active") continue;
    const strategy::Rule rule = strategy::ParseRule(guideline);
    if (Lists(rule.tools, hypothesis.tool) && Lists(rule.helpers, hypothesis.helper)) return true;
  }
  return false;
}

bool Exists(const std::string& id, const strategy::Strategy& parent) {
  const auto& guidelines = parent.guidelines();
  return std::any_of(guidelines.begin(), guidelines.end(),
                     [&](const strategy::Guideline& g) { return g.id == id; });
}

struct Judged {
  Finding finding;
  double p_adjusted = 1;
  double p_pays = 0;  ///< of kChanges: that the new result is the better one
};

// Why a finding does not become a rule; empty when it may.
std::string Objection(const Judged& item, const LearnOptions& options, bool named_principals) {
  const Finding& finding = item.finding;
  if (options.require_significance) {
    if (item.p_adjusted > options.alpha) return "not significant among all hypotheses";
    if (finding.table.Gain() < options.min_effect) return "too small an effect";
    if (item.p_pays > options.outcome_alpha) return "the changed result is not seen to be better";
  }
  if (static_cast<std::int64_t>(finding.traces.size()) < options.min_support) {
    return "seen in too few traces";
  }
  if (static_cast<std::int64_t>(finding.families.size()) < options.min_families) {
    return "seen in too few families";
  }
  if (named_principals &&
      static_cast<std::int64_t>(finding.principals.size()) < options.min_principals) {
    return "seen with too few principals";
  }
  return "";
}

Json Summary(const Finding& finding, double p_adjusted) {
  const Hypothesis& h = finding.hypothesis;
  const char* link = h.link == Link::kRecovery ? "recovery"
                     : h.link == Link::kBefore ? "before"
                     : h.link == Link::kAfter  ? "after"
                                               : "changes";
  Json json = {{"tool", h.tool},
               {"helper", h.helper},
               {"link", link},
               {"with", {finding.table.with_good, finding.table.with_all}},
               {"without", {finding.table.without_good, finding.table.without_all}},
               {"p", Rounded(finding.p)},
               {"p_adjusted", Rounded(p_adjusted)},
               {"traces", finding.traces.size()},
               {"families", finding.families.size()}};
  if (!h.error.empty()) json["error"] = h.error;
  return json;
}

// Whether a change of result is for the better is asked only of what changes a result at all.
void AskWhetherChangesPay(std::vector<Judged>& judged, const std::vector<Trial>& trials,
                          double alpha) {
  std::vector<Judged*> changes;
  std::vector<double> p;
  for (Judged& item : judged) {
    if (item.finding.hypothesis.link != Link::kChanges || item.p_adjusted > alpha) continue;
    changes.push_back(&item);
    p.push_back(ChangePaysP(item.finding.hypothesis, trials));
  }
  const std::vector<double> adjusted = stats::BenjaminiHochbergAdjust(p);
  for (std::size_t i = 0; i < changes.size(); ++i) changes[i]->p_pays = adjusted[i];
}

std::vector<Judged> JudgeAll(const std::vector<Trial>& trials, double alpha) {
  std::vector<Finding> findings;
  for (const Hypothesis& hypothesis : Hypotheses(trials)) {
    findings.push_back(Judge(hypothesis, trials, {}));
  }
  const std::vector<double> adjusted = AdjustDiscrete(findings, alpha);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    judged.push_back({std::move(findings[i]), adjusted[i], 0});
  }
  AskWhetherChangesPay(judged, trials, alpha);
  // Best first; what came closest to the tool wins a tie with what merely led to it.
  std::stable_sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) {
    const auto key = [](const Judged& j) {
      return std::make_tuple(Rounded(j.finding.p), -j.finding.closest, -j.finding.table.Gain());
    };
    return key(a) < key(b);
  });
  return judged;
}

// The largest p-value that counts as significant; what is left of a finding with others held fixed
// is measured by it.
double Cut(const std::vector<Judged>& judged, double alpha) {
  double cut = 0;
  for (const Judged& item : judged) {
    if (item.p_adjusted <= alpha) cut = std::max(cut, item.finding.p);
  }
  return cut;
}

bool NamesPrincipals(const Views& views) {
  return std::any_of(views.begin(), views.end(),
                     [](const EpisodeView* view) { return !view->principal.empty(); });
}

// Goes through the findings, best first, and takes each that still holds with what was taken before
// held fixed.
std::vector<Judged> Select(std::vector<Judged> judged, const std::vector<Trial>& trials,
                           const LearnOptions& options, const strategy::Strategy& parent,
                           bool named_principals, Json& refused) {
  std::vector<Judged> taken;
  std::vector<Hypothesis> known;
  const double cut = Cut(judged, options.alpha);
  for (Judged& item : judged) {
    std::string objection = Objection(item, options, named_principals);
    if (objection.empty() && !known.empty() && options.require_significance) {
      const Finding again = Judge(item.finding.hypothesis, trials, known);
      if (again.p > cut) objection = "explained by a rule that was taken before";
    }
    if (objection.empty()) known.push_back(item.finding.hypothesis);
    if (objection.empty() && Covered(item.finding.hypothesis, parent)) {
      objection = "the parent has this rule";
    }
    if (objection.empty()) {
      taken.push_back(std::move(item));
    } else if (item.finding.p < kWorthReporting && refused.size() < kMaxRefusalsReported) {
      refused.push_back(Summary(item.finding, item.p_adjusted));
      refused.back()["why"] = objection;
    }
  }
  return taken;
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
    accepted.push_back(Summary(item.finding, item.p_adjusted));
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

  std::vector<Trial> trials = RecoveryTrials(views);
  Append(trials, ChangeTrials(views));
  Append(trials, OrderTrials(views, ToolsInQuestion(parent, views)));
  std::vector<Judged> judged = JudgeAll(trials, options_.alpha);
  Json report = {{"traces", views.size()},    {"without_outcome", unlabelled},
                 {"trials", trials.size()},   {"hypotheses", judged.size()},
                 {"accepted", Json::array()}, {"refused", Json::array()}};
  const std::vector<Judged> taken =
      Select(std::move(judged), trials, options_, parent, NamesPrincipals(views), report["refused"]);
  std::vector<strategy::Operation> operations =
      Operations(taken, trials, views, options_, parent, report["accepted"]);
  const Json provenance = {{"learner", kVersion},
                           {"split", "dev"},
                           {"options", ToJson(options_)},
                           {"traces", {{"count", views.size()}, {"digest", DigestOf(views)}}}};
  strategy::Strategy candidate =
      strategy::Apply(parent, parent.hash(), operations, options_.name, provenance);
  return {std::move(operations), std::move(candidate), std::move(report)};
}

std::vector<strategy::Operation> Learner::PlanExploration() const {
  Views views;
  for (const auto& [id, view] : views_) views.push_back(&view);
  std::vector<Trial> trials = RecoveryTrials(views);
  Append(trials, ChangeTrials(views));
  return {{"set_param", "planner/exploration", ExplorationOrders(trials)}};
}

LearnResult Learn(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                  const LearnOptions& options) {
  Learner learner(options);
  for (const trace::Trace& trace : traces) learner.Add(trace);
  return learner.Finish(parent);
}

}  // namespace kedge::agent_ref
