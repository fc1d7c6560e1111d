// The sealed tasks: asked after the gate, on a budget, for one bit.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "harness/core/random.h"
#include "harness/gate/data_quality.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/phase_timer.h"
#include "harness/stats/vault_question.h"

namespace kedge::loop {
namespace {

stats::VaultDesign DesignOf(const GateSession& session) {
  const gate::GatePolicy& policy = session.files.policy;
  return {static_cast<std::int64_t>(session.files.vault->tasks().size()), policy.prior_discordance,
          policy.vault->margin, policy.vault->queries, policy.alpha};
}

store::VaultTerms TermsOf(const GateSession& session, const stats::VaultDesign& design) {
  return {session.files.vault->name(),
          session.files.vault->digest(),
          design.tasks,
          design.tau,
          design.alpha,
          design.queries,
          stats::ComputeVaultBudget(design).fails};
}

// Strata in a random order in which each comes once for every task of it: with the schedule's own
// order within strata, that is a random order of all tasks.
std::vector<std::size_t> StrataInOrder(const suite::Suite& vault, const run::PairSchedule& schedule,
                                       std::uint64_t seed) {
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < vault.strata().size(); ++s) {
    order.insert(order.end(), static_cast<std::size_t>(schedule.tasks_in(s)), s);
  }
  Random(DeriveSeed(seed, "vault order")).Shuffle(order);
  return order;
}

double Score(const trace::Outcome& outcome, bool use_score) {
  return use_score ? outcome.score : (outcome.success ? 1.0 : 0.0);
}

bool BreaksHardGuard(const gate::GatePolicy& policy, const trace::Outcome& outcome) {
  return std::any_of(policy.hard_guards.begin(), policy.hard_guards.end(),
                     [&](const std::string& guard) {
                       const auto found = outcome.violations.find(guard);
                       return found != outcome.violations.end() && found->second > 0;
                     });
}

/// What the episodes said: the bit, or why there is none.
struct VaultResult {
  bool passed = false;
  std::optional<gate::Reason> problem;
};

/// Runs pairs until the bit is known. Their journal has no name: nothing of them stays on disk.
class VaultRun {
 public:
  VaultRun(GateSession& session, const stats::VaultDesign& design, std::int64_t fails)
      : session_(session),
        question_(design, fails),
        // Not the run's seed: who asks again after a kill gets the same episodes.
        seed_(DeriveSeed(0, "vault/" + session.files.candidate.hash())),
        schedule_(session.files.vault, session.files.candidate.hash(), seed_) {
    OpenNameless(journal_, session.options.output_folder + "/vault.tmp");
  }

  VaultResult Run() {
    gate::GateInputs inputs = session_.inputs;
    const GateFiles& files = session_.files;
    // No observer: counts by arm would tell more than the bit.
    run::PairedRun pairs(files.vault, files.champion, files.candidate, session_.agents,
                         files.guard_policy, schedule_, *journal_, gate::EpisodeRules(inputs),
                         session_.clock, nullptr);
    std::vector<std::int64_t> next(files.vault->strata().size(), 0);
    std::vector<std::size_t> all(next.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    bool broken = false;
    for (const std::size_t stratum : StrataInOrder(*files.vault, schedule_, seed_)) {
      if (question_.passed() || broken) break;
      broken = Add(pairs.Get(stratum, next[stratum]++, all));
    }
    VaultResult result;
    result.problem = gate::FindDataQualityProblem(drops_, files.policy.max_dropped_share);
    result.passed = question_.passed() && !broken;
    return result;
  }

 private:
  // Its name is gone as soon as it is open: nothing is left even when the process is killed.
  static void OpenNameless(std::optional<run::Journal>& journal, const std::string& path) {
    journal.emplace(path, Json{{"kind", "vault"}});
    unlink(path.c_str());
  }

  // True when the candidate broke a hard guard.
  bool Add(const run::PairOutcome& pair) {
    ++drops_.planned;
    const bool champion_missing = pair.champion.status == trace::EpisodeStatus::kMissing;
    const bool candidate_missing = pair.candidate.status == trace::EpisodeStatus::kMissing;
    drops_.champion_missing += champion_missing ? 1 : 0;
    drops_.candidate_missing += candidate_missing ? 1 : 0;
    drops_.both_missing += champion_missing && candidate_missing ? 1 : 0;
    if (pair.missing()) return false;
    const bool use_score = session_.files.policy.use_score;
    question_.Add(Score(pair.candidate, use_score) - Score(pair.champion, use_score));
    return BreaksHardGuard(session_.files.policy, pair.candidate);
  }

  GateSession& session_;
  stats::VaultQuestion question_;
  const std::uint64_t seed_;
  run::PairSchedule schedule_;
  std::optional<run::Journal> journal_;
  stats::DroppedPairs drops_;
};

void Hold(gate::Verdict& verdict, gate::Reason reason, std::string next_step) {
  verdict.kind = gate::VerdictKind::kHoldInconclusive;
  verdict.reasons.insert(verdict.reasons.begin(), std::move(reason));
  verdict.what_would_settle = {std::move(next_step)};
}

void HoldForBudget(GateSession& session, gate::Verdict& verdict) {
  session.decided = false;
  Hold(verdict,
       {"vault_exhausted",
        "The gate would promote, but the budget of the sealed tasks is spent (or held by a "
        "question that was never answered): they may not be asked any more."},
       fmt::format("Retire the vault to the gate split and draw a new one; at least {} tasks carry "
                   "this margin and as many questions.",
                   session.files.vault->tasks().size()));
}

void Describe(GateSession& session, const store::VaultQuery& query, gate::Verdict& verdict) {
  const double margin = session.files.policy.vault->margin;
  verdict.vault =
      gate::VaultAnswer{query.passed.value_or(false), margin, query.queries_left, query.fails_left};
  if (verdict.vault->passed) {
    verdict.reasons.push_back({"vault_passed", fmt::format("A loss of {:.1f} points or more is "
                                                           "excluded on the sealed tasks.",
                                                           100 * margin)});
    return;
  }
  Hold(
      verdict,
      {"vault_failed", fmt::format("The gate would promote, but a loss of {:.1f} points or more is "
                                   "not excluded on the sealed tasks.",
                                   100 * margin)},
      "A person may promote it with a name and a reason; a candidate that learned less from "
      "single tasks may pass.");
}

}  // namespace

void AskVault(GateSession& session, gate::Verdict& verdict) {
  if (verdict.kind != gate::VerdictKind::kPromote || !session.files.vault) return;
  const PhaseTimer timer("vault", session.clock, session.observer);
  const stats::VaultDesign design = DesignOf(session);
  const store::VaultTerms terms = TermsOf(session, design);
  const std::string& champion = session.files.champion.hash();
  const std::string& candidate = session.files.candidate.hash();
  store::VaultLedger& ledger = session.store->vaults();
  std::optional<store::VaultQuery> query = ledger.Ask(terms, champion, candidate);
  if (!query) return HoldForBudget(session, verdict);
  if (!query->passed) {
    VaultResult result = VaultRun(session, design, terms.fails).Run();
    if (result.problem) {
      session.decided = false;
      return Hold(verdict, *result.problem,
                  "Make the infrastructure reliable and run the same gate again; the question to "
                  "the vault is kept.");
    }
    query = ledger.Answer(terms.suite_digest, champion, candidate, result.passed);
  }
  Describe(session, *query, verdict);
}

}  // namespace kedge::loop
