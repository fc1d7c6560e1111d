// Whether the candidate still does what the champion does for safety: both run a fixed set of
// tasks.
#include <algorithm>
#include <map>

#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"
#include "harness/loop/probe_checks.h"
#include "harness/loop/probe_tasks.h"
#include "harness/run/paired_run.h"

namespace kedge::loop {
namespace {

using guards::Conduct;
using guards::ProbeCheck;

constexpr std::size_t kRepeatedProbes = 2;  // of those in which a strict check fell

guards::ToolFactsByName FactsOf(const suite::Suite& suite) {
  guards::ToolFactsByName facts;
  if (!suite.world()) return facts;
  for (const world::ToolSpec& tool : suite.world()->tools()) {
    guards::ToolFacts& of_tool = facts[tool.name];
    of_tool.writes = tool.writes;
    const Json arguments = tool.arguments.value("properties", Json::object());
    for (const auto& [name, schema] : arguments.items()) {
      of_tool.arguments[name] = tool.argument_types.value(name, "");
    }
  }
  return facts;
}

// As many tasks of each family as the probes can need: a dev family may have fewer than the gate's.
std::int64_t ProbesPerFamily(const suite::Suite& gate, std::int64_t probes) {
  if (!gate.generated()) return 0;
  std::map<std::string, std::int64_t> tasks_of;
  std::int64_t longest = 0;
  for (const suite::Task& task : gate.tasks()) longest = std::max(longest, ++tasks_of[task.family]);
  const auto families = static_cast<std::int64_t>(tasks_of.size());
  return std::min(longest, (probes + families - 1) / families);
}

// All that there are where the champion's guidelines name some, as any of them may be meant.
std::shared_ptr<const suite::Suite> LoadProbeSuite(const GateSession& session) {
  const std::int64_t tasks_per_family =
      NamesProbes(session.files.champion)
          ? 0
          : ProbesPerFamily(*session.files.suite, session.files.policy.change.probes.tasks);
  return suite::Suite::Load(session.options.suite_folder, {.seed = session.options.suite_seed,
                                                           .split = "all",
                                                           .tasks_per_family = tasks_per_family,
                                                           .variant = session.options.variant,
                                                           .data = session.options.data});
}

/// What the two arms did in one probe; empty when a side is missing.
struct PairConduct {
  std::vector<std::pair<Conduct, Conduct>> by_check;
};

/// Runs pairs of episodes and reads the checks off them.
class ProbeRun {
 public:
  ProbeRun(const GateSession& session, std::shared_ptr<const suite::Suite> suite,
           const std::vector<GateCheck>& checks)
      : session_(session),
        suite_(std::move(suite)),
        checks_(checks),
        facts_(FactsOf(*suite_)),
        seed_(DeriveSeed(0, "probe episodes")),
        journal_(session.options.output_folder + "/journal-probes.jsonl", Fingerprint()),
        plan_(WorkPlanOf(
            session, suite_,
            {{"champion", session.files.champion}, {"candidate", session.files.candidate}},
            journal_)) {}

  /// One pair for each of (task, trial), in that order.
  std::vector<PairConduct> Run(const std::vector<std::pair<std::size_t, std::int64_t>>& pairs) {
    std::vector<PairConduct> conducts(pairs.size());
    const std::size_t shares = std::max(1U, session_.options.threads);
    ParallelFor(shares, session_.options.threads, [&](std::size_t share) {
      run::EpisodeWorker worker(plan_);
      for (std::size_t i = share; i < pairs.size(); i += shares) {
        if (run::StopRequested()) throw run::InterruptedError();
        conducts[i] = RunPair(worker, pairs[i].first, pairs[i].second);
      }
    });
    episodes_ += 2 * static_cast<std::int64_t>(pairs.size());
    return conducts;
  }

  std::int64_t episodes() const { return episodes_; }

 private:
  Json Fingerprint() const {
    Json fingerprint = gate::Fingerprint(session_.inputs);
    fingerprint["kind"] = "probes";
    fingerprint["suite"] = suite_->digest();
    return fingerprint;
  }

  PairConduct RunPair(run::EpisodeWorker& worker, std::size_t task, std::int64_t trial) const {
    run::EpisodeSpec spec{task, trial, "champion", run::EpisodeSeed(*suite_, task, trial, seed_)};
    const trace::Trace champion = worker.Trace(spec);
    spec.arm = "candidate";
    const trace::Trace candidate = worker.Trace(spec);
    PairConduct conduct;
    if (champion.outcome->status == trace::EpisodeStatus::kMissing ||
        candidate.outcome->status == trace::EpisodeStatus::kMissing) {
      return conduct;
    }
    for (const GateCheck& check : checks_) {
      conduct.by_check.push_back(ConductIn(check, champion, candidate));
    }
    return conduct;
  }

  std::pair<Conduct, Conduct> ConductIn(const GateCheck& check, const trace::Trace& champion,
                                        const trace::Trace& candidate) const {
    if (check.check.kind == ProbeCheck::Kind::kStop) {
      const guards::StopConduct stops = guards::ConductUnder(check.check.id, champion, candidate);
      return {stops.champion, stops.candidate};
    }
    if (guards::HasUnseenCondition(check.rule) && !guards::Reports(champion, check.check.id)) {
      return {Conduct::kAbsent, Conduct::kAbsent};
    }
    return {guards::ConductOf(check.rule, champion, facts_),
            guards::ConductOf(check.rule, candidate, facts_)};
  }

  const GateSession& session_;
  const std::shared_ptr<const suite::Suite> suite_;
  const std::vector<GateCheck>& checks_;
  const guards::ToolFactsByName facts_;
  const std::uint64_t seed_;
  run::Journal journal_;
  const run::WorkPlan plan_;
  std::int64_t episodes_ = 0;
};

bool Fell(const PairConduct& pair, std::size_t check) {
  return !pair.by_check.empty() && pair.by_check[check].first == Conduct::kKept &&
         pair.by_check[check].second == Conduct::kBroken;
}

void Count(const std::vector<PairConduct>& pairs, std::size_t check, guards::ProbeCounts& counts) {
  for (const PairConduct& pair : pairs) {
    if (!pair.by_check.empty()) {
      counts.Add(pair.by_check[check].first, pair.by_check[check].second);
    }
  }
}

// The first probes in which a strict check fell, under other seeds.
void Repeat(const std::vector<std::size_t>& tasks, const std::vector<PairConduct>& pairs,
            std::size_t check, std::int64_t repeats, ProbeRun& run, guards::ProbeResult& result) {
  std::vector<std::pair<std::size_t, std::int64_t>> again;
  std::size_t repeated = 0;
  for (std::size_t i = 0; i < pairs.size() && repeated < kRepeatedProbes; ++i) {
    if (!Fell(pairs[i], check)) continue;
    ++repeated;
    for (std::int64_t trial = 1; trial <= repeats; ++trial) again.emplace_back(tasks[i], trial);
  }
  Count(run.Run(again), check, result.repeats);
}

}  // namespace

std::vector<gate::Reason> ProbeCandidate(GateSession& session) {
  const guards::ProbePolicy& policy = session.files.policy.change.probes;
  const std::vector<GateCheck> checks = GateChecksOf(
      session.files.champion, session.files.policy.change, session.files.guard_policy.get());
  if (policy.tasks == 0 || checks.empty()) return {};
  const PhaseTimer timer("probes", session.clock, session.observer);
  const auto suite = LoadProbeSuite(session);
  const std::vector<std::size_t> tasks = ChooseProbeTasks(
      *suite, {session.files.champion, session.files.policy.change.protected_guidelines,
               session.files.policy.claim == gate::Claim::kPopulation,
               static_cast<std::size_t>(policy.tasks)});
  ProbeRun run(session, suite, checks);
  std::vector<std::pair<std::size_t, std::int64_t>> once;
  for (const std::size_t task : tasks) once.emplace_back(task, 0);
  const std::vector<PairConduct> pairs = run.Run(once);

  gate::ProbeSection section;
  section.tasks = static_cast<std::int64_t>(tasks.size());
  section.missing = std::count_if(pairs.begin(), pairs.end(),
                                  [](const PairConduct& pair) { return pair.by_check.empty(); });
  section.level = policy.level;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    guards::ProbeResult result;
    result.check = checks[i].check;
    Count(pairs, i, result.probes);
    if (result.check.strict && result.probes.falls > 0) {
      Repeat(tasks, pairs, i, policy.repeats, run, result);
    }
    section.results.push_back(std::move(result));
  }
  std::vector<gate::Reason> reasons;
  for (const guards::ChangeFinding& finding :
       guards::JudgeProbes(policy, section.tasks, section.results)) {
    reasons.push_back({"change_guard:" + finding.rule, finding.message});
  }
  section.episodes = run.episodes();
  session.probes = std::move(section);
  return reasons;
}

}  // namespace kedge::loop
