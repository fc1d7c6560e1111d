#include "harness/suite/bfcl/value_match.h"

#include <algorithm>

#include "harness/core/utf8.h"

namespace kedge::suite::bfcl {
namespace {

bool IsEmptyText(const Json& value) {
  return value.is_string() && value.get<std::string>().empty();
}

bool Holds(const Json& list, const Json& value) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Json& item) { return EqualValues(item, value); });
}

// The type of the first accepted value that is no "".
std::optional<ValueType> AcceptedType(const Json& accepted) {
  for (const Json& item : accepted) {
    if (!IsEmptyText(item)) return TypeOf(item);
  }
  return std::nullopt;
}

Verdict Fail(std::string type, const std::string& name, const Json& value, const Json& accepted) {
  return {std::move(type), name + " is " + Elide(DumpJson(value), 80) + ", accepted " +
                               Elide(DumpJson(accepted), 160)};
}

struct TypeMatch {
  std::string error_type;  // empty: the type is right
  bool variable = false;   // accepted values are of another type than declared: names, expressions
};

// `accepted` is a list of values, or one accepted list when an element is looked at.
TypeMatch MatchType(const Json& value, const Json& accepted, ValueType declared,
                    std::optional<ValueType> element);

bool ElementsMatch(const Json& value, const Json& accepted_list, ValueType element) {
  if (!accepted_list.is_array()) return true;
  return std::all_of(value.begin(), value.end(), [&](const Json& item) {
    return MatchType(item, accepted_list, element, std::nullopt).error_type.empty();
  });
}

TypeMatch MatchType(const Json& value, const Json& accepted, ValueType declared,
                    std::optional<ValueType> element) {
  const std::optional<ValueType> type = AcceptedType(accepted);
  if (TypeOf(value) == declared) {
    TypeMatch match{"", type.has_value() && *type != declared};
    if (!element) return match;
    const bool fits = std::any_of(accepted.begin(), accepted.end(), [&](const Json& item) {
      return ElementsMatch(value, item, *element);
    });
    if (!fits) match.error_type = "type_error:nested";
    return match;
  }
  if (type == TypeOf(value)) return {"", true};
  return {"type_error:simple", false};
}

Json FoldedElements(const Json& list) {
  Json folded = Json::array();
  if (!list.is_array()) return folded;
  for (const Json& item : list) folded.push_back(FoldedValue(item));
  return folded;
}

std::string TextError(const Json& value, const Json& accepted) {
  const std::string folded = FoldedText(value.get<std::string>());
  const bool found = std::any_of(accepted.begin(), accepted.end(), [&](const Json& item) {
    return item.is_string() && FoldedText(item.get<std::string>()) == folded;
  });
  return found ? "" : "value_error:string";
}

std::string ListError(const Json& value, const Json& accepted) {
  const Json folded = FoldedElements(value);
  const bool found = std::any_of(accepted.begin(), accepted.end(), [&](const Json& item) {
    return EqualValues(FoldedElements(item), folded);
  });
  return found ? "" : "value_error:list/tuple";
}

Json AsList(const Json& values) { return values.is_array() ? values : Json::array({values}); }

// One accepted dict: {"key": [accepted value, ...]}.
std::string OneDictError(const Json& value, const Json& accepted) {
  for (const auto& [key, member] : value.items()) {
    const auto values = accepted.find(key);
    if (values == accepted.end()) return "value_error:dict_key";
    if (!Holds(FoldedElements(AsList(*values)), FoldedValue(member)))
      return "value_error:dict_value";
  }
  for (const auto& [key, values] : accepted.items()) {
    if (!value.contains(key) && !MayBeLeftOut(AsList(values))) return "value_error:dict_key";
  }
  return "";
}

std::string DictError(const Json& value, const Json& accepted) {
  std::string error = "dict_checker:unclear";
  for (const Json& item : accepted) {
    if (IsEmptyText(item)) continue;
    error = item.is_object() ? OneDictError(value, item) : "value_error:dict_key";
    if (error.empty()) break;
  }
  return error;
}

std::string ListOfDictsError(const Json& value, const Json& accepted) {
  std::string error = "list_dict_checker:unclear";
  for (const Json& list : accepted) {
    if (!list.is_array() || list.size() != value.size()) {
      error = "value_error:list_dict_count";
      continue;
    }
    error.clear();
    for (std::size_t i = 0; i < value.size() && error.empty(); ++i) {
      error = value[i].is_object() && list[i].is_object() ? OneDictError(value[i], list[i])
                                                          : "value_error:dict_key";
    }
    if (error.empty()) break;
  }
  return error;
}

std::string ValueError(const Json& value, const Json& accepted, std::optional<ValueType> declared,
                       std::optional<ValueType> element) {
  if (declared == ValueType::kDict) return DictError(value, accepted);
  if (declared == ValueType::kList && element == ValueType::kDict) {
    return ListOfDictsError(value, accepted);
  }
  if (declared == ValueType::kText) return TextError(value, accepted);
  if (declared == ValueType::kList) return ListError(value, accepted);
  return Holds(accepted, value) ? "" : "value_error:others";
}

std::string ElementTypeName(const Json& schema) {
  const auto items = schema.find("items");
  if (items == schema.end() || !items->is_object()) return "";
  return items->value("type", "");
}

}  // namespace

bool MayBeLeftOut(const Json& accepted) {
  return std::any_of(accepted.begin(), accepted.end(), &IsEmptyText);
}

Verdict MatchValue(Language language, const std::string& name, const Json& schema,
                   const Json& accepted_values, const Json& given) {
  static const Json kEmptyList = Json::array({Json::array()});
  const Json& accepted = accepted_values.empty() ? kEmptyList : accepted_values;
  const std::string type = schema.value("type", "");
  const std::string element_type = ElementTypeName(schema);
  Json value = given;
  if (language != Language::kPython) {
    const char* error = language == Language::kJava ? "type_error:java" : "type_error:js";
    if (!given.is_string()) return Fail(error, name, given, accepted);
    value = FromSource(language, given.get<std::string>(), type, element_type);
  } else if (type == "float" && value.is_number_integer()) {
    value = value.get<double>();
  }
  const std::optional<ValueType> declared = DeclaredType(language, type);
  std::optional<ValueType> element;
  if (HasElements(type) && !(language != Language::kPython && element_type == "any")) {
    element = DeclaredType(language, element_type);
  }
  bool variable = !declared;
  if (declared) {
    const TypeMatch match = MatchType(value, accepted, *declared, element);
    if (!match.error_type.empty()) return Fail(match.error_type, name, given, accepted);
    variable = match.variable;
  }
  const std::string error = variable ? ValueError(value, accepted, std::nullopt, std::nullopt)
                                     : ValueError(value, accepted, declared, element);
  return error.empty() ? Verdict{} : Fail(error, name, given, accepted);
}

}  // namespace kedge::suite::bfcl
