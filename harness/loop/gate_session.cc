#include "harness/loop/gate_session.h"

#include <utility>

#include "harness/core/file.h"
#include "harness/loop/gate_drift.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/open_store.h"
#include "harness/loop/phase_timer.h"

namespace kedge::loop {
namespace {

GateFiles TimedLoad(const GateSessionOptions& options, const Clock& clock, Observer& observer) {
  const PhaseTimer timer("load", clock, observer);
  return LoadGateFiles(options);
}

}  // namespace

GateSession::GateSession(const GateSessionOptions& session_options,
                         const agent::AgentFactory& agent_factory, const Clock& session_clock,
                         Observer& session_observer)
    : options(session_options),
      agents(agent_factory),
      clock(session_clock),
      observer(session_observer),
      files(TimedLoad(options, clock, observer)),
      inputs{files.suite,      files.champion,     files.candidate,           agents,
             files.policy,     files.guard_policy, files.policy.alpha,        std::nullopt,
             options.run_seed, options.threads,    files.suite->user_noise(), clock,
             &observer} {}

run::WorkPlan WorkPlanOf(const GateSession& session, std::shared_ptr<const suite::Suite> suite,
                         std::map<std::string, strategy::Strategy> strategies,
                         run::Journal& journal) {
  return {std::move(suite), std::move(strategies),
          session.agents,   session.files.guard_policy,
          &journal,         gate::EpisodeRules(session.inputs).episode,
          session.clock,    &session.observer};
}

GateSessionResult RunGateSession(const GateSessionOptions& options,
                                 const agent::AgentFactory& agents, const Clock& clock,
                                 Observer& observer) {
  const std::int64_t start = clock.SteadyNanos();
  GateSession session(options, agents, clock, observer);
  MakeFolders(options.output_folder);
  if (!options.store_file.empty()) session.store = OpenStore(options.store_file, clock);
  gate::Verdict verdict = DecideGate(session);
  if (!session.recorded) {
    JudgeTraces(session, verdict);
    AddGateDrift(session, verdict);
    AskApprovals(session, verdict);
    AskVault(session, verdict);
    gate::Reclassify(verdict);
    NameSuspects(session, verdict);
    verdict.champion.source = options.champion_folder;
    verdict.candidate.source = options.candidate_folder;
    verdict.seconds = static_cast<double>(clock.SteadyNanos() - start) / 1e9;
  }
  const PhaseTimer timer("report", clock, observer);
  GateSessionResult result = WriteGateReports(session, std::move(verdict));
  RecordVerdict(session, result.verdict);
  return result;
}

}  // namespace kedge::loop
