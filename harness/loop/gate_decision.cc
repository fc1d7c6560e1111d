// From loaded files to a verdict.
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"

namespace kedge::loop {
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
  verdict.suite_variant = files.suite->variant();
  verdict.policy_digest = gate::PolicyDigest(files.policy, files.guard_policy.get());
  verdict.guard_policy_digest = files.guard_policy ? files.guard_policy->digest() : "";
  verdict.champion = {files.champion.name(), files.champion.hash(), {}};
  verdict.candidate = {files.candidate.name(), files.candidate.hash(), {}};
  verdict.probes = session.probes;
  return verdict;
}

gate::Verdict RunPairs(GateSession& session) {
  const std::unique_ptr<gate::PairPool> pool = OpenPairPool(session);
  gate::GateInputs inputs = session.inputs;
  // Two tests may block then, the suite's and production's; each gets half of the allowance.
  if (session.files.traces) inputs.policy.alpha_block /= 2;
  gate::Verdict verdict = gate::RunGate(inputs, *session.journal, pool.get());
  verdict.policy_digest =
      gate::PolicyDigest(session.files.policy, session.files.guard_policy.get());
  session.decided = verdict.kind != gate::VerdictKind::kHoldInconclusive;
  verdict.published = PublishScore(session);
  verdict.probes = session.probes;
  return verdict;
}

gate::Verdict DecideGate(GateSession& session) {
  const GateFiles& files = session.files;
  if (files.champion.hash() == files.candidate.hash()) {
    return VerdictWithoutEpisodes(
        session, gate::VerdictKind::kHoldNoDifference,
        {{"identical", "The candidate is the champion: their hashes are equal."}});
  }
  gate::ChangeReasons change;
  {
    const PhaseTimer timer("check_change", session.clock, session.observer);
    change = CheckGateChange(session);
  }
  if (!change.deny.empty()) {
    return VerdictWithoutEpisodes(session, gate::VerdictKind::kBlock, std::move(change.deny));
  }
  session.asked = std::move(change.ask);
  if (std::optional<gate::Verdict> uncertified = RequireCertificate(session)) return *uncertified;
  gate::PlanGate(session.inputs);
  std::optional<gate::Verdict> settled = SpendBudget(session);
  if (settled && !session.recorded) return *settled;
  session.journal.emplace(session.options.output_folder + "/journal.jsonl",
                          gate::Fingerprint(session.inputs));
  if (settled) return *settled;
  if (std::vector<gate::Reason> fallen = ProbeCandidate(session); !fallen.empty()) {
    return VerdictWithoutEpisodes(session, gate::VerdictKind::kBlock, std::move(fallen));
  }
  const PhaseTimer timer("run", session.clock, session.observer);
  return RunPairs(session);
}

}  // namespace kedge::loop
