#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/change_guard.h"
#include "harness/gate/policy.h"
#include "harness/strategy/import/playbook_item.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "reports/appraisal_report.h"

namespace kedge::loop {

/// An item made ready to be judged: what of it became a rule, and the champion with it alone.
struct PreparedItem {
  std::string id;                   ///< "imported:..."
  strategy::Operation quarantined;  ///< adds it to the candidate, never in force
  strategy::Guideline guideline;    ///< in force, when it has a rule
  bool has_rule = false;
};

/// Reads the rule of an item out of its text, or out of its trigger and its text; `tools` are those
/// that there are. `taken` are ids that the champion uses already.
PreparedItem PrepareItem(const strategy::PlaybookItem& item, const std::string& format,
                         const std::vector<std::string>& tools,
                         const std::vector<std::string>& taken);

/// The champion with one item in force: its rule, or, for an agent that reads, a section of the
/// instructions that holds its text.
strategy::Strategy WithItem(const strategy::Strategy& champion, const PreparedItem& item);

/// The tools that there are: the suite's world's, or those that the champion names.
std::vector<std::string> KnownTools(const strategy::Strategy& champion, const suite::Suite* suite);

/// Judges items by what they say, without running anything.
class StaticJudge {
 public:
  /// `all_splits` knows the hidden tasks; null: none are known. The arguments outlive the judge.
  StaticJudge(const strategy::Strategy& champion, const gate::GatePolicy& policy,
              const suite::Suite* all_splits);

  /// Sets class, reasons and notes of what is decided by its words alone; true if it is decided.
  /// What an import cannot have (traces it was learned from) is not asked for.
  bool Decide(const PreparedItem& item, reports::AppraisedItem& appraised) const;

 private:
  bool SaidAlready(const PreparedItem& item, reports::AppraisedItem& appraised) const;

  const strategy::Strategy& champion_;
  guards::ChangePolicy policy_;
  const std::shared_ptr<guards::LeakIndex> leaks_ = std::make_shared<guards::LeakIndex>();
  guards::ChangeEvidence evidence_;
};

}  // namespace kedge::loop
