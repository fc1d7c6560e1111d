// Which changed rules are behind the pairs that the candidate lost: an explanation, after the
// verdict.
#include <algorithm>
#include <map>
#include <set>

#include "harness/loop/attribution.h"
#include "harness/loop/episode_batch.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"
#include "harness/run/paired_run.h"
#include "harness/stats/conditional_exact.h"
#include "harness/stats/multiplicity.h"

namespace kedge::loop {
namespace {

constexpr double kSuspectLevel = 0.05;  // familywise, over all rules tested
constexpr std::size_t kMostTried = 5;   // suspects that are undone for a try

/// A rule that the two arms have differently.
struct ChangedRule {
  gate::Suspect suspect;
  bool in_champion = false, in_candidate = false;  // in force there
  std::vector<const gate::SeenPair*> lost_pairs;   // in which it spoke
};

using ChangedRules = std::map<std::string, ChangedRule>;  // by guideline id

ChangedRules ChangedRulesOf(const GateSession& session) {
  std::set<std::string> changed;
  for (const strategy::Change& change :
       strategy::Diff(session.files.champion, session.files.candidate)) {
    if (change.layer == "guidelines") changed.insert(change.what);
  }
  ChangedRules rules;
  const auto collect = [&](const strategy::Strategy& strategy, bool ChangedRule::*in_force) {
    for (const strategy::Guideline& guideline : strategy.guidelines()) {
      if (guideline.status != "active" || changed.count(guideline.id) == 0) continue;
      ChangedRule& rule = rules[guideline.id];
      rule.*in_force = true;
      rule.suspect.rule = guideline.id;
      rule.suspect.text = guideline.text;
    }
  };
  collect(session.files.champion, &ChangedRule::in_champion);
  collect(session.files.candidate, &ChangedRule::in_candidate);
  for (auto& [id, rule] : rules) {
    rule.suspect.change = !rule.in_champion ? "added" : !rule.in_candidate ? "retired" : "revised";
  }
  return rules;
}

// Adds the rules that the trace followed and that `in_force` says its arm had.
void AddSpoken(const trace::Trace& trace, const ChangedRules& rules, bool ChangedRule::*in_force,
               std::set<std::string>& spoke) {
  for (const trace::Step& step : trace.steps) {
    if (step.kind != trace::StepKind::kDecision) continue;
    for (const std::string& id : step.decision.fired_rules) {
      const auto rule = rules.find(id);
      if (rule != rules.end() && rule->second.*in_force) spoke.insert(id);
    }
  }
}

// Pairs that the ledger pooled from other runs have no traces here and are left out.
void CountPairs(const GateSession& session, const gate::Verdict& verdict,
                gate::SuspectSection& section, ChangedRules& rules) {
  const suite::Suite& suite = *session.files.suite;
  const bool any_gone = std::any_of(rules.begin(), rules.end(),
                                    [](const auto& rule) { return rule.second.in_champion; });
  for (const gate::SeenPair& pair : verdict.seen_pairs) {
    if (pair.trial < 0) continue;
    const auto trace_of = [&](const char* arm) {
      return session.journal->FindTrace(
          run::EpisodeId(suite, {pair.task_index, pair.trial, arm, 0}));
    };
    const auto candidate = trace_of("candidate");
    if (!candidate) continue;
    std::set<std::string> spoke;
    AddSpoken(*candidate, rules, &ChangedRule::in_candidate, spoke);
    if (any_gone) {
      const auto champion = trace_of("champion");
      if (!champion) continue;
      AddSpoken(*champion, rules, &ChangedRule::in_champion, spoke);
    }
    const bool lost = pair.difference < 0;
    ++(lost ? section.lost : section.others);
    for (const std::string& id : spoke) {
      ChangedRule& rule = rules.at(id);
      ++(lost ? rule.suspect.lost : rule.suspect.others);
      if (lost) rule.lost_pairs.push_back(&pair);
    }
  }
}

// Does the rule speak in more of the lost pairs than of the others, beyond chance?
std::vector<ChangedRule*> TestRules(gate::SuspectSection& section, ChangedRules& rules) {
  std::vector<ChangedRule*> spoke;
  std::vector<double> p;
  const std::int64_t pairs = section.lost + section.others;
  for (auto& [id, rule] : rules) {
    const gate::Suspect& suspect = rule.suspect;
    const std::int64_t fired = suspect.lost + suspect.others;
    if (fired == 0) continue;
    const stats::TwoByTwo table{suspect.lost, fired, section.lost - suspect.lost, pairs - fired};
    spoke.push_back(&rule);
    p.push_back(stats::ConditionalExactGreater({&table, 1}));
  }
  section.rules = static_cast<std::int64_t>(spoke.size());
  const std::vector<double> adjusted = stats::HolmAdjust(p);
  std::vector<ChangedRule*> suspects;
  for (std::size_t i = 0; i < spoke.size(); ++i) {
    spoke[i]->suspect.p = adjusted[i];
    if (adjusted[i] <= kSuspectLevel) suspects.push_back(spoke[i]);
  }
  std::stable_sort(suspects.begin(), suspects.end(),
                   [](const ChangedRule* a, const ChangedRule* b) {
                     return std::pair(a->suspect.p, -a->suspect.lost) <
                            std::pair(b->suspect.p, -b->suspect.lost);
                   });
  return suspects;
}

// The candidate with that one change undone.
strategy::Strategy Undone(const GateSession& session, const ChangedRule& rule) {
  const strategy::Strategy& candidate = session.files.candidate;
  if (!rule.in_champion) return WithoutGuideline(candidate, rule.suspect.rule);
  std::vector<strategy::Change> back;
  for (strategy::Change& change : strategy::Diff(candidate, session.files.champion)) {
    if (change.layer == "guidelines" && change.what == rule.suspect.rule) {
      back.push_back(std::move(change));
    }
  }
  std::vector<strategy::Operation> operations = strategy::ToOperations(back);
  // What a gate measured of the champion's rule is no part of what the rule does.
  for (strategy::Operation& operation : operations) {
    if (operation.value.is_object()) operation.value.erase("validation");
  }
  return strategy::Apply(candidate, candidate.hash(), operations, candidate.name() + "-undone",
                         Json::object());
}

// The same tasks with the same seeds.
void RunAgain(GateSession& session, const std::vector<ChangedRule*>& suspects,
              gate::SuspectSection& section) {
  Json fingerprint = gate::Fingerprint(session.inputs);
  fingerprint["kind"] = "suspects";
  run::Journal journal(session.options.output_folder + "/journal-suspects.jsonl", fingerprint);
  run::WorkPlan plan = WorkPlanOf(session, session.files.suite, {}, journal);
  std::vector<run::EpisodeSpec> specs;
  std::vector<gate::Suspect*> owners;
  for (std::size_t i = 0; i < suspects.size() && i < kMostTried; ++i) {
    gate::Suspect& suspect = suspects[i]->suspect;
    const std::string arm = "undone " + suspect.rule;
    plan.strategies.emplace(arm, Undone(session, *suspects[i]));
    for (const gate::SeenPair* pair : suspects[i]->lost_pairs) {
      if (suspect.again == session.options.explain_episodes) break;
      ++suspect.again;
      specs.push_back({pair->task_index, pair->trial, arm,
                       run::EpisodeSeed(*session.files.suite, pair->task_index, pair->trial,
                                        session.inputs.seed)});
      owners.push_back(&suspect);
    }
  }
  const std::vector<trace::Trace> traces = RunBatch(plan, specs, session.options.threads);
  for (std::size_t i = 0; i < traces.size(); ++i) {
    owners[i]->regained += traces[i].outcome->success ? 1 : 0;
  }
  section.episodes = static_cast<std::int64_t>(traces.size());
}

}  // namespace

void NameSuspects(GateSession& session, gate::Verdict& verdict) {
  if (!session.journal || verdict.pairs.only_champion == 0) return;
  const PhaseTimer timer("suspects", session.clock, session.observer);
  ChangedRules rules = ChangedRulesOf(session);
  gate::SuspectSection section;
  section.level = kSuspectLevel;
  CountPairs(session, verdict, section, rules);
  const std::vector<ChangedRule*> suspects = TestRules(section, rules);
  if (section.rules == 0 || section.lost == 0) return;
  if (!suspects.empty() && session.options.explain_episodes > 0) {
    RunAgain(session, suspects, section);
  }
  for (ChangedRule* rule : suspects) section.suspects.push_back(std::move(rule->suspect));
  std::stable_partition(section.suspects.begin(), section.suspects.end(),
                        [](const gate::Suspect& suspect) { return suspect.confirmed(); });
  verdict.suspects = std::move(section);
}

}  // namespace kedge::loop
