#include "harness/loop/appraisal_episodes.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/loop/session_context.h"
#include "harness/run/paired_run.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/proportion_intervals.h"

namespace kedge::loop {
namespace {

using reports::AppraisedItem;
using reports::ItemClass;

constexpr double kIntervalLevel = 0.95;
constexpr std::size_t kMostSources = 12;

bool Lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

EpisodeResult ResultOf(const trace::Trace& trace, const gate::GatePolicy& policy) {
  EpisodeResult result;
  result.success = trace.outcome->success;
  result.missing = trace.outcome->status == trace::EpisodeStatus::kMissing;
  for (const auto& [guard, count] : trace.outcome->violations) {
    const bool counts = Lists(policy.hard_guards, guard) || Lists(policy.rate_guards, guard);
    if (count > 0 && counts) result.broken.insert(guard);
  }
  return result;
}

std::optional<std::size_t> FollowedAt(const trace::Trace& trace, const std::string& rule) {
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    if (Lists(trace.steps[i].decision.fired_rules, rule)) return i;
  }
  return std::nullopt;
}

bool BrokeAnyGuard(const trace::Trace& trace) {
  return std::any_of(trace.outcome->violations.begin(), trace.outcome->violations.end(),
                     [](const auto& violation) { return violation.second > 0; });
}

// Calls that show what the rule did, for whoever checks the source.
std::vector<int> CallsAround(const trace::Trace& trace, std::size_t decision) {
  std::vector<int> steps;
  for (std::size_t i = decision; i < trace.steps.size() && steps.size() < 2; ++i) {
    if (trace.steps[i].kind == trace::StepKind::kToolCall) steps.push_back(static_cast<int>(i));
  }
  return steps;
}

struct Discordance {
  std::int64_t better = 0, worse = 0;
};

double Worse(const Discordance& pairs) {
  return stats::McnemarTest(pairs.worse, pairs.better).exact_less;
}

void CheckTests(const gate::GatePolicy& policy, double alpha, const ItemTests& tests,
                const double* adjusted, AppraisedItem& item) {
  item.p_better = adjusted[0];
  item.p_worse = adjusted[1];
  for (const std::string& guard : tests.hard_broken) {
    item.reasons.push_back({"guard:" + guard, "broken with the item and not without it"});
    item.kind = ItemClass::kContradictsPolicy;
  }
  for (std::size_t i = 0; i < tests.worse.size(); ++i) {
    if (adjusted[1 + i] > alpha) continue;
    const bool guard = tests.worse_names[i].starts_with("guard:");
    item.reasons.push_back({tests.worse_names[i], guard ? "broken more often with the item"
                                                        : "fewer tasks are solved with the item"});
    if (item.kind == ItemClass::kContradictsPolicy) continue;
    item.kind = guard ? ItemClass::kContradictsPolicy : ItemClass::kHarms;
  }
  if (!item.reasons.empty()) return;
  if (item.p_better <= alpha) {
    item.kind = ItemClass::kHelps;
  } else if (item.spoke == 0 && !item.rule.is_null()) {
    item.kind = ItemClass::kNeutral;
    item.notes.push_back("the rule never spoke");
  } else if (item.effect->low > -policy.overall_margin &&
             item.effect->high < policy.smallest_gain) {
    item.kind = ItemClass::kNeutral;
  } else {
    item.kind = ItemClass::kUndecided;
    item.notes.push_back("more pairs would tell (--tasks)");
  }
}

}  // namespace

ArmResult RunArm(const AppraisalEpisodes& episodes, const strategy::Strategy& strategy,
                 const std::string& rule, trace::ArchiveWriter* archive) {
  run::PairedRunOptions options;
  options.threads = episodes.threads;
  options.episode = EpisodeOptionsUnder(episodes.policy, *episodes.suite);
  ArmResult result;
  const auto take = [&](const trace::Trace& trace) {
    result.episodes.push_back(ResultOf(trace, episodes.policy));
    const auto decision = rule.empty() ? std::nullopt : FollowedAt(trace, rule);
    if (!decision) return;
    ++result.spoke;
    const std::vector<int> steps = CallsAround(trace, *decision);
    if (result.sources.size() == kMostSources || steps.empty() || BrokeAnyGuard(trace)) return;
    trace::Trace named = trace;
    named.id = rule + "/" + trace.id;
    result.sources.push_back({named.id, steps, trace.outcome->success ? "success" : "failure",
                              "trusted", trace.principal, trace.key.family});
    if (archive != nullptr) archive->Write(named);
  };
  run::RunAll(episodes.suite, strategy, episodes.agents, episodes.guard_policy, 1, episodes.seed,
              nullptr, options, episodes.clock, &episodes.observer, take);
  return result;
}

ItemTests ComparePairs(const AppraisalEpisodes& episodes, const ArmResult& champion,
                       const ArmResult& with_item, AppraisedItem& item) {
  stats::PairedCounts counts;
  std::map<std::string, Discordance> strata;
  std::map<std::string, Discordance> guards;
  std::set<std::string> hard;
  for (std::size_t i = 0; i < champion.episodes.size(); ++i) {
    const EpisodeResult& before = champion.episodes[i];
    const EpisodeResult& now = with_item.episodes[i];
    if (before.missing || now.missing) continue;
    std::int64_t& cell = before.success ? (now.success ? counts.both : counts.only_champion)
                                        : (now.success ? counts.only_candidate : counts.neither);
    ++cell;
    Discordance& stratum = strata[episodes.suite->tasks()[i].stratum];
    stratum.better += now.success && !before.success;
    stratum.worse += before.success && !now.success;
    for (const std::string& guard : now.broken) {
      if (before.broken.count(guard) != 0) continue;
      guards[guard].worse += 1;
      if (Lists(episodes.policy.hard_guards, guard)) hard.insert(guard);
    }
    for (const std::string& guard : before.broken) {
      guards[guard].better += now.broken.count(guard) == 0;
    }
  }
  item.pairs = counts.total();
  item.better = counts.only_candidate;
  item.worse = counts.only_champion;
  item.spoke = with_item.spoke;
  item.episodes = static_cast<std::int64_t>(with_item.episodes.size());
  ItemTests tests;
  if (item.pairs == 0) return tests;
  const auto effect = stats::Newcombe10(counts, kIntervalLevel);
  item.effect = {effect.difference, effect.interval.low, effect.interval.high, kIntervalLevel};
  tests.better = stats::McnemarTest(item.worse, item.better).exact_greater;
  const auto add = [&tests](const std::string& name, const Discordance& pairs) {
    tests.worse.push_back(Worse(pairs));
    tests.worse_names.push_back(name);
  };
  add("overall", {item.better, item.worse});
  if (episodes.suite->strata().size() > 1) {  // one alone is the whole again
    for (const suite::Stratum& stratum : episodes.suite->strata()) {
      add("stratum:" + stratum.name, strata[stratum.name]);
    }
  }
  for (const std::string& guard : episodes.policy.rate_guards) add("guard:" + guard, guards[guard]);
  tests.hard_broken.assign(hard.begin(), hard.end());
  return tests;
}

void DecideItems(const gate::GatePolicy& policy, double alpha, const std::vector<ItemTests>& tests,
                 const std::vector<AppraisedItem*>& items) {
  std::vector<double> all;
  for (const ItemTests& one : tests) {
    all.push_back(one.better);
    all.insert(all.end(), one.worse.begin(), one.worse.end());
  }
  const std::vector<double> adjusted = stats::HolmAdjust(all);
  std::size_t at = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    AppraisedItem& item = *items[i];
    if (tests[i].worse.empty()) {
      item.kind = ItemClass::kUndecided;
      item.notes.push_back("every episode was lost to infrastructure");
    } else {
      CheckTests(policy, alpha, tests[i], adjusted.data() + at, item);
    }
    at += 1 + tests[i].worse.size();
  }
}

}  // namespace kedge::loop
