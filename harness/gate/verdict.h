#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/change/approval.h"
#include "harness/core/json.h"
#include "harness/gate/drift_section.h"
#include "harness/gate/probe_section.h"
#include "harness/gate/suspect_section.h"
#include "harness/stats/verdict.h"

namespace kedge::gate {

enum class VerdictKind { kPromote, kBlock, kHoldNoDifference, kHoldInconclusive };

/// "PROMOTE", "BLOCK", "HOLD_NO_DIFFERENCE", "HOLD_INCONCLUSIVE".
std::string_view ToString(VerdictKind kind);
/// What a decision rule said. Throws Error(kInternal) for a rule that is still running.
VerdictKind KindOf(stats::Verdict verdict);
/// 0, 1, 2, 2.
int ExitCode(VerdictKind kind);

/// Why: a code for machines (`improvement`, `no_worthwhile_gain`, `regression:<stratum>`,
/// `hard_guard:<id>`, `guard_rate:<id>`, `exposure:<id>`, `budget:<name>`, `change_guard:<id>`,
/// `underpowered`, `too_few_clusters`, `data_quality`, `infrastructure`, `ledger_exhausted`, ...)
/// and a sentence.
struct Reason {
  std::string code;
  std::string text;
};

/// A two-sided interval for a mean.
struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
  double level = 0.9;
};

/// The 2x2 table of paired binary outcomes, and what found no partner.
struct PairTable {
  std::int64_t n = 0;
  std::int64_t both = 0;
  std::int64_t only_champion = 0;
  std::int64_t only_candidate = 0;
  std::int64_t neither = 0;
  std::int64_t unpaired_champion = 0;
  std::int64_t unpaired_candidate = 0;
  std::int64_t dropped = 0;  ///< pairs left out because a side is missing (infrastructure)
};

/// One question the verdict rests on: overall, a stratum, a guard rate, cost or latency.
struct Component {
  std::string name;    ///< "overall", "stratum:orders", "guard:no_refund_first", "cost"
  double weight = 0;   ///< strata only
  double margin = 0;   ///< loss that must be excluded
  std::int64_t n = 0;  ///< units (tasks or clusters) behind it
  std::int64_t clusters = 0;
  Interval delta;  ///< candidate minus champion; for guards the rise in violations is negative
  std::optional<double> p_up, p_down;                               ///< fixed-n mode
  std::optional<double> log_e_gain, log_e_noninferior, log_e_harm;  ///< sequential mode
  std::string state;                   ///< "gain shown", "non-inferior", "harm shown", "open"
  std::optional<std::int64_t> n_more;  ///< further pairs that would settle it, if any number would
};

/// Effect inside one family: description only, no decision rests on it.
struct FamilyEffect {
  std::string family;
  std::string stratum;
  std::int64_t n = 0;
  double champion_rate = 0;
  double candidate_rate = 0;
  Interval delta;
};

struct GuardCount {
  std::string id;
  std::string why;       ///< what it is for; empty when unknown (recorded outcomes)
  std::string severity;  ///< "critical" ... "info"; empty when unknown
  std::string effect;    ///< what it does where it speaks: "deny", "ask", "redact", "warn"
  bool hard = false;
  bool shadow = false;        ///< only recorded: the counts below are findings, no violations
  std::int64_t exposure = 0;  ///< candidate episodes the guard watched
  std::int64_t champion_violations = 0;  ///< episodes with at least one attempt
  std::int64_t candidate_violations = 0;
  double candidate_rate_upper = 1;  ///< exact (Clopper-Pearson) one-sided 95 % limit
};

/// Mean per episode of something that is paid for.
struct ResourceUse {
  std::string name;  ///< "cost", "latency_seconds", "tokens", "steps", "tool_calls"
  double champion = 0;
  double candidate = 0;
  std::optional<double> ratio, ratio_low, ratio_high;  ///< candidate / champion, Fieller 95 %
};

/// A task whose outcome differs between the arms.
struct Flip {
  std::string task_id;
  std::string family;
  std::string stratum;
  std::int64_t trial = 0;  ///< negative: of an earlier run of the same test
  bool gained = false;     ///< candidate succeeded where the champion failed
};

/// A complete pair that the verdict rests on.
struct SeenPair {
  std::size_t task_index = 0;  ///< in the suite
  std::int64_t trial = 0;      ///< negative: its traces are not in this run's journal
  double difference = 0;       ///< candidate minus champion, in [-1, 1]
  bool champion_passed = false;
  bool candidate_passed = false;
};

struct Subject {
  std::string name;
  std::string hash;    ///< strategy hash; empty for recorded outcomes
  std::string source;  ///< path or file#subject
};

/// What the sealed tasks said of a candidate that the gate would promote: one bit.
struct VaultAnswer {
  bool passed = false;  ///< a loss of `margin` or more is excluded
  double margin = 0;
  std::int64_t queries_left = 0;  ///< questions it may still be asked
  std::int64_t fails_left = 0;    ///< of which so many may be answered with "failed"
};

/// The score of the best strategy so far on a suite, as it may be told: it moves only when a
/// candidate beats the best by more than the noise (the parameter-free Ladder).
struct PublishedScore {
  double score = 0;     ///< in [0, 1], rounded to 1/tasks
  bool raised = false;  ///< by this candidate
};

/// What people must sign before the candidate may be promoted.
struct ApprovalState {
  guards::ApprovalStatement statement;
  std::int64_t needed = 0;  ///< approvals of different people
  std::int64_t valid = 0;   ///< of those that were brought
};

/// The verdict with everything it rests on. `ToJson` is the public `--json` form; the digest
/// covers all of it except wall-clock quantities and `suspects`, which explain and decide nothing,
/// so same inputs and seed give the same digest.
struct Verdict {
  VerdictKind kind = VerdictKind::kHoldInconclusive;
  std::vector<Reason> reasons;
  std::vector<std::string> what_would_settle;  ///< for HOLD_INCONCLUSIVE: next steps with a price
  std::string mode;                            ///< "sequential" or "fixed"
  std::string estimand;  ///< one sentence naming what the effect is an effect of
  Subject champion, candidate;
  std::string suite;
  std::string suite_digest;
  std::uint64_t suite_seed = 0;
  std::uint64_t suite_variant = 0;  ///< of the suite's world
  std::string policy_digest;
  std::string guard_policy_digest;
  double alpha = 0.05, alpha_block = 0.05, beta = 0.1;
  std::optional<double> error_budget_left;  ///< of the season, when a ledger is kept
  PairTable pairs;
  Interval delta;           ///< overall effect on the score
  std::string delta_label;  ///< e.g. "at stopping, biased up"; empty when unbiased
  std::optional<double> mcnemar_exact_p,
      mcnemar_mid_p;  ///< two-sided, unclustered, information only
  std::string decision_method;
  double p_up = 1, p_down = 1;  ///< fixed-n mode: what decided overall
  std::vector<Component> components;
  std::vector<FamilyEffect> families;
  std::vector<GuardCount> guards;
  std::vector<ResourceUse> resources;
  std::vector<Flip> flips;
  std::optional<VaultAnswer> vault;         ///< when the vault was asked
  std::optional<PublishedScore> published;  ///< when a ledger is kept
  std::optional<ApprovalState> approval;    ///< when a promotion needs people
  std::optional<ProbeSection> probes;       ///< when there was something to probe
  Json details;  ///< statistics for reading only (psi, rho, ICC, MDE, pass@k, pass^k, ...)
  std::int64_t episodes = 0;
  std::int64_t missing_episodes = 0;
  std::vector<SeenPair> seen_pairs;        ///< in the order seen; not in the JSON
  std::optional<DriftSection> drift;       ///< nullopt: the policy does not ask for it
  std::optional<SuspectSection> suspects;  ///< when rules spoke in lost pairs; not in the digest
  double seconds = 0;                      ///< wall time; not in the digest
  std::string recorded_digest;             ///< of a verdict that was read back: what Digest says
};

/// The public JSON form, with `exit_code` and `digest`.
Json ToJson(const Verdict& verdict);
std::string Digest(const Verdict& verdict);

/// Reads what ToJson wrote. Members that it does not know are ignored, absent ones keep their
/// defaults, so that verdicts of other versions can be shown; the digest stays the recorded one.
/// The drift section is not read back. Throws Error(kBadData) naming `source_name` and the field.
Verdict VerdictFromJson(const Json& json, const std::string& source_name);

}  // namespace kedge::gate
