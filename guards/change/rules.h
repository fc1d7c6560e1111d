#pragma once

#include <string>
#include <utility>
#include <vector>

#include "guards/change_guard.h"

namespace kedge::guards {

inline constexpr char kFrozenRule[] = "S1-frozen";
inline constexpr char kProtectedRule[] = "S2-protected";
inline constexpr char kToolsRule[] = "S4-tools";
inline constexpr char kBudgetsRule[] = "S5-budgets";
inline constexpr char kHiddenRule[] = "S8-hidden";
inline constexpr char kSizeRule[] = "S10-size";
inline constexpr char kProvenanceRule[] = "S11-provenance";

/// The difference under judgement, and where rules put what they find.
struct ChangeContext {
  const strategy::Strategy& base;
  const strategy::Strategy& candidate;
  const ChangePolicy& policy;
  std::vector<strategy::Change> changes;
  std::vector<ChangeFinding> findings;

  void Report(std::string rule, std::string what, std::string message) {
    findings.push_back({std::move(rule), std::move(what), std::move(message)});
  }
};

/// Each rule is one file; guards/README.md says what it forbids.
void CheckFrozen(ChangeContext& context);      // S1
void CheckProtected(ChangeContext& context);   // S2
void CheckTools(ChangeContext& context);       // S4
void CheckBudgets(ChangeContext& context);     // S5
void CheckHidden(ChangeContext& context);      // S8
void CheckSize(ChangeContext& context);        // S10
void CheckProvenance(ChangeContext& context);  // S11

/// True for a change that brings in or rewrites a guideline, unless it comes as a tombstone or in
/// quarantine, where nothing applies it.
bool BringsGuideline(const strategy::Change& change);

/// True if `list` holds `value`.
bool Contains(const Json& list, const Json& value);

/// The member of an object; null when it has none or is no object.
const Json& Member(const Json& object, const char* name);

}  // namespace kedge::guards
