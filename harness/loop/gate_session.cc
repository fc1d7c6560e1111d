#include "harness/loop/gate_session.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/gate/gate.h"
#include "harness/loop/open_store.h"
#include "harness/run/journal.h"
#include "harness/run/paired_run.h"
#include "harness/store/store.h"
#include "reports/report.h"

namespace kedge::loop {
namespace {

/// Reports how long a phase took, also when it ends by an exception.
class PhaseTimer {
 public:
  PhaseTimer(std::string phase, const Clock& clock, Observer& observer)
      : phase_(std::move(phase)), clock_(clock), observer_(observer), start_(clock.SteadyNanos()) {}
  ~PhaseTimer() {
    observer_.On(PhaseFinished{phase_, static_cast<double>(clock_.SteadyNanos() - start_) / 1e9});
  }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  std::string phase_;
  const Clock& clock_;
  Observer& observer_;
  std::int64_t start_;
};

struct Loaded {
  gate::GatePolicy policy;
  std::shared_ptr<const guards::Policy> guard_policy;
  strategy::Strategy champion;
  strategy::Strategy candidate;
  std::shared_ptr<const suite::Suite> suite;
};

void CheckGuardNames(const gate::GatePolicy& policy, const guards::Policy& guard_policy,
                     const std::string& policy_file) {
  const std::vector<std::string> known = guard_policy.rule_ids();
  for (const std::vector<std::string>* names : {&policy.hard_guards, &policy.rate_guards}) {
    for (const std::string& name : *names) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      throw BadData("there is no rule '" + name + "' in " + policy.guard_policy)
          .At(policy_file, 0, "guards");
    }
  }
}

Loaded LoadAll(const GateSessionOptions& options) {
  gate::GatePolicy policy = options.policy_file.empty() ? gate::DefaultGatePolicy()
                                                        : gate::LoadGatePolicy(options.policy_file);
  std::shared_ptr<const guards::Policy> guard_policy;
  if (!policy.guard_policy.empty()) {
    guard_policy = guards::Policy::Load(policy.guard_policy);
    CheckGuardNames(policy, *guard_policy, options.policy_file);
  }
  strategy::Strategy champion = strategy::Strategy::Load(options.champion_folder);
  strategy::Strategy candidate = strategy::Strategy::Load(options.candidate_folder);
  suite::SuiteOptions suite_options;
  suite_options.seed = options.suite_seed;
  auto suite = suite::Suite::Load(options.suite_folder, suite_options);
  return {std::move(policy), std::move(guard_policy), std::move(champion), std::move(candidate),
          std::move(suite)};
}

gate::GateInputs Inputs(const Loaded& loaded, const GateSessionOptions& options,
                        const agent::AgentFactory& agents, const Clock& clock, Observer& observer) {
  gate::GateInputs inputs{
      loaded.suite,     loaded.champion,     loaded.candidate,           agents,
      loaded.policy,    loaded.guard_policy, loaded.policy.alpha,        std::nullopt,
      options.run_seed, options.threads,     loaded.suite->user_noise(), clock,
      &observer};
  return inputs;
}

store::LedgerKey LedgerAccount(const Loaded& loaded) {
  return {loaded.suite->name(), loaded.suite->digest(), loaded.champion.hash(),
          gate::PolicyDigest(loaded.policy, loaded.guard_policy.get())};
}

/// Fills alpha from the ledger; false when the season is used up.
bool ReserveBudget(const Loaded& loaded, store::Store* store, gate::GateInputs& inputs) {
  if (!loaded.policy.ledger) return true;
  if (store == nullptr) {
    throw UsageError("the policy keeps a ledger, so the gate needs a store (--store FILE)");
  }
  const auto reservation =
      store->Reserve(LedgerAccount(loaded), loaded.candidate.hash(), loaded.policy.ledger->fdr,
                     loaded.policy.ledger->season, loaded.policy.alpha);
  if (!reservation) return false;
  inputs.alpha = reservation->alpha;
  inputs.error_budget_left = reservation->budget_left;
  return true;
}

gate::Verdict WithoutEpisodes(const Loaded& loaded, gate::VerdictKind kind,
                              std::vector<gate::Reason> reasons) {
  gate::Verdict verdict;
  verdict.kind = kind;
  verdict.reasons = std::move(reasons);
  verdict.mode = "sequential";
  verdict.suite = loaded.suite->name();
  verdict.suite_digest = loaded.suite->digest();
  verdict.suite_seed = loaded.suite->seed();
  verdict.policy_digest = gate::PolicyDigest(loaded.policy, loaded.guard_policy.get());
  verdict.guard_policy_digest = loaded.guard_policy ? loaded.guard_policy->digest() : "";
  verdict.champion = {loaded.champion.name(), loaded.champion.hash(), {}};
  verdict.candidate = {loaded.candidate.name(), loaded.candidate.hash(), {}};
  return verdict;
}

gate::Verdict LedgerExhausted(const Loaded& loaded) {
  gate::Verdict verdict = WithoutEpisodes(
      loaded, gate::VerdictKind::kHoldInconclusive,
      {{"ledger_exhausted",
        "This season's error budget for the suite, champion and policy is "
        "used up: " +
            std::to_string(loaded.policy.ledger->season) + " candidates were tested."}});
  verdict.error_budget_left = 0;
  verdict.what_would_settle = {"Refresh the suite (a new suite digest starts a new season)."};
  return verdict;
}

/// Runs the gate proper; the journal is closed when this returns.
gate::Verdict Decide(const Loaded& loaded, const GateSessionOptions& options,
                     gate::GateInputs& inputs, store::Store* store, const Clock& clock,
                     Observer& observer) {
  if (loaded.champion.hash() == loaded.candidate.hash()) {
    return WithoutEpisodes(
        loaded, gate::VerdictKind::kHoldNoDifference,
        {{"identical", "The candidate is the champion: their hashes are equal."}});
  }
  std::vector<gate::Reason> change_findings;
  {
    const PhaseTimer timer("check_change", clock, observer);
    change_findings = gate::CheckChange(inputs);
  }
  if (!change_findings.empty()) {
    return WithoutEpisodes(loaded, gate::VerdictKind::kBlock, std::move(change_findings));
  }
  gate::PlanGate(inputs);
  if (!ReserveBudget(loaded, store, inputs)) return LedgerExhausted(loaded);
  const PhaseTimer timer("run", clock, observer);
  run::Journal journal(options.output_folder + "/journal.jsonl", gate::Fingerprint(inputs));
  return gate::RunGate(inputs, journal);
}

/// Records the verdict once, however often the same command is run again.
void Record(const Loaded& loaded, const gate::Verdict& verdict, store::Store* store,
            const Clock& clock) {
  if (store == nullptr) return;
  const std::string digest = gate::Digest(verdict);
  for (const store::VerdictRow& row : store->Verdicts(50)) {
    if (row.digest == digest) return;
  }
  store->AddVerdict({0, clock.UnixNanos(), verdict.suite, verdict.champion.hash,
                     verdict.candidate.hash, std::string(ToString(verdict.kind)), digest,
                     gate::ToJson(verdict)});
  if (loaded.policy.ledger && verdict.episodes > 0) {
    store->Settle(LedgerAccount(loaded), loaded.candidate.hash(),
                  verdict.kind == gate::VerdictKind::kPromote);
  }
}

reports::TraceLookup JournalLookup(const Loaded& loaded, const run::Journal& journal) {
  return [&](std::string_view arm, std::string_view task_id,
             std::int64_t trial) -> std::optional<trace::Trace> {
    for (std::size_t i = 0; i < loaded.suite->tasks().size(); ++i) {
      if (loaded.suite->tasks()[i].id != task_id) continue;
      return journal.FindTrace(run::EpisodeId(*loaded.suite, {i, trial, std::string(arm), 0}));
    }
    return std::nullopt;
  };
}

GateSessionResult WriteReports(const Loaded& loaded, const GateSessionOptions& options,
                               const gate::GateInputs& inputs, gate::Verdict verdict,
                               const Clock& clock) {
  const std::string& folder = options.output_folder;
  GateSessionResult result{std::move(verdict), folder + "/report.html", folder + "/summary.md",
                           folder + "/junit.xml", folder + "/verdict.json"};
  reports::ReportContext context;
  context.title = result.verdict.suite + ": " + result.verdict.champion.name + " against " +
                  result.verdict.candidate.name;
  context.generated_at = FormatTimestamp(clock.UnixNanos());
  context.version = options.version;
  std::optional<run::Journal> journal;
  if (result.verdict.episodes > 0) {
    journal.emplace(folder + "/journal.jsonl", gate::Fingerprint(inputs));
    context.traces = JournalLookup(loaded, *journal);
  }
  reports::WriteGateHtml(result.html, result.verdict, context);
  WriteFileAtomic(result.markdown, reports::GateMarkdown(result.verdict));
  WriteFileAtomic(result.junit, reports::GateJUnit(result.verdict));
  WriteFileAtomic(result.json, PrettyJson(gate::ToJson(result.verdict)) + "\n");
  return result;
}

}  // namespace

GateSessionResult RunGateSession(const GateSessionOptions& options,
                                 const agent::AgentFactory& agents, const Clock& clock,
                                 Observer& observer) {
  const std::int64_t start = clock.SteadyNanos();
  std::optional<Loaded> loaded;
  {
    const PhaseTimer timer("load", clock, observer);
    loaded = LoadAll(options);
  }
  MakeFolders(options.output_folder);
  std::unique_ptr<store::Store> store;
  if (!options.store_file.empty()) store = OpenStore(options.store_file, clock);
  gate::GateInputs inputs = Inputs(*loaded, options, agents, clock, observer);
  gate::Verdict verdict = Decide(*loaded, options, inputs, store.get(), clock, observer);
  verdict.champion.source = options.champion_folder;
  verdict.candidate.source = options.candidate_folder;
  verdict.seconds = static_cast<double>(clock.SteadyNanos() - start) / 1e9;
  const PhaseTimer timer("report", clock, observer);
  GateSessionResult result = WriteReports(*loaded, options, inputs, std::move(verdict), clock);
  Record(*loaded, result.verdict, store.get(), clock);
  return result;
}

}  // namespace kedge::loop
