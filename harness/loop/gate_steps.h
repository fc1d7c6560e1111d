#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/drift/tape_scores.h"
#include "harness/gate/gate.h"
#include "harness/loop/gate_session.h"
#include "harness/loop/gate_traces.h"
#include "harness/run/episode_worker.h"
#include "harness/run/journal.h"
#include "harness/store/store.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// The steps of RunGateSession, one file each; for the files of this room only. They run in the
/// order below, and each may rely on what the steps before it left in the GateSession.

/// What decides, apart from evidence.
struct GateRules {
  gate::GatePolicy policy;
  std::shared_ptr<const guards::Policy> guard_policy;  ///< null: no guards watch
};

/// Reads and validates a policy with the guards that it names; the defaults for an empty path.
GateRules LoadGateRules(const std::string& policy_file);

/// Everything that a gate reads from files.
struct GateFiles {
  gate::GatePolicy policy;
  std::shared_ptr<const guards::Policy> guard_policy;  ///< null: no guards watch
  strategy::Strategy champion;
  strategy::Strategy candidate;
  std::shared_ptr<const suite::Suite> suite;
  std::shared_ptr<const suite::Suite> vault;  ///< the sealed tasks; null: the policy asks none
  std::shared_ptr<const GateTraces> traces;   ///< of production; null: none were brought
  std::string author;                         ///< public key of the candidate's; empty when unknown
};

/// Reads and validates all files of the session. Throws Error; nothing is written.
GateFiles LoadGateFiles(const GateSessionOptions& options);

/// One gate from its files to its reports. What is passed in must outlive it. Not movable: `inputs`
/// refers to `files`.
struct GateSession {
  GateSession(const GateSessionOptions& session_options, const agent::AgentFactory& agent_factory,
              const Clock& session_clock, Observer& session_observer);
  GateSession(const GateSession&) = delete;
  GateSession& operator=(const GateSession&) = delete;

  const GateSessionOptions& options;
  const agent::AgentFactory& agents;
  const Clock& clock;
  Observer& observer;
  const GateFiles files;
  std::unique_ptr<store::Store> store;  ///< null: none is kept
  gate::GateInputs inputs;              ///< alpha is what the ledger granted, once it was asked
  std::optional<run::Journal> journal;  ///< open from the first episode to the end
  std::vector<gate::Reason> asked;      ///< of the change, which a person has to approve
  std::optional<gate::ProbeSection> probes;  ///< set by ProbeCandidate, for every verdict after it
  bool decided = false;  ///< the rule is settled, so a HOLD_INCONCLUSIVE is for good, too
  /// Production traces that were only followed (JudgeTraces), for the drift section.
  std::vector<drift::FollowedPair> followed;
  bool recorded = false;  ///< the verdict comes from the history
  Json document;          ///< of a recorded verdict, as it was recorded
};

/// Episodes of this gate on the tasks of `suite`, each arm's strategy by its name, under the gate's
/// guards and limits; `journal` and the session must outlive it.
run::WorkPlan WorkPlanOf(const GateSession& session, std::shared_ptr<const suite::Suite> suite,
                         std::map<std::string, strategy::Strategy> strategies,
                         run::Journal& journal);

/// The account of the error budget that this gate spends from.
store::LedgerKey LedgerAccount(const GateSession& session);
/// Spends the error budget of the candidate: sets alpha and the budget left of `inputs`. Returns
/// the verdict when there is nothing to be run: the recorded one of a candidate that was decided
/// before, or HOLD_INCONCLUSIVE when the season is used up. Without a ledger nothing happens.
std::optional<gate::Verdict> SpendBudget(GateSession& session);

/// The evidence of the candidate in the ledger; null without a ledger. Call after SpendBudget. The
/// session must outlive it.
std::unique_ptr<gate::PairPool> OpenPairPool(const GateSession& session);

/// The suite's score as it may be published after this candidate; nullopt without a ledger.
std::optional<gate::PublishedScore> PublishScore(const GateSession& session);

/// Asks the sealed tasks, if the policy has any and the verdict is PROMOTE, on their own budget.
/// What comes back in the verdict is one bit; nothing of the episodes is kept. Anything but a pass
/// turns PROMOTE into HOLD_INCONCLUSIVE.
void AskVault(GateSession& session, gate::Verdict& verdict);

/// HOLD_INCONCLUSIVE (`uncertified`) when the policy wants a certificate that is not there, too old
/// or about something else.
std::optional<gate::Verdict> RequireCertificate(const GateSession& session);

/// What the change guard says with all that is known here: the suite's tools, its hidden tasks and
/// the archives the candidate was learned from.
gate::ChangeReasons CheckGateChange(const GateSession& session);

/// Runs both arms on the fixed probe set and refuses a candidate that does less for safety than the
/// champion (S3's replay, S15). Returns the reasons to block, and leaves the evidence in the
/// session; nothing happens when there is nothing to probe or the policy asks for no probes.
std::vector<gate::Reason> ProbeCandidate(GateSession& session);

/// Asks for the approvals that the change or the policy needs; without them a PROMOTE waits.
void AskApprovals(GateSession& session, gate::Verdict& verdict);

/// Says which changed rules are behind the pairs that the candidate lost: those that spoke in them
/// more often than chance lets them, and what comes back when the lost tasks are run again with one
/// change undone. Needs an agent that says which rules it followed. Changes `suspects` of the
/// verdict only.
void NameSuspects(GateSession& session, gate::Verdict& verdict);

/// A verdict that was reached before any episode.
gate::Verdict VerdictWithoutEpisodes(const GateSession& session, gate::VerdictKind kind,
                                     std::vector<gate::Reason> reasons);
/// Checks the change, reserves the budget, runs the pairs.
gate::Verdict DecideGate(GateSession& session);

/// Writes all reports or none; those of a verdict from the history stay as they are where they are
/// already.
GateSessionResult WriteGateReports(const GateSession& session, gate::Verdict verdict);

/// Records the verdict once, however often the same command is run again, and settles its test.
void RecordVerdict(const GateSession& session, const gate::Verdict& verdict);

}  // namespace kedge::loop
