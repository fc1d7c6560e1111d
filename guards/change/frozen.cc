#include "guards/change/rules.h"
#include "harness/strategy/records.h"

namespace kedge::guards {
namespace {

bool IsFrozen(const Json& section) { return Member(section, "frozen") == Json(true); }

// A section holds still when everything up to it does: what stands before it can reinterpret it.
void CheckSections(ChangeContext& context) {
  const Json& before = Member(context.base.layer("instructions"), "sections");
  const Json& after = Member(context.candidate.layer("instructions"), "sections");
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!IsFrozen(before[i])) continue;
    const std::string name = before[i]["name"].get<std::string>();
    if (!Contains(after, before[i])) {
      context.Report(kFrozenRule, name, "the frozen section '" + name + "' was changed or removed");
    } else if (i >= after.size() || after[i] != before[i]) {
      context.Report(kFrozenRule, name, "the frozen section '" + name + "' was moved");
    }
  }
}

// What a gate measured is written by the harness after the verdict, never by a candidate; and it is
// true of the rule that was measured only.
void CheckValidation(ChangeContext& context) {
  for (const strategy::Change& change : context.changes) {
    if (change.layer != "guidelines" || !change.after.is_object()) continue;
    const Json& before = Member(change.before, "validation");
    const Json& after = Member(change.after, "validation");
    const bool was_empty = before.is_null() || before.empty();
    const bool is_empty = after.is_null() || after.empty();
    const bool same_rule = change.before.is_object() && strategy::MeasuredPart(change.before) ==
                                                            strategy::MeasuredPart(change.after);
    if (is_empty && (was_empty || !same_rule)) continue;
    if (after == before && same_rule) continue;
    context.Report(kFrozenRule, change.what,
                   "guideline '" + change.what + "' " +
                       (is_empty          ? "loses its `validation`"
                        : after == before ? "keeps the `validation` of another rule"
                                          : "comes with a `validation` of its own"));
  }
}

}  // namespace

void CheckFrozen(ChangeContext& context) {
  CheckSections(context);
  CheckValidation(context);
}

}  // namespace kedge::guards
