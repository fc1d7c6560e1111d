// The error budget of a gate: reserved before a task is run.
#include "harness/core/error.h"
#include "harness/loop/gate_steps.h"

namespace kedge::loop {

store::LedgerKey LedgerAccount(const GateSession& session) {
  const GateFiles& files = session.files;
  return {files.suite->name(), files.suite->digest(), files.champion.hash(),
          gate::PolicyDigest(files.policy, files.guard_policy.get())};
}

bool ReserveBudget(GateSession& session) {
  const gate::GatePolicy& policy = session.files.policy;
  if (!policy.ledger) return true;
  if (session.store == nullptr) {
    throw UsageError("the policy keeps a ledger, so the gate needs a store (--store FILE)");
  }
  const auto reservation = session.store->Reserve(
      LedgerAccount(session), session.files.candidate.hash(), session.agents.fingerprint(),
      policy.ledger->fdr, policy.ledger->season, policy.alpha);
  if (!reservation) return false;
  session.inputs.alpha = reservation->alpha;
  session.inputs.error_budget_left = reservation->budget_left;
  return true;
}

}  // namespace kedge::loop
