#include <algorithm>

#include "guards/change/rules.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::guards {
namespace {

std::int64_t Bytes(const std::string& text) { return static_cast<std::int64_t>(text.size()); }

// What an agent is given of a record: its text and its rule, not where it comes from.
std::int64_t SpokenBytes(const Json& record) {
  std::int64_t bytes = 0;
  for (const char* field : {"text", "when", "then", "unless"}) {
    const Json& value = Member(record, field);
    if (value.is_string()) {
      bytes += Bytes(value.get_ref<const std::string&>());
    } else if (!value.is_null()) {
      bytes += Bytes(DumpJson(value));
    }
  }
  return bytes;
}

std::int64_t AddedBytes(const strategy::Change& change) {
  if (change.kind == "retire" || change.kind == "reorder" || change.after.is_null()) return 0;
  const bool record = change.layer == "guidelines" || change.layer == "instructions";
  return record ? SpokenBytes(change.after) : Bytes(DumpJson(change.after));
}

void Above(ChangeContext& context, const std::string& what, std::int64_t found,
           std::int64_t limit) {
  if (found <= limit) return;
  context.Report(
      kSizeRule, "",
      std::to_string(found) + " " + what + "; at most " + std::to_string(limit) + " allowed");
}

void CheckAdded(ChangeContext& context) {
  std::int64_t added = 0;
  std::int64_t bytes = 0;
  for (const strategy::Change& change : context.changes) {
    added += change.layer == "guidelines" && change.kind == "add";
    bytes += AddedBytes(change);
    if (!BringsGuideline(change)) continue;
    const std::int64_t size = Bytes(change.after.value("text", ""));
    if (size <= context.policy.max_guideline_bytes) continue;
    context.Report(kSizeRule, change.what,
                   "the text of guideline '" + change.what + "' has " + std::to_string(size) +
                       " bytes; at most " + std::to_string(context.policy.max_guideline_bytes) +
                       " allowed");
  }
  Above(context, "guidelines added", added, context.policy.max_added_guidelines);
  Above(context, "bytes added", bytes, context.policy.max_added_bytes);
}

bool IsActive(const strategy::Guideline& guideline) { return guideline.status == "active"; }

void CheckTotal(ChangeContext& context) {
  std::int64_t total = 0;
  for (const strategy::Guideline& guideline : context.candidate.guidelines()) {
    if (IsActive(guideline)) total += Bytes(guideline.text);
  }
  Above(context, "bytes of guideline text in all", total, context.policy.max_total_bytes);
}

// A guideline that another active one says as well is not lost when it is retired.
bool IsStillSaid(const Json& record, const std::vector<strategy::ScopedRule>& said) {
  const auto form = strategy::ScopedRuleOf(
      strategy::GuidelineFromJson(record, "guidelines layer of the champion"));
  return std::any_of(said.begin(), said.end(), [&](const strategy::ScopedRule& other) {
    return strategy::Implies(other, form);
  });
}

// An active guideline goes by being retired, or by losing its status in a revision.
void CheckRetired(ChangeContext& context) {
  std::int64_t gone = 0;
  std::vector<strategy::ScopedRule> said;
  for (const strategy::Guideline& guideline : context.candidate.guidelines()) {
    if (IsActive(guideline)) said.push_back(strategy::ScopedRuleOf(guideline));
  }
  for (const strategy::Change& change : context.changes) {
    if (change.layer != "guidelines" && change.layer != "instructions") continue;
    if (change.kind == "remove") {
      context.Report(kSizeRule, change.what,
                     "'" + change.what + "' was deleted; retire it, so that a tombstone stays");
    }
    if (change.layer != "guidelines" || !change.before.is_object()) continue;
    const bool was = change.before.value("status", "") == "active";
    const bool is = !change.after.is_null() && change.after.value("status", "") == "active";
    gone += was && !is && !IsStillSaid(change.before, said);
  }
  const auto& base = context.base.guidelines();
  const auto active = static_cast<double>(std::count_if(base.begin(), base.end(), IsActive));
  const auto share = static_cast<std::int64_t>(active * context.policy.max_retired_share);
  Above(context, "guidelines retired", gone, std::max<std::int64_t>(share, 1));
}

}  // namespace

void CheckSize(ChangeContext& context) {
  CheckAdded(context);
  CheckTotal(context);
  CheckRetired(context);
}

}  // namespace kedge::guards
