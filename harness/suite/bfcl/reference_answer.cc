#include "harness/suite/bfcl/reference_answer.h"

#include <algorithm>

#include "harness/suite/bfcl/value_match.h"

namespace kedge::suite::bfcl {
namespace {

bool IsBlankText(const Json& value) { return value == Json(""); }

// The first accepted value that is no "", or "" when that alone is accepted.
const Json* FirstAccepted(const Json& accepted) {
  for (const Json& value : accepted) {
    if (!IsBlankText(value)) return &value;
  }
  return accepted.empty() ? nullptr : &accepted[0];
}

// {"key": [accepted, ...]} -> {"key": value}
Json ChosenMembers(const Json& accepted) {
  Json chosen = Json::object();
  for (const auto& [key, values] : accepted.items()) {
    const Json* value = values.is_array() ? FirstAccepted(values) : &values;
    if (value != nullptr && !IsBlankText(*value)) chosen[key] = *value;
    if (value != nullptr && IsBlankText(*value) && !MayBeLeftOut(values)) chosen[key] = "";
  }
  return chosen;
}

Json Chosen(const Json& value) {
  if (value.is_object()) return ChosenMembers(value);
  if (!value.is_array()) return value;
  Json list = Json::array();
  for (const Json& item : value) {
    list.push_back(item.is_object() ? ChosenMembers(item) : item);
  }
  return list;
}

// Java and JavaScript declare what they cannot name as `any`; only a text is source of it.
const Json* SourceText(const Json& accepted) {
  for (const Json& value : accepted) {
    if (value.is_string() && !IsBlankText(value)) return &value;
  }
  return FirstAccepted(accepted);
}

Json ArgumentValue(Language language, const Json& schema, const Json& accepted) {
  const std::string type = schema.value("type", "");
  const bool text = language != Language::kPython && (type == "any" || type == "String");
  const Json* value = text ? SourceText(accepted) : FirstAccepted(accepted);
  const Json chosen = value == nullptr ? Json::array() : Chosen(*value);
  if (language == Language::kPython) return chosen;
  const auto items = schema.find("items");
  const std::string element =
      items != schema.end() && items->is_object() ? items->value("type", "") : "";
  return ToSource(language, chosen, type, element);
}

bool IsRequired(const Json& parameters, const std::string& name) {
  const auto required = parameters.find("required");
  return required != parameters.end() &&
         std::find(required->begin(), required->end(), Json(name)) != required->end();
}

bool IsLeftOut(const Json& parameters, const std::string& name, const Json& accepted) {
  if (!parameters.at("properties").contains(name)) return true;
  if (IsRequired(parameters, name) || !MayBeLeftOut(accepted)) return false;
  return IsBlankText(*FirstAccepted(accepted));
}

Call CallOf(const Expected& expected, const Json& answer) {
  Call call{answer.begin().key(), Json::object()};
  for (const Json& function : expected.functions) {
    if (function.at("name") != call.name) continue;
    const Json& parameters = function.at("parameters");
    for (const auto& [name, accepted] : answer.begin()->items()) {
      if (IsLeftOut(parameters, name, accepted)) continue;
      call.arguments[name] =
          ArgumentValue(expected.language, parameters.at("properties").at(name), accepted);
    }
    break;
  }
  return call;
}

}  // namespace

std::vector<Call> ReferenceAnswer(const Expected& expected) {
  std::vector<Call> calls;
  if (expected.rule == Rule::kSomeCall && !expected.functions.empty()) {
    calls.push_back({expected.functions[0].value("name", ""), Json::object()});
  }
  for (const Json& answer : expected.answers) calls.push_back(CallOf(expected, answer));
  return calls;
}

}  // namespace kedge::suite::bfcl
