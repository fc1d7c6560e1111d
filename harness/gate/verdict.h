#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"
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
/// `hard_guard:<id>`, `guard_rate:<id>`, `budget:<name>`, `change_guard:<id>`, `underpowered`,
/// `too_few_clusters`, `data_quality`, `infrastructure`, `ledger_exhausted`, ...) and a sentence.
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
  bool hard = false;
  std::int64_t exposure = 0;             ///< candidate episodes the guard watched
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
  std::int64_t trial = 0;
  bool gained = false;  ///< candidate succeeded where the champion failed
};

struct Subject {
  std::string name;
  std::string hash;    ///< strategy hash; empty for recorded outcomes
  std::string source;  ///< path or file#subject
};

/// The verdict with everything it rests on. `ToJson` is the public `--json` form; the digest
/// covers all of it except wall-clock quantities, so same inputs and seed give the same digest.
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
  Json details;  ///< statistics for reading only (psi, rho, ICC, MDE, pass@k, pass^k, ...)
  std::int64_t episodes = 0;
  std::int64_t missing_episodes = 0;
  double seconds = 0;  ///< wall time; not in the digest
};

/// The public JSON form, with `exit_code` and `digest`.
Json ToJson(const Verdict& verdict);
std::string Digest(const Verdict& verdict);

}  // namespace kedge::gate
