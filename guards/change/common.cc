#include <algorithm>

#include "guards/change/rules.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kShownBytes = 60;

}  // namespace

bool BringsGuideline(const strategy::Change& change) {
  return change.layer == "guidelines" && (change.kind == "add" || change.kind == "revise");
}

ChangeContext::ChangeContext(const strategy::Strategy& base_strategy,
                             const strategy::Strategy& candidate_strategy,
                             const ChangePolicy& change_policy,
                             const ChangeEvidence& change_evidence)
    : base(base_strategy),
      candidate(candidate_strategy),
      policy(change_policy),
      evidence(change_evidence),
      changes(strategy::Diff(base, candidate)),
      added(AddedTexts(changes)) {
  const auto& guidelines = candidate.guidelines();
  for (const strategy::Change& change : changes) {
    if (!BringsGuideline(change)) continue;
    const auto found = std::find_if(guidelines.begin(), guidelines.end(),
                                    [&](const auto& one) { return one.id == change.what; });
    if (found == guidelines.end() || found->status != "active") continue;
    brought_.push_back({&*found, strategy::ParseRule(*found)});
  }
}

const std::vector<ParsedGuideline>& ChangeContext::of_base() {
  if (of_base_) return *of_base_;
  of_base_.emplace();
  for (const strategy::Guideline& guideline : base.guidelines()) {
    if (guideline.status != "active") continue;
    of_base_->push_back({&guideline, strategy::ParseRule(guideline)});
  }
  return *of_base_;
}

std::string Elided(const std::string& text) { return EscapeControls(Elide(text, kShownBytes)); }

bool Contains(const Json& list, const Json& value) {
  return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
}

const Json& Member(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

}  // namespace kedge::guards
