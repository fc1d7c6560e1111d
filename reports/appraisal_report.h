#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"
#include "harness/gate/verdict.h"

namespace kedge::reports {

/// What an item of somebody else's playbook is worth to a champion.
enum class ItemClass {
  kHelps,
  kNeutral,
  kHarms,
  kUndecided,          ///< the pairs do not tell; more would
  kContradictsPolicy,  ///< a rule of the policy, of its guards or of what it protects is broken
  kLeaks,              ///< it repeats a hidden task
  kNotTestable,        ///< no rule, and the agent follows rules only; or no tasks were given
};
/// "helps", "neutral", "harms", "undecided", "contradicts_policy", "leaks_evaluation_data",
/// "not_testable".
std::string_view ToString(ItemClass kind);

struct AppraisedItem {
  std::string id;  ///< in the candidate
  std::string text;
  std::string file;
  std::int64_t line = 0;  ///< 0: none
  ItemClass kind = ItemClass::kNotTestable;
  Json rule;                             ///< {when, then, unless}; null: only text
  std::vector<gate::Reason> reasons;     ///< why it is what it is
  std::vector<std::string> notes;        ///< what else a reader should know
  std::optional<gate::Interval> effect;  ///< success with the item minus without
  std::int64_t pairs = 0, better = 0, worse = 0;
  std::int64_t spoke = 0;            ///< episodes in which the rule was followed
  double p_better = 1, p_worse = 1;  ///< exact, one-sided, after Holm over all items
  std::int64_t episodes = 0;         ///< paid for this item, the champion's not counted
};

struct Appraisal {
  std::string playbook;  ///< path
  std::string format;
  std::string champion_hash;
  std::string suite;  ///< empty: static checks only
  double alpha = 0.05;
  std::int64_t champion_episodes = 0;
  std::int64_t champion_successes = 0;
  std::vector<AppraisedItem> items;  ///< as in the file
  Json skipped = Json::array();      ///< {id, why, file, line}
};

Json ToJson(const Appraisal& appraisal);

/// One HTML file with no outside request. Atomic.
void WriteAppraisalHtml(const std::string& path, const Appraisal& appraisal,
                        const std::string& footer);
/// GitHub-flavoured Markdown.
std::string AppraisalMarkdown(const Appraisal& appraisal);
/// A line for each item, for a terminal.
std::string AppraisalText(const Appraisal& appraisal);

}  // namespace kedge::reports
