#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/gate/pilot.h"
#include "harness/gate/policy.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// What a plan is asked for.
struct PlanRequest {
  std::optional<double> effect;     ///< smallest gain to show; the policy's when absent
  std::optional<double> power;      ///< chance to show it; 1 - the policy's beta when absent
  std::optional<double> price;      ///< of one episode, any currency; the pilot's mean when absent
  std::optional<Pilot> pilot;       ///< the policy's prior_discordance without one
  std::int64_t probe_episodes = 0;  ///< that a gate runs before its pairs
};

/// About how many pairs the sequential gate takes when this is the truth.
struct ExpectedPairs {
  double effect = 0;
  std::int64_t pairs = 0;
};

/// A fixed-size test that shows the effect, each task visited with `trials` runs per arm whose mean
/// counts.
struct TrialsPlan {
  std::int64_t trials = 1;
  double psi = 0;             ///< E[D^2] of the means
  std::int64_t tasks = 0;     ///< visits needed, over all strata
  std::int64_t episodes = 0;  ///< both arms
  double passes = 0;          ///< visits over the suite's tasks
  bool possible = true;       ///< a claim about a population allows one pass
};

/// What the tasks there are show after 1, 2, 4 and 8 runs of each: the smallest effect that is
/// shown with the asked power, at the level of the decision.
struct Sight {
  std::vector<double> effects;
  double limit = 0;  ///< whatever the number of runs: only more tasks see more
};

/// A stratum's or guard's own question: is a loss beyond `margin` excluded?
struct QuestionPlan {
  std::string name;
  double weight = 0;  ///< strata only
  double margin = 0;
  double psi = 0;
  std::int64_t tasks = 0;  ///< strata: their tasks; guards: all
  std::int64_t fixed_pairs = 0;
  std::int64_t expected_pairs = 0;
  Sight sight;
};

/// What a decision on this suite under this policy costs, and what it can and cannot see.
struct SuitePlan {
  std::string suite;
  std::string suite_digest;
  std::string policy;  ///< file; empty for the defaults
  std::string claim;   ///< "suite" or "population"
  std::int64_t tasks = 0;
  double effect = 0, alpha = 0, power = 0;
  double psi = 0;
  std::string psi_basis;
  double within = 0;  ///< the part of psi that is chance between runs of one task
  std::string within_basis;
  std::optional<Pilot> pilot;
  std::optional<double> price;  ///< of one episode
  std::int64_t fixed_pairs = 0;
  std::int64_t max_pairs = 0;
  std::int64_t smallest_max_pairs = 0;
  std::int64_t probe_episodes = 0;      ///< before the pairs of a gate, whatever it then decides
  std::vector<ExpectedPairs> expected;  ///< at 0, the effect, twice the effect
  std::vector<TrialsPlan> trials;
  Sight overall;
  std::vector<QuestionPlan> questions;
  std::vector<std::string> advice;
  std::string refusal;  ///< why this policy's gate would not start; empty when it would
};

/// The runs per task that TrialsPlan and Sight are given for.
inline constexpr std::int64_t kPlannedTrials[] = {1, 2, 4, 8};

/// Plans at the level of a season's first candidate. Throws Error(kBadData) for values outside
/// their range. Deterministic, O(tasks).
SuitePlan PlanSuite(const suite::Suite& suite, const GatePolicy& policy,
                    const PlanRequest& request);

/// The public `--json` form, `kedge-plan/1`.
Json ToJson(const SuitePlan& plan);
/// The plan as tables for a terminal; outside text is escaped, no colour.
std::string PlanText(const SuitePlan& plan);

}  // namespace kedge::gate
