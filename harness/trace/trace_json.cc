#include "harness/trace/trace_json.h"

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/trace/fields.h"
#include "harness/trace/schema.h"

namespace kedge::trace {
namespace {

using schema::Need;
using schema::Range;

constexpr std::array<std::string_view, 6> kStepKindNames = {"message",   "model_call",  "decision",
                                                            "tool_call", "observation", "guard"};

// --- writing

template <typename Object>
Json WriteObject(const Object& object);

template <typename Value>
Json WriteValue(const char*, const Value& value) {
  if constexpr (requires { schema::Schema<Value>::kMembers; }) {
    return WriteObject(value);
  } else {
    return value;
  }
}

Json WriteValue(const char* name, double value) {
  if (!std::isfinite(value)) {
    throw std::move(BadData("not a finite number, which no record may hold").At({}, 0, name));
  }
  return value;
}

Json WriteValue(const char*, StepKind kind) { return StepKindName(kind); }

Json WriteValue(const char*, EpisodeStatus status) {
  return status == EpisodeStatus::kScored ? "scored" : "missing";
}

Json WriteValue(const char*, const schema::Constant& constant) { return constant.text; }

template <typename Value>
Json WriteValue(const char* name, const std::optional<Value>& value) {
  return WriteValue(name, *value);
}

template <typename Number, typename Flag>
Json WriteValue(const char* name, const schema::MaybeNumber<Number, Flag>& number) {
  return WriteValue(name, number.value);
}

template <typename Item>
Json WriteValue(const char* name, const std::vector<Item>& items) {
  Json array = Json::array();
  for (const Item& item : items) array.push_back(WriteValue(name, item));
  return array;
}

template <typename Object>
Json WriteObject(const Object& object) {
  Json json = Json::object();
  schema::ForEachMember<Object>([&](const auto& member) {
    if (member.is_written(object)) json[member.name] = WriteValue(member.name, member.get(object));
  });
  return json;
}

// --- reading: each returns false when the member is absent

template <typename Object>
void ReadObject(Fields& fields, Object& out);

bool Read(Fields& fields, const char* name, Range, std::string& out) {
  return fields.String(name, out);
}

bool Read(Fields& fields, const char* name, Range, bool& out) { return fields.Bool(name, out); }

bool Read(Fields& fields, const char* name, Range range, std::int64_t& out) {
  if (!fields.Int(name, out)) return false;
  if (range == Range::kCount && out < 0) throw fields.Bad(name, "expected 0 or more");
  return true;
}

bool Read(Fields& fields, const char* name, Range, std::uint64_t& out) {
  const Json* value = fields.Find(name);
  if (value == nullptr) return false;
  // Compared as a signed number, one above 2^63 would look negative.
  const bool good = value->is_number_unsigned() ||
                    (value->is_number_integer() && value->get<std::int64_t>() >= 0);
  if (!good) throw fields.Bad(name, "expected a whole number of 0 or more");
  out = value->get<std::uint64_t>();
  return true;
}

bool Read(Fields& fields, const char* name, Range range, double& out) {
  if (!fields.Number(name, out)) return false;
  switch (range) {
    case Range::kAny:
      return true;
    case Range::kCount:
      if (out < 0) throw fields.Bad(name, "expected 0 or more");
      return true;
    case Range::kUnit:
      if (out < 0 || out > 1) throw fields.Bad(name, "expected a number in [0, 1]");
      return true;
    case Range::kAboveZeroToOne:
      if (!(out > 0 && out <= 1)) {
        throw fields.Bad(name, "expected a number above 0 and at most 1");
      }
      return true;
  }
  throw InternalError("unknown range");
}

bool Read(Fields& fields, const char* name, Range, std::vector<std::string>& out) {
  return fields.Strings(name, out);
}

bool Read(Fields& fields, const char* name, Range, Json& out) {
  const Json* value = fields.Find(name);
  if (value != nullptr) out = *value;
  return value != nullptr;
}

bool Read(Fields& fields, const char* name, Range, StepKind& out) {
  std::string text;
  if (!fields.String(name, text)) return false;
  const auto kind = StepKindFromName(text);
  if (!kind) {
    throw fields.Bad(name,
                     "expected message, model_call, decision, tool_call, observation or guard");
  }
  out = *kind;
  return true;
}

bool Read(Fields& fields, const char* name, Range, EpisodeStatus& out) {
  std::string text;
  if (!fields.String(name, text)) return false;
  if (text != "scored" && text != "missing") {
    throw fields.Bad(name, "expected \"scored\" or \"missing\"");
  }
  out = text == "scored" ? EpisodeStatus::kScored : EpisodeStatus::kMissing;
  return true;
}

bool Read(Fields& fields, const char* name, Range, schema::Constant constant) {
  std::string text;
  if (!fields.String(name, text)) return false;
  if (text == constant.text) return true;
  throw fields.Bad(name, "expected \"" + std::string(constant.text) + "\"");
}

bool Read(Fields& fields, const char* name, Range, std::map<std::string, int>& out) {
  const Json* counts = fields.Find(name);
  if (counts == nullptr) return false;
  if (!counts->is_object()) throw fields.Bad(name, "expected an object of counts");
  for (const auto& [key, count] : counts->items()) {
    const std::int64_t n = count.is_number_integer() ? count.get<std::int64_t>() : -1;
    if (n < 0 || n > INT32_MAX) {
      throw fields.Bad(std::string(name) + "." + key, "expected a count of 0 or more");
    }
    out[key] = static_cast<int>(n);
  }
  return true;
}

bool Read(Fields& fields, const char* name, Range range, schema::MaybeNumber<double, bool> out) {
  return out.is_known = Read(fields, name, range, out.value);
}

template <typename Item>
bool Read(Fields& fields, const char* name, Range, std::vector<Item>& out) {
  const Json* array = fields.Array(name);
  if (array == nullptr) return false;
  out.reserve(array->size());
  for (const Json& json : *array) {
    Fields item(json, fields, name, static_cast<std::int64_t>(out.size()));
    ReadObject(item, out.emplace_back());
  }
  return true;
}

template <typename Object>
requires requires { schema::Schema<Object>::kMembers; }
bool Read(Fields& fields, const char* name, Range, Object& out) {
  const Json* value = fields.Find(name);
  if (value == nullptr) return false;
  Fields object(*value, fields, name);
  ReadObject(object, out);
  return true;
}

template <typename Value>
bool Read(Fields& fields, const char* name, Range range, std::optional<Value>& out) {
  Value value;
  if (!Read(fields, name, range, value)) return false;
  out = std::move(value);
  return true;
}

template <typename Object>
constexpr std::string_view FirstOf() {
  if constexpr (requires { schema::Schema<Object>::kFirst; }) {
    return schema::Schema<Object>::kFirst;
  } else {
    return {};
  }
}

template <typename Object>
void ReadObject(Fields& fields, Object& out) {
  for (const bool first : {true, false}) {
    schema::ForEachMember<Object>([&](const auto& member) {
      if ((member.name == FirstOf<Object>()) != first) return;
      const bool found = Read(fields, member.name, member.range, member.get(out));
      if (!found && member.need == Need::kRequired) throw fields.Bad(member.name, "is missing");
    });
  }
  fields.RefuseUnknown();
}

template <typename Object>
Object FromJson(const Json& json, std::string_view path) {
  Fields fields(json, path);
  Object object;
  ReadObject(fields, object);
  return object;
}

}  // namespace

std::string_view StepKindName(StepKind kind) {
  return kStepKindNames[static_cast<std::size_t>(kind)];
}

std::optional<StepKind> StepKindFromName(std::string_view name) {
  for (std::size_t i = 0; i < kStepKindNames.size(); ++i) {
    if (name == kStepKindNames[i]) return static_cast<StepKind>(i);
  }
  return std::nullopt;
}

Json ToJson(const Step& step) { return WriteObject(step); }
Json ToJson(const Trace& trace) { return WriteObject(trace); }
Trace TraceFromJson(const Json& json) { return FromJson<Trace>(json, ""); }

Json ToJson(const Outcome& outcome) { return WriteObject(outcome); }
Outcome OutcomeFromJson(const Json& json) { return FromJson<Outcome>(json, "outcome"); }

}  // namespace kedge::trace
