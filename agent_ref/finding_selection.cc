#include "agent_ref/finding_selection.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "agent_ref/effort_findings.h"
#include "agent_ref/evidence_filter.h"
#include "agent_ref/name_list.h"
#include "agent_ref/rule_writer.h"
#include "agent_ref/source_findings.h"
#include "harness/stats/multiplicity.h"
#include "harness/strategy/rule.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMaxRefusalsReported = 50;
constexpr double kWorthReporting = 0.01;
constexpr double kEffortShare = 0.1;
constexpr double kSourceShare = 0.1;

bool IsAboutEffort(Link link) { return link == Link::kRetry || link == Link::kGiveUp; }

// What is adjusted together, in the order in which it is taken.
int FamilyOf(Link link) {
  if (IsAboutEffort(link)) return 2;
  return link == Link::kSource || link == Link::kInstead ? 1 : 0;
}

// The parent's policy, or an active rule, says already what to do after the error of the tool; a
// rule to give up would speak against every remedy.
bool SaysWhetherToTry(const Hypothesis& hypothesis, const strategy::Strategy& parent) {
  const Json& policy = parent.layer("tool_policy");
  const auto retry = policy.find("retry");
  if (hypothesis.link == Link::kRetry && retry != policy.end() &&
      (retry->contains(hypothesis.error) || retry->contains("default"))) {
    return true;
  }
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (guideline.status != "active") continue;
    const strategy::Rule rule = strategy::ParseRule(guideline);
    if (!Lists(rule.errors, hypothesis.error)) continue;
    if (!rule.tools.empty() && !Lists(rule.tools, hypothesis.tool)) continue;
    if (hypothesis.link == Link::kGiveUp || rule.action == strategy::RuleAction::kRetry) {
      return true;
    }
  }
  return false;
}

bool Sets(const strategy::Rule& rule, const Hypothesis& setting) {
  if (!rule.settings.is_object()) return false;
  const auto value = rule.settings.find(setting.helper);
  return value != rule.settings.end() && CanonicalJson(*value) == setting.value;
}

// An active rule of the parent that takes the argument from the source already, or calls the other
// tool in this one's place.
bool SaysWhereFrom(const Hypothesis& hypothesis, const strategy::Strategy& parent) {
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (guideline.status != "active") continue;
    const strategy::Rule rule = strategy::ParseRule(guideline);
    if (!rule.tools.empty() && !Lists(rule.tools, hypothesis.tool)) continue;
    if (!rule.errors.empty() && !Lists(rule.errors, hypothesis.error)) continue;
    const bool says = hypothesis.link == Link::kInstead
                          ? rule.action == strategy::RuleAction::kInstead &&
                                Lists(rule.helpers, hypothesis.helper)
                      : hypothesis.IsSetting()
                          ? Sets(rule, hypothesis)
                          : rule.argument == hypothesis.helper && rule.source == hypothesis.source;
    if (says) return true;
  }
  return false;
}

// An active rule of the parent that makes the helper be called for the tool already, or gives the
// argument the value.
bool Covered(const Hypothesis& hypothesis, const strategy::Strategy& parent) {
  if (IsAboutEffort(hypothesis.link)) return SaysWhetherToTry(hypothesis, parent);
  if (FamilyOf(hypothesis.link) == 1) return SaysWhereFrom(hypothesis, parent);
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (guideline.status != "active") continue;
    const strategy::Rule rule = strategy::ParseRule(guideline);
    if (!Lists(rule.tools, hypothesis.tool)) continue;
    if (hypothesis.IsSetting() ? Sets(rule, hypothesis) : Lists(rule.helpers, hypothesis.helper)) {
      return true;
    }
  }
  return false;
}

// Why a finding does not become a rule; empty when it may.
std::string Objection(const Judged& item, const LearnOptions& options, bool named_principals) {
  const Finding& finding = item.finding;
  if (options.require_significance) {
    if (item.p_adjusted > options.alpha) return "not significant among all hypotheses";
    const bool has_effect = finding.hypothesis.link != Link::kGiveUp;
    if (has_effect && finding.table.RateDifference() < options.min_effect)
      return "too small an effect";
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

// Whether a change of result is for the better is asked only of what changes a result at all.
void AskWhetherChangesPay(Link link, std::vector<Judged>& judged, const std::vector<Trial>& trials,
                          double alpha) {
  std::vector<Judged*> changes;
  std::vector<double> p;
  for (Judged& item : judged) {
    if (item.finding.hypothesis.link != link || item.p_adjusted > alpha) continue;
    changes.push_back(&item);
    p.push_back(ChangePaysP(item.finding.hypothesis, trials));
  }
  const std::vector<double> adjusted = stats::BenjaminiHochbergAdjust(p);
  for (std::size_t i = 0; i < changes.size(); ++i) changes[i]->p_pays = adjusted[i];
}

// Findings with a share of the error of their own, so that looking for them takes nothing from what
// helps.
std::vector<Judged> JudgeApart(std::vector<Finding> findings, double share, double alpha) {
  const std::vector<double> adjusted = AdjustDiscrete(findings, alpha * share);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    judged.push_back({std::move(findings[i]), std::min(adjusted[i] / share, 1.0), 0});
  }
  return judged;
}

std::vector<Judged> JudgeEffort(const std::vector<Trial>& trials, const LearnOptions& options) {
  return JudgeApart(EffortFindings(trials, options.min_effect), kEffortShare, options.alpha);
}

// A value from elsewhere may make another thing work than what was asked for.
std::vector<Judged> JudgeSources(const std::vector<Trial>& trials, const LearnOptions& options) {
  std::vector<Judged> judged = JudgeApart(SourceFindings(trials), kSourceShare, options.alpha);
  AskWhetherChangesPay(Link::kSource, judged, trials, options.alpha);
  return judged;
}

std::vector<Judged> JudgeAll(const std::vector<Trial>& trials, std::vector<Finding> findings,
                             const LearnOptions& options) {
  for (const Hypothesis& hypothesis : Hypotheses(trials)) {
    findings.push_back(Judge(hypothesis, trials, {}));
  }
  const std::vector<double> adjusted = AdjustDiscrete(findings, options.alpha);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    judged.push_back({std::move(findings[i]), adjusted[i], 0});
  }
  AskWhetherChangesPay(Link::kChanges, judged, trials, options.alpha);
  if (options.require_significance) {
    for (Judged& item : JudgeSources(trials, options)) judged.push_back(std::move(item));
    for (Judged& item : JudgeEffort(trials, options)) judged.push_back(std::move(item));
  }
  // Best first; what came closest to the tool wins a tie with what merely led to it.
  std::stable_sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) {
    const auto key = [](const Judged& j) {
      return std::make_tuple(FamilyOf(j.finding.hypothesis.link), Rounded(j.finding.p),
                             -j.finding.closest, -j.finding.table.RateDifference());
    };
    return key(a) < key(b);
  });
  return judged;
}

// The largest p-value that counts as significant; what is left of a finding with others held fixed
// is measured by it.
double Cut(const std::vector<Judged>& judged, double alpha, int family) {
  double cut = 0;
  for (const Judged& item : judged) {
    const bool counts =
        item.p_adjusted <= alpha && FamilyOf(item.finding.hypothesis.link) == family;
    if (counts) cut = std::max(cut, item.finding.p);
  }
  return cut;
}

const char* LinkName(Link link) {
  switch (link) {
    case Link::kRecovery:
      return "recovery";
    case Link::kBefore:
      return "before";
    case Link::kAfter:
      return "after";
    case Link::kChanges:
      return "changes";
    case Link::kRetry:
      return "retry";
    case Link::kGiveUp:
      return "give_up";
    case Link::kSource:
      return "source";
    case Link::kInstead:
      return "instead";
    case Link::kFails:
      return "fails";
  }
  return "";
}

// Whether what was taken before explains this one as well. Of a rule that fails, and of trying at
// all, nothing else is an explanation.
bool Explained(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
               const std::vector<Hypothesis>& known, double cut) {
  if (known.empty() || hypothesis.link == Link::kFails || IsAboutEffort(hypothesis.link)) {
    return false;
  }
  return Judge(hypothesis, trials, known).p > cut;
}

// Whether there is another tool for what this one fails at.
bool IsReplaced(const Hypothesis& hypothesis, const std::vector<Hypothesis>& known) {
  return std::any_of(known.begin(), known.end(), [&](const Hypothesis& other) {
    return other.link == Link::kInstead && other.tool == hypothesis.tool &&
           other.error == hypothesis.error;
  });
}

}  // namespace

Json Summary(const Judged& judged) {
  const Finding& finding = judged.finding;
  const Hypothesis& h = finding.hypothesis;
  const char* link = LinkName(h.link);
  Json json = {{"tool", h.tool},
               {"link", link},
               {"with", {finding.table.exposed_successes, finding.table.exposed_trials}},
               {"without", {finding.table.unexposed_successes, finding.table.unexposed_trials}},
               {"p", Rounded(finding.p)},
               {"p_adjusted", Rounded(judged.p_adjusted)},
               {"traces", finding.traces.size()},
               {"families", finding.families.size()}};
  if (!h.helper.empty()) json["helper"] = RemedyName(h);
  if (!h.error.empty()) json["error"] = h.error;
  return json;
}

Selection SelectFindings(const std::vector<Trial>& trials, std::vector<Finding> revisions,
                         const LearnOptions& options, const strategy::Strategy& parent,
                         bool named_principals) {
  std::vector<Judged> judged = JudgeAll(trials, std::move(revisions), options);
  Selection selection;
  selection.hypotheses = judged.size();
  const double cuts[] = {Cut(judged, options.alpha, 0), Cut(judged, options.alpha, 1), 0};
  for (Judged& item : judged) {
    std::string objection = Objection(item, options, named_principals);
    const Hypothesis& hypothesis = item.finding.hypothesis;
    if (objection.empty() && options.require_significance &&
        Explained(hypothesis, trials, selection.known, cuts[FamilyOf(hypothesis.link)])) {
      objection = "explained by a rule that was taken before";
    }
    if (objection.empty() && hypothesis.link == Link::kGiveUp &&
        IsReplaced(hypothesis, selection.known)) {
      objection = "another tool does instead";
    }
    const bool fails = hypothesis.link == Link::kFails;
    if (objection.empty() && !fails) {
      if (!IsAboutEffort(hypothesis.link)) selection.known.push_back(hypothesis);
      if (Covered(hypothesis, parent)) objection = "the parent has this rule";
    }
    if (objection.empty()) {
      (fails ? selection.failed : selection.taken).push_back(std::move(item));
    } else if (item.finding.p < kWorthReporting &&
               selection.refused.size() < kMaxRefusalsReported) {
      selection.refused.push_back(Summary(item));
      selection.refused.back()["why"] = objection;
    }
  }
  return selection;
}

}  // namespace kedge::agent_ref
