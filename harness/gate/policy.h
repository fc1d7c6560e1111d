#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/change_guard.h"
#include "harness/core/json.h"
#include "harness/gate/drift_policy.h"
#include "harness/gate/trace_policy.h"

namespace kedge::gate {

/// A limit on what a candidate may use per episode, relative to the champion: a mean ratio of
/// `max_ratio` or more must be excluded. Amounts above `cap` count as `cap`, so the claim is about
/// the capped mean.
struct ResourceLimit {
  std::string name;      ///< "cost", "tokens", "steps", "tool_calls"
  double max_ratio = 0;  ///< above 1
  double cap = 0;        ///< per episode; steps and tool calls default to the episode limits
  double expected = 0;   ///< what the champion is expected to use; sets the power, not the validity
};

/// What a PROMOTE has to show, besides that nothing is worse.
enum class PromoteFor {
  kGain,    ///< a gain in outcomes
  kSaving,  ///< a saving of a resource, and no overall loss at alpha
  kEither,  ///< one of both: alpha is split, 0.8 for the gain and 0.2 for the saving
};

/// `smallest_saving` is a share of what the champion uses: a saving of at most that must be
/// excluded. The resource is the first of `GatePolicy::resource_limits`.
struct ObjectivePolicy {
  PromoteFor promote_for = PromoteFor::kGain;
  std::string resource;  ///< empty for kGain
  double smallest_saving = 0.05;
};
/// "gain", "saving", "either".
std::string_view ToString(PromoteFor promote_for);

/// What a season of candidates may spend; see store::Store::Reserve.
struct LedgerPolicy {
  std::int64_t season = 20;  ///< candidates per season
  double fdr = 0.10;         ///< false discovery rate of the season
};

/// What the effect is claimed to be an effect of.
enum class Claim {
  kSuite,       ///< the listed tasks; they may be run again and again
  kPopulation,  ///< what the tasks are a sample of: each is used once, for nothing else is evidence
};

/// What a set of sealed tasks may be asked: "is a loss of `margin` excluded?", at most `queries`
/// times. stats::ComputeVaultBudget says how many refusals that leaves.
struct VaultPolicy {
  double margin = 0.10;
  std::int64_t queries = 20;
};

/// The measured error rates of this very gate that a promotion needs (`kedge certify`).
struct CertificatePolicy {
  std::string file;               ///< path, relative to kedge.yaml when read; usable as it is here
  std::int64_t max_age_days = 0;  ///< at least 1
};

/// The rules a promotion is decided by (`kedge.yaml`). Every number has the default of the
/// published design (README.md explains each and what it costs). Value type.
struct GatePolicy {
  std::string file;  ///< it was read from, for messages; empty for the defaults
  Claim claim = Claim::kSuite;
  double alpha = 0.05;                    ///< wrongful PROMOTE, when no ledger is kept
  double alpha_block = 0.05;              ///< wrongful BLOCK
  double beta = 0.10;                     ///< wrongful HOLD_NO_DIFFERENCE
  double smallest_gain = 0.05;            ///< smallest overall gain that matters
  double overall_margin = 0.05;           ///< overall loss that must be excluded
  double stratum_margin = 0.10;           ///< loss in a stratum that must be excluded
  double critical_stratum_margin = 0.05;  ///< the same for strata marked critical
  double guard_margin = 0.02;       ///< rise of a guard's violation rate that must be excluded
  double prior_discordance = 0.25;  ///< expected E[D^2] of a pair before any is seen
  std::int64_t max_pairs = 1600;
  bool use_score = false;            ///< pairs differ by score instead of by success
  bool economy = false;              ///< HOLD_NO_DIFFERENCE may leave a regression unexcluded
  double max_dropped_share = 0.05;   ///< pairs lost to infrastructure
  std::int64_t max_steps = 200;      ///< per episode
  std::int64_t max_tool_calls = 60;  ///< per episode
  std::int64_t episode_deadline_ms = 60'000;
  std::string guard_policy;  ///< path of a guard policy, relative to kedge.yaml; may be empty
  std::vector<std::string> hard_guards;  ///< rules of it of which one violation blocks
  std::vector<std::string> rate_guards;  ///< rules of it whose violation rate may not rise
  /// Rule of it to the candidate episodes that it must have watched before a PROMOTE.
  std::map<std::string, std::int64_t> minimum_exposure;
  std::vector<ResourceLimit> resource_limits;
  ObjectivePolicy objective;
  std::optional<LedgerPolicy> ledger;
  std::optional<VaultPolicy> vault;
  std::optional<CertificatePolicy> certificate;
  guards::ChangePolicy change;  ///< how far a candidate may differ from its champion
  DriftPolicy drift;
  std::optional<TracePolicy> traces;  ///< nullopt: the defaults, for who brings traces
};

/// Reads and validates `kedge.yaml`; throws Error with file, line and field. Refuses rules that
/// can never pass, saying what would be accepted. `guard_policy` comes back as a usable path.
GatePolicy LoadGatePolicy(const std::string& path);
/// The defaults, validated.
GatePolicy DefaultGatePolicy();

/// Level that the first candidate is tested at: alpha, or less where a ledger's season starts
/// lower.
double FirstAlpha(const GatePolicy& policy);

/// Canonical form for the digest (the guard policy by content, the certificate without its path).
Json ToJson(const GatePolicy& policy);

}  // namespace kedge::gate
