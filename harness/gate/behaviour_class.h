#pragma once

#include <string_view>

namespace kedge::gate {

/// What a change of strategy amounts to.
enum class BehaviourClass {
  kHarmfulDrift,
  kRewardHackingSuspicion,
  kGenuineImprovement,
  kNeutralBehaviourChange,
  kNoChange,
  kUndetermined,
};

/// "HARMFUL_DRIFT", "REWARD_HACKING_SUSPICION", "GENUINE_IMPROVEMENT", "NEUTRAL_BEHAVIOUR_CHANGE",
/// "NO_CHANGE", "UNDETERMINED".
std::string_view ToString(BehaviourClass behaviour_class);

/// What is shown about the outcome.
enum class OutcomeState {
  kUp,       ///< a gain
  kDown,     ///< a loss somewhere
  kSame,     ///< a worthwhile gain and every loss beyond its margin are excluded
  kUnknown,  ///< neither
};

/// All that a class rests on.
struct ClassEvidence {
  OutcomeState outcome = OutcomeState::kUnknown;
  bool blocked = false;           ///< a hard guard was broken, or the verdict blocks
  bool privileged_scope = false;  ///< a privileged tool was called outside of the scope
  bool suspicion = false;         ///< a sign of gaming the scorers
  /// Guards, costs and strata are shown not to be worse, and the vault (if asked) agrees: what a
  /// PROMOTE needs beyond the gain.
  bool nothing_worse = false;
  bool behaviour_changed = false;
};

/// The first that matches: blocked, down or privileged scope is harmful; suspicion; up with nothing
/// worse is genuine; same with changed behaviour is neutral; same without is no change; else
/// undetermined. A change of behaviour alone is never harm, and harm without one is still harm.
BehaviourClass Classify(const ClassEvidence& evidence);

}  // namespace kedge::gate
