#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/stats/gate_design.h"
#include "harness/stats/gate_process.h"
#include "harness/stats/verdict.h"

namespace kedge::stats {

/// What one pair showed. Spans are read during the call only and follow the order of the design.
struct PairObservation {
  /// outcome(candidate) - outcome(champion), in [-1, 1]; the mean over repeats where repeated.
  double difference = 0;
  /// Per guard: violation(champion) - violation(candidate), in [-1, 1].
  std::span<const double> guard_differences;
  /// Per guard: violation(candidate), in [0, 1]; may be empty when no guard has an absolute_max.
  std::span<const double> candidate_violations;
  /// Per resource: amounts used, finite and >= 0.
  std::span<const double> champion_amounts;
  std::span<const double> candidate_amounts;
};

/// All that the gate remembers; plain data, to be stored and restored.
struct GateState {
  std::vector<ProcessState> processes;
  std::int64_t rounds = 0;
  std::int64_t pairs = 0;
  std::vector<int> round;          ///< strata of the round that is open, in order; else empty
  std::int64_t round_done = 0;     ///< how many of them have been added
  bool round_counts = true;        ///< the open round is a unit of the overall test
  std::vector<double> round_sums;  ///< per stratum, of the open round
  bool hard_violation = false;
};

enum class ComponentKind { kStratum, kGuard, kGuardLimit };

/// Evidence about one stratum, guard or absolute guard limit.
struct ComponentEvidence {
  std::string name;
  ComponentKind kind = ComponentKind::kStratum;
  std::int64_t pairs = 0;
  double mean = 0;  ///< of D (guards: champion - candidate violations; limits: - violations)
  double log_e_noninferior = 0;
  double log_e_harm = 0;
  bool noninferior_at_alpha = false;
  bool noninferior_at_beta = false;
  double log_e_harm_adjusted = 0;  ///< by e-closure over all components
  bool harmed = false;  ///< adjusted e >= 1/alpha_block: named as guilty, FWER alpha_block
};

struct ResourceEvidence {
  std::string name;
  double log_e = 0;
  bool within_limit = false;  ///< a ratio above 1 + tolerance is excluded at alpha
};

struct GateEvidence {
  double log_e_gain = 0;         ///< overall gain above 0
  double log_e_futile = 0;       ///< gain of delta_star excluded
  double log_e_noninferior = 0;  ///< loss of delta_overall excluded
  double log_e_loss = 0;         ///< overall loss shown
  double log_m_block = 0;        ///< the average that decides BLOCK
  double mean_round = 0;         ///< mean of the rounds' weighted differences; biased at the stop
  std::optional<double> log_e_saving;     ///< cost objectives: saving above `saving` shown
  std::optional<double> log_e_no_saving;  ///< ... excluded
  bool gain_shown = false;                ///< what the objective asks for
  bool gain_excluded = false;
  bool quality_gain_shown = false;     ///< a gain in outcomes, whatever the objective asks for
  bool quality_gain_excluded = false;  ///< ... of delta_star, at beta
  bool saving_shown = false;           ///< cost objectives: the saving, and no overall loss
  bool loss_excluded = false;          ///< overall, at beta
  std::vector<ComponentEvidence> components;  ///< strata, guards, guard limits, in design order
  std::vector<ResourceEvidence> resources;
};

/// A question that is not settled, with what would settle it.
struct OpenQuestion {
  std::string name;  ///< "gain", "no_gain", "no_loss", "stratum:x", "guard:x", "limit:x", ...
  double log_e = 0;
  double log_threshold = 0;
  double growth = 0;                         ///< expected per observation
  std::optional<std::int64_t> pairs_needed;  ///< none when it is not growing
};

/// The sequential four-verdict gate: betting e-processes per question, valid under stopping at any
/// round, and resumable with more budget. Per round every open stratum runs its pairs; strata whose
/// question is settled are not paid for any more.
///
///   while (true) { round = gate.NextRound(); if (round.empty()) break;
///                  for (s : round) gate.AddPair(s, observation); gate.EndRound(); }
///
/// Errors: PROMOTE without an overall gain, or with a loss above a margin, with probability at most
/// alpha; BLOCK when nothing is worse at most alpha_block; HOLD_NO_DIFFERENCE in spite of a gain of
/// delta_star or a loss above a margin at most beta. A pair that could not be completed must be
/// replaced before it is added, blind to its outcome. Deterministic; not thread-safe.
class SequentialGate {
 public:
  /// Validates the design.
  explicit SequentialGate(GateDesign design);

  /// Continues from a saved state; the design may differ in max_pairs only. Throws Error(kBadData)
  /// when the state does not fit.
  static SequentialGate Restore(GateDesign design, const GateState& state);
  GateState Save() const;

  /// Strata to run now, in this order, as indices into the design; what is left of a round that was
  /// already begun. Empty once there is a verdict. When only guards are open, one pair of stratum
  /// 0; when only resources are, one pair of every stratum.
  std::vector<int> NextRound();

  /// Adds the next pair of the round; `stratum` must be the one that is due (else
  /// Error(kInternal)). Values out of range throw Error(kBadData) and leave the gate as it was.
  void AddPair(int stratum, const PairObservation& pair);

  /// Ends the round and decides. Error(kInternal) while pairs are still due.
  void EndRound();

  /// A confirmed violation of a zero-tolerance rule: BLOCK at once.
  void ReportHardViolation();

  /// No further pair can be had: an undecided gate becomes HOLD_INCONCLUSIVE.
  void Stop();

  Verdict verdict() const { return verdict_; }
  std::int64_t rounds() const { return state_.rounds; }
  std::int64_t pairs() const { return state_.pairs; }
  const GateDesign& design() const { return design_; }

  GateEvidence Evidence() const;
  /// Questions that stand between the present state and PROMOTE or HOLD_NO_DIFFERENCE.
  std::vector<OpenQuestion> OpenQuestions() const;
  /// Smallest log e-value of all that PROMOTE requires, each frozen when its test was passed: the
  /// candidate's e-value for an error ledger.
  double PromotionLogE() const;

 private:
  // A stratum, a guard, or the absolute limit of a guard.
  struct Component {
    std::string name;
    ComponentKind kind;
    std::size_t index;  // into design_.strata or design_.guards
    GateProcess noninferior;
    GateProcess harm;
  };

  void AddComponents();
  void AddResources();
  void CheckPair(int stratum, const PairObservation& pair) const;
  void UpdateComponent(Component& component, double difference);
  void UpdateGuards(const PairObservation& pair);
  void UpdateResources(const PairObservation& pair);
  void UpdateOverall();
  bool SavingShown() const;
  bool GainShown() const;
  bool GainExcluded() const;
  bool Resolved() const;
  bool IsOpen(const Component& component) const;
  bool AllNoninferior(bool at_alpha) const;
  bool ResourcesWithinLimits() const;
  double LogBlock() const;
  void PlanRound();
  void Decide();
  template <typename Self, typename Visit>
  static void ForEachProcess(Self& self, const Visit& visit);

  GateDesign design_;
  GateProcess gain_;
  GateProcess futile_;
  GateProcess no_loss_;
  GateProcess loss_;
  std::vector<Component> components_;
  std::vector<GateProcess> resources_;
  std::optional<GateProcess> saving_;
  std::optional<GateProcess> no_saving_;
  GateState state_;  // `processes` stays empty here; the objects above hold them
  Verdict verdict_ = Verdict::kUndecided;
};

}  // namespace kedge::stats
