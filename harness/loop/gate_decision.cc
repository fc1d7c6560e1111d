// From loaded files to a verdict.
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"

namespace kedge::loop {
namespace {

gate::Verdict LedgerExhausted(const GateSession& session) {
  gate::Verdict verdict = VerdictWithoutEpisodes(
      session, gate::VerdictKind::kHoldInconclusive,
      {{"ledger_exhausted",
        "This season's error budget for the suite, champion and policy is "
        "used up: " +
            std::to_string(session.files.policy.ledger->season) + " candidates were tested."}});
  verdict.error_budget_left = 0;
  verdict.what_would_settle = {"Refresh the suite (a new suite digest starts a new season)."};
  return verdict;
}

}  // namespace

gate::Verdict VerdictWithoutEpisodes(const GateSession& session, gate::VerdictKind kind,
                                     std::vector<gate::Reason> reasons) {
  const GateFiles& files = session.files;
  gate::Verdict verdict;
  verdict.kind = kind;
  verdict.reasons = std::move(reasons);
  verdict.mode = "sequential";
  verdict.suite = files.suite->name();
  verdict.suite_digest = files.suite->digest();
  verdict.suite_seed = files.suite->seed();
  verdict.policy_digest = gate::PolicyDigest(files.policy, files.guard_policy.get());
  verdict.guard_policy_digest = files.guard_policy ? files.guard_policy->digest() : "";
  verdict.champion = {files.champion.name(), files.champion.hash(), {}};
  verdict.candidate = {files.candidate.name(), files.candidate.hash(), {}};
  return verdict;
}

gate::Verdict DecideGate(GateSession& session) {
  const GateFiles& files = session.files;
  if (files.champion.hash() == files.candidate.hash()) {
    return VerdictWithoutEpisodes(
        session, gate::VerdictKind::kHoldNoDifference,
        {{"identical", "The candidate is the champion: their hashes are equal."}});
  }
  std::vector<gate::Reason> change_findings;
  {
    const PhaseTimer timer("check_change", session.clock, session.observer);
    change_findings = gate::CheckChange(session.inputs);
  }
  if (!change_findings.empty()) {
    return VerdictWithoutEpisodes(session, gate::VerdictKind::kBlock, std::move(change_findings));
  }
  gate::PlanGate(session.inputs);
  if (!ReserveBudget(session)) return LedgerExhausted(session);
  const PhaseTimer timer("run", session.clock, session.observer);
  session.journal.emplace(session.options.output_folder + "/journal.jsonl",
                          gate::Fingerprint(session.inputs));
  return gate::RunGate(session.inputs, *session.journal);
}

}  // namespace kedge::loop
