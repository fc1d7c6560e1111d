#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/strategy/parameter_path.h"
#include "harness/strategy/records.h"
#include "harness/strategy/strategy.h"

namespace kedge::strategy {
namespace {

using Ids = std::vector<std::string>;

std::map<std::string, const Json*> ByKey(const Json& records, const char* key) {
  std::map<std::string, const Json*> found;
  for (const Json& record : records) found[record[key].get<std::string>()] = &record;
  return found;
}

Ids Keys(const Json& records, const char* key) {
  Ids keys;
  for (const Json& record : records) keys.push_back(record[key].get<std::string>());
  return keys;
}

// True if Apply's `retire` makes exactly `after` out of `before`.
bool IsRetirement(const Json& before, const Json& after) {
  if (after.value("status", "") != "retired" || before.value("status", "") == "retired") {
    return false;
  }
  const auto evidence = after.find("evidence");
  if (evidence == after.end() || !evidence->contains("retired")) return false;
  const Json& reason = (*evidence)["retired"];
  return reason.is_string() && Retired(before, reason.get<std::string>()) == after;
}

// The order that the records would have after additions at the end and removals.
Ids OrderAfterEdits(const Ids& base, const Ids& candidate) {
  const std::set<std::string> kept(candidate.begin(), candidate.end());
  const std::set<std::string> old(base.begin(), base.end());
  Ids order;
  for (const std::string& id : base) {
    if (kept.count(id) != 0) order.push_back(id);
  }
  for (const std::string& id : candidate) {
    if (old.count(id) == 0) order.push_back(id);
  }
  return order;
}

// Both kinds of record list: guidelines by id, sections by name.
struct RecordKind {
  const char* layer;
  const char* list;
  const char* key;
};
constexpr RecordKind kGuidelines{"guidelines", "guidelines", "id"};
constexpr RecordKind kSections{"instructions", "sections", "name"};

std::string ChangeKind(const RecordKind& kind, const Json* before, const Json* after) {
  if (&kind == &kSections) return "edit_section";
  if (before == nullptr) return "add";
  return IsRetirement(*before, *after) ? "retire" : "revise";
}

void DiffRecords(const RecordKind& kind, const Json& base_layer, const Json& candidate_layer,
                 std::vector<Change>& changes) {
  const Json base = base_layer.value(kind.list, Json::array());
  const Json candidate = candidate_layer.value(kind.list, Json::array());
  const auto old = ByKey(base, kind.key);
  const auto now = ByKey(candidate, kind.key);
  for (const auto& [id, record] : old) {
    if (now.count(id) == 0) changes.push_back({kind.layer, "remove", id, *record, nullptr});
  }
  for (const std::string& id : Keys(candidate, kind.key)) {
    const Json* after = now.at(id);
    const auto found = old.find(id);
    const Json* before = found == old.end() ? nullptr : found->second;
    if (before != nullptr && *before == *after) continue;
    changes.push_back({kind.layer, ChangeKind(kind, before, after), id,
                       before == nullptr ? Json() : *before, *after});
  }
  const Ids order = OrderAfterEdits(Keys(base, kind.key), Keys(candidate, kind.key));
  const Ids wanted = Keys(candidate, kind.key);
  if (order != wanted) changes.push_back({kind.layer, "reorder", kind.layer, order, wanted});
}

void DiffValues(const std::string& layer, const std::string& path, const Json& base,
                const Json& candidate, std::vector<Change>& changes);

void DiffObjects(const std::string& layer, const std::string& path, const Json& base,
                 const Json& candidate, std::vector<Change>& changes) {
  std::set<std::string> keys;
  for (const auto& [key, value] : base.items()) keys.insert(key);
  for (const auto& [key, value] : candidate.items()) keys.insert(key);
  for (const std::string& key : keys) {
    const std::string below = AppendSegment(path, key);
    if (!base.contains(key)) {
      changes.push_back({layer, "set_param", below, nullptr, candidate[key]});
    } else if (!candidate.contains(key)) {
      changes.push_back({layer, "set_param", below, base[key], nullptr});
    } else {
      DiffValues(layer, below, base[key], candidate[key], changes);
    }
  }
}

void DiffValues(const std::string& layer, const std::string& path, const Json& base,
                const Json& candidate, std::vector<Change>& changes) {
  if (base == candidate) return;
  if (base.is_object() && candidate.is_object()) {
    DiffObjects(layer, path, base, candidate, changes);
  } else if (IsKeyedList(base) && IsKeyedList(candidate) &&
             Keys(base, "id") == Keys(candidate, "id")) {
    for (std::size_t i = 0; i < base.size(); ++i) {
      const std::string below = AppendSegment(path, base[i]["id"].get<std::string>());
      DiffValues(layer, below, base[i], candidate[i], changes);
    }
  } else {
    changes.push_back({layer, "set_param", path, base, candidate});
  }
}

// The fields of `after` that differ; null for those that are gone.
Json RevisedFields(const Json& before, const Json& after) {
  Json fields = Json::object();
  for (const auto& [key, value] : after.items()) {
    if (!before.contains(key) || before[key] != value) fields[key] = value;
  }
  for (const auto& [key, value] : before.items()) {
    if (!after.contains(key)) fields[key] = nullptr;
  }
  return fields;
}

Json OperationValue(const Change& change) {
  if (change.kind == "revise") return RevisedFields(change.before, change.after);
  if (change.kind == "retire") return change.after["evidence"]["retired"];
  if (change.kind == "edit_section") return change.after["text"];
  Json value = change.after;
  if (change.kind == "add") value.erase("id");
  return value;
}

}  // namespace

std::vector<Change> Diff(const Strategy& base, const Strategy& candidate) {
  std::vector<Change> changes;
  DiffRecords(kSections, base.layer("instructions"), candidate.layer("instructions"), changes);
  DiffRecords(kGuidelines, base.layer("guidelines"), candidate.layer("guidelines"), changes);
  for (const char* layer : {"tool_policy", "planner", "retrieval", "model"}) {
    DiffValues(layer, layer, base.layer(layer), candidate.layer(layer), changes);
  }
  return changes;
}

std::vector<Operation> ToOperations(const std::vector<Change>& changes) {
  std::vector<Operation> operations;
  for (const Change& change : changes) {
    if (change.kind == "remove") {
      throw BadData("\"" + change.what + "\" was deleted from " + change.layer +
                    "; operations never delete (retire a guideline, empty a section instead)");
    }
    operations.push_back({change.kind, change.what, OperationValue(change)});
  }
  return operations;
}

}  // namespace kedge::strategy
