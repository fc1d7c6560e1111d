// The history of a gate.
#include "harness/loop/gate_steps.h"
#include "harness/loop/strategy_files.h"

namespace kedge::loop {

void RecordVerdict(const GateSession& session, const gate::Verdict& verdict) {
  if (session.store == nullptr || session.recorded) return;
  const GateFiles& files = session.files;
  session.store->registry().KeepFiles(files.champion.hash(),
                                      ReadStrategyFiles(session.options.champion_folder));
  session.store->registry().KeepFiles(files.candidate.hash(),
                                      ReadStrategyFiles(session.options.candidate_folder));
  const std::string digest = gate::Digest(verdict);
  if (!session.store->FindVerdict(digest)) {
    session.store->AddVerdict({0, session.clock.UnixNanos(), verdict.suite, verdict.champion.hash,
                               verdict.candidate.hash, std::string(ToString(verdict.kind)), digest,
                               gate::ToJson(verdict)});
  }
  // Without a journal the test was never reserved.
  const bool decided = session.decided || verdict.kind != gate::VerdictKind::kHoldInconclusive;
  if (files.policy.ledger && session.journal && decided) {
    session.store->Settle(LedgerAccount(session), files.candidate.hash(),
                          {verdict.kind == gate::VerdictKind::kPromote, digest});
  }
}

}  // namespace kedge::loop
