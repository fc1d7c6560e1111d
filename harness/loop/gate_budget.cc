// The error budget of a gate: reserved before a task is run.
#include "harness/core/error.h"
#include "harness/loop/gate_steps.h"

namespace kedge::loop {
namespace {

gate::Verdict LedgerExhausted(const GateSession& session) {
  const std::int64_t season = session.files.policy.ledger->season;
  gate::Verdict verdict = VerdictWithoutEpisodes(
      session, gate::VerdictKind::kHoldInconclusive,
      {{"ledger_exhausted",
        "This season's error budget for the suite, champion and policy is used "
        "up: " +
            std::to_string(season) + " candidates were tested."}});
  verdict.error_budget_left = 0;
  verdict.what_would_settle = {
      "Refresh the suite: other tasks have another digest and start a new season of " +
          std::to_string(season) +
          " candidates; it costs a new set of gate tasks (--suite-seed N "
          "draws one from the families) and runs the champion on them again, at most " +
          std::to_string(2 * session.files.policy.max_pairs) + " episodes a candidate.",
      "Promote the best candidate that passed: a new champion starts a new season too."};
  return verdict;
}

gate::Verdict RecordedVerdict(GateSession& session, const store::Settlement& settlement) {
  const auto row = session.store->FindVerdict(settlement.verdict_digest);
  if (!row) {
    throw BadData("the ledger has decided candidate " + session.files.candidate.hash() +
                  ", but its verdict is not in the history; `kedge verify` says what is missing")
        .At(session.options.store_file);
  }
  session.recorded = true;
  session.document = row->document;
  return gate::VerdictFromJson(row->document, session.options.store_file);
}

}  // namespace

store::LedgerKey LedgerAccount(const GateSession& session) {
  const GateFiles& files = session.files;
  return {files.suite->name(), files.suite->digest(), files.champion.hash(),
          gate::PolicyDigest(files.policy, files.guard_policy.get())};
}

std::optional<gate::Verdict> SpendBudget(GateSession& session) {
  const gate::GatePolicy& policy = session.files.policy;
  if (!policy.ledger) return std::nullopt;
  if (session.store == nullptr) {
    throw UsageError("the policy keeps a ledger, so the gate needs a store (--store FILE)");
  }
  const auto reservation = session.store->Reserve(
      LedgerAccount(session), session.files.candidate.hash(), session.agents.fingerprint(),
      policy.ledger->fdr, policy.ledger->season, policy.alpha);
  if (!reservation) return LedgerExhausted(session);
  session.inputs.alpha = reservation->alpha;
  session.inputs.error_budget_left = reservation->budget_left;
  if (reservation->settled) return RecordedVerdict(session, *reservation->settled);
  return std::nullopt;
}

}  // namespace kedge::loop
