#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "guards/change/added_text.h"
#include "guards/change_guard.h"
#include "harness/strategy/rule.h"

namespace kedge::guards {

inline constexpr char kFrozenRule[] = "S1-frozen";
inline constexpr char kProtectedRule[] = "S2-protected";
inline constexpr char kWeakeningRule[] = "S3-weakening";
inline constexpr char kToolsRule[] = "S4-tools";
inline constexpr char kBudgetsRule[] = "S5-budgets";
inline constexpr char kDestinationsRule[] = "S6-destinations";
inline constexpr char kSecretsRule[] = "S7-secrets";
inline constexpr char kHiddenRule[] = "S8-hidden";
inline constexpr char kInjectionRule[] = "S9-injection";
inline constexpr char kSizeRule[] = "S10-size";
inline constexpr char kProvenanceRule[] = "S11-provenance";
inline constexpr char kTaintRule[] = "S12-taint";
inline constexpr char kScopeRule[] = "S13-scope";
inline constexpr char kLeakageRule[] = "S14-leakage";
inline constexpr char kDriftRule[] = "S15-drift";
inline constexpr char kContradictionRule[] = "S17-contradiction";

/// An active guideline with its rule, which always parses.
struct ParsedGuideline {
  const strategy::Guideline* guideline = nullptr;
  strategy::Rule rule;
};

/// The difference under judgement, and where rules put what they find. Each guideline's rule is
/// parsed once: those that the change brings when it is made, the champion's when first asked for.
class ChangeContext {
 public:
  ChangeContext(const strategy::Strategy& base_strategy,
                const strategy::Strategy& candidate_strategy, const ChangePolicy& change_policy,
                const ChangeEvidence& change_evidence);

  /// The active guidelines that the change brings in or rewrites, as the candidate has them.
  const std::vector<ParsedGuideline>& brought() const { return brought_; }
  /// The champion's active guidelines.
  const std::vector<ParsedGuideline>& of_base();

  void Report(std::string rule, std::string what, std::string message) {
    findings.push_back({std::move(rule), std::move(what), std::move(message), false});
  }
  /// The same for what a person may approve.
  void Ask(std::string rule, std::string what, std::string message) {
    findings.push_back({std::move(rule), std::move(what), std::move(message), true});
  }

  const strategy::Strategy& base;
  const strategy::Strategy& candidate;
  const ChangePolicy& policy;
  const ChangeEvidence& evidence;
  const std::vector<strategy::Change> changes;
  const std::vector<AddedText> added;
  std::vector<ChangeFinding> findings;

 private:
  std::vector<ParsedGuideline> brought_;
  std::optional<std::vector<ParsedGuideline>> of_base_;
};

/// Each rule is one file; guards/README.md says what it forbids.
void CheckFrozen(ChangeContext& context);         // S1
void CheckProtected(ChangeContext& context);      // S2
void CheckWeakening(ChangeContext& context);      // S3, as far as words and rules show it
void CheckTools(ChangeContext& context);          // S4
void CheckBudgets(ChangeContext& context);        // S5
void CheckDestinations(ChangeContext& context);   // S6
void CheckSecrets(ChangeContext& context);        // S7
void CheckHidden(ChangeContext& context);         // S8
void CheckInjection(ChangeContext& context);      // S9
void CheckSize(ChangeContext& context);           // S10
void CheckProvenance(ChangeContext& context);     // S11
void CheckTaint(ChangeContext& context);          // S12
void CheckScope(ChangeContext& context);          // S13
void CheckLeakage(ChangeContext& context);        // S14
void CheckContradiction(ChangeContext& context);  // S17

/// True for a change that brings in or rewrites a guideline, unless it comes as a tombstone or in
/// quarantine, where nothing applies it.
bool BringsGuideline(const strategy::Change& change);

/// A text short enough for a message, without control characters.
std::string Elided(const std::string& text);

/// True if `list` holds `value`.
bool Contains(const Json& list, const Json& value);

/// The member of an object; null when it has none or is no object.
const Json& Member(const Json& object, const char* name);

}  // namespace kedge::guards
