// The history of a gate.
#include "harness/loop/gate_steps.h"

namespace kedge::loop {

void RecordVerdict(const GateSession& session, const gate::Verdict& verdict) {
  if (session.store == nullptr) return;
  const std::string digest = gate::Digest(verdict);
  if (!session.store->FindVerdict(digest))
    session.store->AddVerdict({0, session.clock.UnixNanos(), verdict.suite, verdict.champion.hash,
                               verdict.candidate.hash, std::string(ToString(verdict.kind)), digest,
                               gate::ToJson(verdict)});
  if (session.files.policy.ledger && verdict.episodes > 0) {
    session.store->Settle(LedgerAccount(session), session.files.candidate.hash(),
                          {verdict.kind == gate::VerdictKind::kPromote, digest});
  }
}

}  // namespace kedge::loop
