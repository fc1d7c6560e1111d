#include "agent_ref/finding_selection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "agent_ref/condition_search.h"
#include "agent_ref/effort_findings.h"
#include "agent_ref/evidence_filter.h"
#include "agent_ref/foresight.h"
#include "agent_ref/name_list.h"
#include "agent_ref/prohibition_trials.h"
#include "agent_ref/rule_writer.h"
#include "agent_ref/source_findings.h"
#include "harness/stats/multiplicity.h"
#include "harness/strategy/rule.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMaxRefusalsReported = 50;
constexpr double kWorthReporting = 0.01;
constexpr double kEffortShare = 0.1;
constexpr double kConditionShare = 0.1;
constexpr double kSourceShare = 0.1;
constexpr double kRefusalShare = 0.05;  // twice: everywhere, and where a condition holds
constexpr double kHarmShare = 0.05;     // the same

bool IsAboutEffort(Link link) {
  return link == Link::kRetry || link == Link::kGiveUp || link == Link::kForesees;
}

bool IsAboutSource(Link link) { return link == Link::kSource || link == Link::kInstead; }

// What is judged apart, in the order in which it is taken.
constexpr std::size_t kRanks = 4;
std::size_t RankOf(Link link) {
  if (IsAboutEffort(link)) return 3;
  if (IsProhibition(link)) return 2;
  return IsAboutSource(link) ? 1 : 0;
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

// Whether the rule speaks wherever the hypothesis was seen to hold.
bool SpeaksThere(const strategy::Rule& rule, const Hypothesis& hypothesis,
                 const std::vector<Trial>& trials) {
  const Condition condition(rule.arguments, rule.seen);
  if (condition.Covers(hypothesis.condition)) return true;
  return hypothesis.link != Link::kForesees &&
         std::all_of(trials.begin(), trials.end(), [&](const Trial& trial) {
           return !Supports(trial, hypothesis) || condition.Holds(trial.situation);
         });
}

// An active rule of the parent that refuses the tool there, or keeps the helper away from it.
bool Prohibits(const strategy::Rule& rule, const Hypothesis& hypothesis,
               const std::vector<Trial>& trials) {
  const bool plain = rule.errors.empty() && rule.goals.empty() && rule.when_called.empty();
  if (!plain || !Lists(rule.tools, hypothesis.tool)) return false;
  const bool same =
      hypothesis.link == Link::kRefuse
          ? rule.action == strategy::RuleAction::kStop
          : rule.action == strategy::RuleAction::kAvoid && Lists(rule.helpers, hypothesis.helper);
  return same && SpeaksThere(rule, hypothesis, trials);
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
bool Covered(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
             const strategy::Strategy& parent) {
  const bool foresees = hypothesis.link == Link::kForesees;
  if (IsAboutEffort(hypothesis.link) && !foresees) return SaysWhetherToTry(hypothesis, parent);
  if (IsAboutSource(hypothesis.link)) return SaysWhereFrom(hypothesis, parent);
  for (const strategy::Guideline& guideline : parent.guidelines()) {
    if (guideline.status != "active") continue;
    const strategy::Rule rule = strategy::ParseRule(guideline);
    if (IsProhibition(hypothesis.link)) {
      if (Prohibits(rule, hypothesis, trials)) return true;
      continue;
    }
    if (!Lists(rule.tools, hypothesis.tool)) continue;
    if (foresees && !rule.errors.empty()) continue;
    const bool same =
        hypothesis.IsSetting() ? Sets(rule, hypothesis) : Lists(rule.helpers, hypothesis.helper);
    if (same && SpeaksThere(rule, hypothesis, trials)) return true;
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
  return SupportObjection(finding, options, named_principals);
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

// What only saves effort, what is better not done, and where values come from have a small share of
// the error of its own, so that looking for it takes nothing from what helps.
void JudgeApart(std::vector<Finding> findings, double share, const LearnOptions& options,
                std::vector<Judged>& judged) {
  const std::vector<double> adjusted = AdjustDiscrete(findings, options.alpha * share);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    judged.push_back({std::move(findings[i]), std::min(adjusted[i] / share, 1.0), 0});
  }
}

ConditionNeeds NeedsOf(const LearnOptions& options, double share) {
  ConditionNeeds needs;
  needs.min_support = options.min_support;
  needs.min_families = options.min_families;
  needs.min_effect = options.min_effect;
  needs.min_bits = -std::log2(options.alpha * share);
  return needs;
}

std::vector<Judged> AsJudged(ConditionSearch search, double share) {
  std::vector<double> p(search.remedies, 1.0);
  for (std::size_t i = 0; i < search.findings.size(); ++i) p[i] = search.findings[i].p;
  const std::vector<double> adjusted = stats::BenjaminiHochbergAdjust(p);
  std::vector<Judged> found;
  for (std::size_t i = 0; i < search.findings.size(); ++i) {
    found.push_back({std::move(search.findings[i]), std::min(adjusted[i] / share, 1.0), 0});
  }
  return found;
}

// Conditions have a share of their own as well, for the same reason. Every remedy for which one was
// looked for counts, whether there was one or not.
void JudgeConditions(const std::vector<Trial>& trials, double share, const LearnOptions& options,
                     std::vector<Judged>& judged) {
  std::vector<Judged> found = AsJudged(ConditionalFindings(trials, NeedsOf(options, share)), share);
  AskWhetherChangesPay(Link::kChanges, found, trials, options.alpha);
  for (Judged& item : found) judged.push_back(std::move(item));
}

std::vector<Trial> LeavingOut(std::vector<Trial> trials, bool (*left_out)(Link)) {
  std::erase_if(trials, [&](const Trial& trial) { return left_out(trial.link); });
  return trials;
}

void JudgeProhibitions(const std::vector<Trial>& trials, const LearnOptions& options,
                       std::vector<Judged>& judged) {
  std::vector<Finding> refusals;
  std::vector<Finding> harms;
  for (const Hypothesis& hypothesis : Prohibitions(trials)) {
    (IsHarm(hypothesis.link) ? harms : refusals).push_back(Judge(hypothesis, trials, {}));
  }
  JudgeApart(std::move(refusals), kRefusalShare, options, judged);
  JudgeApart(std::move(harms), kHarmShare, options, judged);
  JudgeConditions(LeavingOut(trials, [](Link link) { return link != Link::kRefuse; }),
                  kRefusalShare, options, judged);
  JudgeConditions(LeavingOut(trials, [](Link link) { return !IsHarm(link); }), kHarmShare, options,
                  judged);
}

// A value from elsewhere may make another thing work than what was asked for.
void JudgeSources(const std::vector<Trial>& trials, const LearnOptions& options,
                  std::vector<Judged>& judged) {
  std::vector<Judged> found;
  JudgeApart(SourceFindings(trials), kSourceShare, options, found);
  AskWhetherChangesPay(Link::kSource, found, trials, options.alpha);
  for (Judged& item : found) judged.push_back(std::move(item));
}

bool IsJudgedApart(Link link) { return IsProhibition(link) || link == Link::kInstead; }

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
    JudgeConditions(LeavingOut(trials, IsJudgedApart), kConditionShare, options, judged);
    JudgeApart(EffortFindings(trials, options.min_effect), kEffortShare, options, judged);
    JudgeProhibitions(trials, options, judged);
    JudgeSources(trials, options, judged);
  }
  // Best first; what came closest to the tool wins a tie with what merely led to it.
  std::stable_sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) {
    const auto key = [](const Judged& j) {
      return std::make_tuple(RankOf(j.finding.hypothesis.link), Rounded(j.finding.p),
                             -j.finding.closest, -j.finding.table.RateDifference());
    };
    return key(a) < key(b);
  });
  return judged;
}

// The largest p-value that counts as significant, by rank; what is left of a finding with others
// held fixed is measured by it.
std::array<double, kRanks> Cuts(const std::vector<Judged>& judged, double alpha) {
  std::array<double, kRanks> cuts = {};
  for (const Judged& item : judged) {
    const Hypothesis& hypothesis = item.finding.hypothesis;
    double& cut = cuts[RankOf(hypothesis.link)];
    if (item.p_adjusted <= alpha && hypothesis.condition.empty()) {
      cut = std::max(cut, item.finding.p);
    }
  }
  return cuts;
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
    case Link::kForesees:
      return "foresees";
    case Link::kFirstCall:
      return "first_call";
    case Link::kSpoils:
      return "spoils";
    case Link::kSource:
      return "source";
    case Link::kInstead:
      return "instead";
    case Link::kFails:
      return "fails";
    case Link::kNeedless:
      return "needless";
    case Link::kRefuse:
      return "refuse";
    case Link::kBlocks:
      return "blocks";
    case Link::kHarms:
      return "harms";
  }
  return "";
}

// Whether what was taken before explains this one as well: less is left than `cut`, or of a
// condition, than its search allows. Of a rule that fails, and of trying at
// all, nothing else is an explanation.
bool Explained(const Finding& finding, const std::vector<Trial>& trials,
               const std::vector<Hypothesis>& known, double cut, double alpha) {
  const Hypothesis& hypothesis = finding.hypothesis;
  if (known.empty() || hypothesis.link == Link::kFails || IsAboutEffort(hypothesis.link)) {
    return false;
  }
  if (!hypothesis.condition.empty()) {
    cut = alpha * kConditionShare / static_cast<double>(finding.searched);
  }
  return Judge(hypothesis, trials, known).p > cut;
}

// What was taken before says that the helper of `harm` helps the tool.
bool Helps(const Hypothesis& harm, const std::vector<Hypothesis>& known) {
  return std::any_of(known.begin(), known.end(), [&](const Hypothesis& other) {
    return !IsProhibition(other.link) && other.tool == harm.tool && other.helper == harm.helper &&
           other.condition.MayMeet(harm.condition);
  });
}

// The remedies that help in one part only, as hypotheses without a condition.
std::set<Hypothesis> InPartOnly(const std::vector<Judged>& judged, const LearnOptions& options,
                                bool named_principals) {
  std::set<Hypothesis> remedies;
  for (const Judged& item : judged) {
    Hypothesis remedy = item.finding.hypothesis;
    if (remedy.condition.empty() || remedy.link == Link::kFails) continue;
    remedy.condition = {};
    if (Objection(item, options, named_principals).empty()) remedies.insert(std::move(remedy));
  }
  return remedies;
}

// Whether there is another tool for what this one fails at.
bool IsReplaced(const Hypothesis& hypothesis, const std::vector<Hypothesis>& known) {
  return std::any_of(known.begin(), known.end(), [&](const Hypothesis& other) {
    return other.link == Link::kInstead && other.tool == hypothesis.tool &&
           other.error == hypothesis.error;
  });
}

}  // namespace

std::string SupportObjection(const Finding& finding, const LearnOptions& options,
                             bool named_principals) {
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
  if (!h.condition.empty()) json["where"] = h.condition.InWords();
  return json;
}

Selection SelectFindings(const std::vector<Trial>& trials, std::vector<Finding> revisions,
                         const LearnOptions& options, const strategy::Strategy& parent,
                         bool named_principals) {
  std::vector<Judged> judged = JudgeAll(trials, std::move(revisions), options);
  Selection selection;
  selection.hypotheses = judged.size();
  const std::array<double, kRanks> cuts = Cuts(judged, options.alpha);
  const std::set<Hypothesis> in_part_only = InPartOnly(judged, options, named_principals);
  const auto consider = [&](Judged& item) {
    std::string objection = Objection(item, options, named_principals);
    const Hypothesis& hypothesis = item.finding.hypothesis;
    if (objection.empty() && in_part_only.count(hypothesis) != 0) {
      objection = "helps in one part only, as another rule says";
    }
    if (objection.empty() && options.require_significance &&
        Explained(item.finding, trials, selection.known, cuts[RankOf(hypothesis.link)],
                  options.alpha)) {
      objection = "explained by a rule that was taken before";
    }
    if (objection.empty() && IsHarm(hypothesis.link) && Helps(hypothesis, selection.known)) {
      objection = "the helper helps the tool as well";
    }
    if (objection.empty() && hypothesis.link == Link::kGiveUp &&
        IsReplaced(hypothesis, selection.known)) {
      objection = "another tool does instead";
    }
    const bool fails = hypothesis.link == Link::kFails;
    if (objection.empty() && !fails) {
      if (!IsAboutEffort(hypothesis.link)) selection.known.push_back(hypothesis);
      if (Covered(hypothesis, trials, parent)) objection = "the parent has this rule";
    }
    if (objection.empty()) {
      (fails ? selection.failed : selection.taken).push_back(std::move(item));
    } else if (item.finding.p < kWorthReporting &&
               selection.refused.size() < kMaxRefusalsReported) {
      selection.refused.push_back(Summary(item));
      selection.refused.back()["why"] = objection;
    }
  };
  for (Judged& item : judged) consider(item);
  if (options.require_significance) {
    const std::vector<Hypothesis> recoveries = selection.known;
    for (Judged& item :
         AsJudged(ForesightFindings(trials, recoveries, NeedsOf(options, kConditionShare)),
                  kConditionShare)) {
      ++selection.hypotheses;
      consider(item);
    }
  }
  return selection;
}

}  // namespace kedge::agent_ref
