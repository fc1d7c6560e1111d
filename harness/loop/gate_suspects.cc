// Which rules of the candidate are behind the pairs it lost: an explanation, after the verdict.
#include <algorithm>
#include <map>
#include <set>

#include "agent_ref/exact_test.h"
#include "harness/loop/attribution.h"
#include "harness/loop/episode_batch.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"
#include "harness/run/paired_run.h"
#include "harness/stats/multiplicity.h"

namespace kedge::loop {
namespace {

constexpr double kSuspectLevel = 0.05;  // familywise, over all rules tested
constexpr std::size_t kMostTried = 5;   // suspects that are left out for a try

/// A rule that the champion has not, or has otherwise.
struct NewRule {
  gate::Suspect suspect;
  std::vector<const gate::SeenPair*> lost_pairs;  // in which it spoke
};

using NewRules = std::map<std::string, NewRule>;  // by guideline id

NewRules NewRulesOf(const GateSession& session) {
  NewRules rules;
  std::map<std::string, bool> revised;
  for (const strategy::Change& change :
       strategy::Diff(session.files.champion, session.files.candidate)) {
    revised[change.what] = change.kind == "revise";
  }
  for (const strategy::Guideline& guideline : session.files.candidate.guidelines()) {
    const auto found = revised.find(guideline.id);
    if (found == revised.end() || guideline.status != "active") continue;
    gate::Suspect& suspect = rules[guideline.id].suspect;
    suspect.rule = guideline.id;
    suspect.text = guideline.text;
    suspect.revised = found->second;
  }
  return rules;
}

std::set<std::string> RulesThatSpoke(const trace::Trace& trace, const NewRules& rules) {
  std::set<std::string> spoke;
  for (const trace::Step& step : trace.steps) {
    if (step.kind != trace::StepKind::kDecision) continue;
    for (const std::string& rule : step.decision.fired_rules) {
      if (rules.count(rule) != 0) spoke.insert(rule);
    }
  }
  return spoke;
}

// Pairs that the ledger pooled from other runs have no traces here and are left out.
void CountPairs(const GateSession& session, const gate::Verdict& verdict,
                gate::SuspectSection& section, NewRules& rules) {
  const suite::Suite& suite = *session.files.suite;
  for (const gate::SeenPair& pair : verdict.seen_pairs) {
    if (pair.trial < 0) continue;
    const auto trace = session.journal->FindTrace(
        run::EpisodeId(suite, {pair.task_index, pair.trial, "candidate", 0}));
    if (!trace) continue;
    const bool lost = pair.difference < 0;
    ++(lost ? section.lost : section.others);
    for (const std::string& id : RulesThatSpoke(*trace, rules)) {
      NewRule& rule = rules.at(id);
      ++(lost ? rule.suspect.lost : rule.suspect.others);
      if (lost) rule.lost_pairs.push_back(&pair);
    }
  }
}

// Does the rule speak in more of the lost pairs than of the others, beyond chance?
std::vector<NewRule*> TestRules(gate::SuspectSection& section, NewRules& rules) {
  std::vector<NewRule*> spoke;
  std::vector<double> p;
  const std::int64_t pairs = section.lost + section.others;
  for (auto& [id, rule] : rules) {
    const gate::Suspect& suspect = rule.suspect;
    const std::int64_t fired = suspect.lost + suspect.others;
    if (fired == 0) continue;
    const agent_ref::Table table{suspect.lost, fired, section.lost - suspect.lost, pairs - fired};
    spoke.push_back(&rule);
    p.push_back(agent_ref::StratifiedExactP({&table, 1}));
  }
  section.rules = static_cast<std::int64_t>(spoke.size());
  const std::vector<double> adjusted = stats::HolmAdjust(p);
  std::vector<NewRule*> suspects;
  for (std::size_t i = 0; i < spoke.size(); ++i) {
    spoke[i]->suspect.p = adjusted[i];
    if (adjusted[i] <= kSuspectLevel) suspects.push_back(spoke[i]);
  }
  std::stable_sort(suspects.begin(), suspects.end(), [](const NewRule* a, const NewRule* b) {
    return std::pair(a->suspect.p, -a->suspect.lost) < std::pair(b->suspect.p, -b->suspect.lost);
  });
  return suspects;
}

// The candidate with everything else as it is: a revised rule is the champion's again.
strategy::Strategy WithoutRule(const GateSession& session, const gate::Suspect& suspect) {
  const strategy::Strategy& candidate = session.files.candidate;
  if (!suspect.revised) return WithoutGuideline(candidate, suspect.rule);
  std::vector<strategy::Change> back;
  for (strategy::Change& change : strategy::Diff(candidate, session.files.champion)) {
    if (change.what == suspect.rule) back.push_back(std::move(change));
  }
  return strategy::Apply(candidate, candidate.hash(), strategy::ToOperations(back),
                         candidate.name() + "-without", Json::object());
}

// The same tasks with the same seeds; only the rule is gone.
void RunAgain(GateSession& session, const std::vector<NewRule*>& suspects,
              gate::SuspectSection& section) {
  Json fingerprint = gate::Fingerprint(session.inputs);
  fingerprint["kind"] = "suspects";
  run::Journal journal(session.options.output_folder + "/journal-suspects.jsonl", fingerprint);
  run::WorkPlan plan{session.files.suite,
                     {},
                     session.agents,
                     session.files.guard_policy,
                     &journal,
                     gate::EpisodeRules(session.inputs).episode,
                     session.clock,
                     &session.observer};
  std::vector<run::EpisodeSpec> specs;
  std::vector<gate::Suspect*> owners;
  for (std::size_t i = 0; i < suspects.size() && i < kMostTried; ++i) {
    gate::Suspect& suspect = suspects[i]->suspect;
    const std::string arm = "without " + suspect.rule;
    plan.strategies.emplace(arm, WithoutRule(session, suspect));
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
  NewRules rules = NewRulesOf(session);
  gate::SuspectSection section;
  section.level = kSuspectLevel;
  CountPairs(session, verdict, section, rules);
  const std::vector<NewRule*> suspects = TestRules(section, rules);
  if (section.rules == 0 || section.lost == 0) return;
  if (!suspects.empty() && session.options.explain_episodes > 0) {
    RunAgain(session, suspects, section);
  }
  for (NewRule* rule : suspects) section.suspects.push_back(std::move(rule->suspect));
  verdict.suspects = std::move(section);
}

}  // namespace kedge::loop
