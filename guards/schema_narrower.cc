#include "guards/schema_narrower.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "harness/text/json_pointer.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {
namespace {

using Types = std::set<std::string>;

Narrowness Yes() { return {}; }
Narrowness No(const std::string& where, std::string why) {
  return {Answer::kNo, where, std::move(why)};
}
Narrowness Unknown(const std::string& where, std::string why) {
  return {Answer::kUnknown, where, std::move(why)};
}

const Json* Find(const Json& schema, const char* keyword) {
  const auto found = schema.find(keyword);
  return found == schema.end() ? nullptr : &*found;
}

Types TypesOf(const Json& schema) {
  const Json* type = Find(schema, "type");
  if (type == nullptr) return {"array", "boolean", "integer", "null", "number", "object", "string"};
  Types types;
  if (type->is_string()) {
    types.insert(type->get<std::string>());
  } else {
    for (const Json& one : *type) types.insert(one.get<std::string>());
  }
  if (types.contains("number")) types.insert("integer");
  return types;
}

// The kind of value that a keyword speaks of; all others pass it.
const char* KindOf(const std::string& keyword) {
  static const std::array<std::pair<const char*, const char*>, 17> kKinds = {
      {{"minimum", "integer"},
       {"maximum", "integer"},
       {"exclusiveMinimum", "integer"},
       {"exclusiveMaximum", "integer"},
       {"multipleOf", "integer"},
       {"minLength", "string"},
       {"maxLength", "string"},
       {"pattern", "string"},
       {"minItems", "array"},
       {"maxItems", "array"},
       {"uniqueItems", "array"},
       {"items", "array"},
       {"required", "object"},
       {"properties", "object"},
       {"additionalProperties", "object"},
       {"minProperties", "object"},
       {"maxProperties", "object"}}};
  for (const auto& [name, kind] : kKinds) {
    if (keyword == name) return kind;
  }
  return nullptr;
}

struct Comparison {
  const Json& narrow;
  const Json& wide;
  const std::string& where;
};

Narrowness Compare(const Json& narrow, const Json& wide, const std::string& where);

// The tightest bound that a schema sets from one side, exclusive after inclusive at one number.
struct Bound {
  bool set = false;
  double value = 0;
  bool exclusive = false;
};

Bound Tightest(const Json& schema, const char* inclusive, const char* exclusive, double sign) {
  Bound bound;
  const auto add = [&](const char* keyword, bool is_exclusive) {
    const Json* number = Find(schema, keyword);
    if (number == nullptr || !number->is_number()) return;
    const double value = sign * number->get<double>();
    if (bound.set && (value < bound.value || (value == bound.value && bound.exclusive))) return;
    bound = {true, value, is_exclusive};
  };
  add(inclusive, false);
  add(exclusive, true);
  return bound;
}

Narrowness CompareBound(const Comparison& c, const char* inclusive, const char* exclusive,
                        double sign) {
  const Bound wide = Tightest(c.wide, inclusive, exclusive, sign);
  if (!wide.set) return Yes();
  const Bound narrow = Tightest(c.narrow, inclusive, exclusive, sign);
  const bool tighter =
      narrow.set && (narrow.value > wide.value ||
                     (narrow.value == wide.value && (narrow.exclusive || !wide.exclusive)));
  return tighter ? Yes() : No(c.where, std::string(inclusive) + " was loosened or left out");
}

// `at_least`: the larger number is the narrower.
Narrowness CompareCount(const Comparison& c, const std::string& keyword, bool at_least) {
  const Json* narrow = Find(c.narrow, keyword.c_str());
  const double wide = c.wide[keyword].get<double>();
  if (at_least && wide == 0) return Yes();
  if (narrow != nullptr &&
      (at_least ? narrow->get<double>() >= wide : narrow->get<double>() <= wide)) {
    return Yes();
  }
  return No(c.where, keyword + " was loosened or left out");
}

Narrowness CompareRequired(const Comparison& c) {
  const Json* narrow = Find(c.narrow, "required");
  for (const Json& name : c.wide["required"]) {
    if (narrow != nullptr && std::find(narrow->begin(), narrow->end(), name) != narrow->end()) {
      continue;
    }
    return No(c.where, "'" + name.get<std::string>() + "' is no longer required");
  }
  return Yes();
}

const Json& AdditionalSchema(const Json& schema) {
  static const Json kAnything = true;
  const Json* additional = Find(schema, "additionalProperties");
  return additional != nullptr ? *additional : kAnything;
}

// What a schema says of a member: its own entry, else what additionalProperties says.
const Json& MemberSchema(const Json& schema, const std::string& name) {
  const Json* properties = Find(schema, "properties");
  const bool has = properties != nullptr && properties->contains(name);
  return has ? (*properties)[name] : AdditionalSchema(schema);
}

Narrowness CompareMembers(const Comparison& c) {
  // Members that a pattern names are taken away from additionalProperties.
  if (Find(c.narrow, "patternProperties") != nullptr) {
    return Unknown(c.where, "patternProperties beside members that changed");
  }
  std::set<std::string> names;
  for (const Json* schema : {&c.narrow, &c.wide}) {
    const Json* properties = Find(*schema, "properties");
    if (properties == nullptr) continue;
    for (const auto& [name, value] : properties->items()) names.insert(name);
  }
  for (const std::string& name : names) {
    const std::string where = text::AppendPointer(c.where + "/properties", name);
    Narrowness result = Compare(MemberSchema(c.narrow, name), MemberSchema(c.wide, name), where);
    if (result.answer != Answer::kYes) return result;
  }
  return Compare(AdditionalSchema(c.narrow), AdditionalSchema(c.wide),
                 c.where + "/additionalProperties");
}

Narrowness CompareItems(const Comparison& c) {
  static const Json kAnything = true;
  const Json* narrow = Find(c.narrow, "items");
  const Json* wide = Find(c.wide, "items");
  const bool lists = wide->is_array() || (narrow != nullptr && narrow->is_array());
  if (lists || Find(c.narrow, "prefixItems") != nullptr) {
    return Unknown(c.where, "schemas for single places of a list changed");
  }
  return Compare(narrow != nullptr ? *narrow : kAnything, *wide, c.where + "/items");
}

Narrowness CompareEqual(const Comparison& c, const std::string& keyword) {
  const Json* narrow = Find(c.narrow, keyword.c_str());
  if (narrow != nullptr && *narrow == c.wide[keyword]) return Yes();
  if (narrow == nullptr) return No(c.where, keyword + " was left out");
  return Unknown(c.where, keyword + " changed, and which of two is narrower is not decided");
}

// `contains` alone asks for one; its counts belong to it.
Narrowness CompareContains(const Comparison& c) {
  for (const char* keyword : {"contains", "minContains", "maxContains"}) {
    const Json* narrow = Find(c.narrow, keyword);
    const Json* wide = Find(c.wide, keyword);
    if ((narrow == nullptr) != (wide == nullptr) || (wide != nullptr && *narrow != *wide)) {
      return Unknown(c.where, std::string(keyword) + " changed");
    }
  }
  return Yes();
}

Narrowness CompareAll(const Comparison& c) {
  for (const Json& part : c.wide["allOf"]) {
    Narrowness result = Compare(c.narrow, part, c.where);
    if (result.answer == Answer::kYes) continue;
    // The conjuncts of the narrow schema may each be enough.
    const Json* parts = Find(c.narrow, "allOf");
    const bool implied =
        parts != nullptr && std::any_of(parts->begin(), parts->end(), [&](const Json& one) {
          return Compare(one, part, c.where).answer == Answer::kYes;
        });
    if (!implied) return Unknown(c.where, "allOf changed: " + result.why);
  }
  return Yes();
}

Narrowness CompareAny(const Comparison& c) {
  for (const Json& part : c.wide["anyOf"]) {
    if (Compare(c.narrow, part, c.where).answer == Answer::kYes) return Yes();
  }
  return CompareEqual(c, "anyOf");
}

bool IsAnnotation(const std::string& keyword) {
  static const std::set<std::string> kAnnotations = {"title",    "description", "default",
                                                     "examples", "$schema",     "$id",
                                                     "$comment", "definitions", "$defs"};
  return kAnnotations.contains(keyword);
}

Narrowness CompareKeyword(const Comparison& c, const std::string& keyword) {
  if (keyword == "minimum" || keyword == "exclusiveMinimum") {
    return CompareBound(c, "minimum", "exclusiveMinimum", 1);
  }
  if (keyword == "maximum" || keyword == "exclusiveMaximum") {
    return CompareBound(c, "maximum", "exclusiveMaximum", -1);
  }
  if (keyword == "minLength" || keyword == "minItems" || keyword == "minProperties") {
    return CompareCount(c, keyword, true);
  }
  if (keyword == "maxLength" || keyword == "maxItems" || keyword == "maxProperties") {
    return CompareCount(c, keyword, false);
  }
  if (keyword == "uniqueItems" && c.wide[keyword] == Json(false)) return Yes();
  if (keyword == "required") return CompareRequired(c);
  if (keyword == "properties" || keyword == "additionalProperties") return CompareMembers(c);
  if (keyword == "items") return CompareItems(c);
  if (keyword == "contains") return CompareContains(c);
  if (keyword == "allOf") return CompareAll(c);
  if (keyword == "anyOf") return CompareAny(c);
  return CompareEqual(c, keyword);
}

Narrowness CompareTypes(const Comparison& c) {
  const Types narrow = TypesOf(c.narrow);
  const Types wide = TypesOf(c.wide);
  for (const std::string& type : narrow) {
    if (!wide.contains(type)) return No(c.where, "the type " + type + " was not accepted before");
  }
  return Yes();
}

// Finitely many values: try each.
Narrowness CompareValues(const std::vector<Json>& values, const Comparison& c) {
  const text::JsonSchema narrow = text::JsonSchema::Compile(c.narrow);
  const text::JsonSchema wide = text::JsonSchema::Compile(c.wide);
  for (const Json& value : values) {
    if (narrow.Decide(value) == false || wide.Decide(value) == true) continue;
    if (wide.Decide(value).has_value()) {
      return No(c.where, DumpJson(value) + " was not accepted before");
    }
    return Unknown(c.where, DumpJson(value) + " is too much to check");
  }
  return Yes();
}

Narrowness CompareKeywords(const Comparison& c) {
  Narrowness types = CompareTypes(c);
  if (types.answer != Answer::kYes) return types;
  const Types possible = TypesOf(c.narrow);
  for (const auto& [keyword, value] : c.wide.items()) {
    if (keyword == "type" || IsAnnotation(keyword)) continue;
    if (keyword == "enum" || keyword == "const") return No(c.where, keyword + " was left out");
    const char* kind = KindOf(keyword);
    if (kind != nullptr && !possible.contains(kind)) continue;
    Narrowness result = CompareKeyword(c, keyword);
    if (result.answer != Answer::kYes) return result;
  }
  return Yes();
}

// Conditions that may imply what no keyword says.
bool HasCombination(const Json& schema) {
  for (const char* keyword : {"allOf", "anyOf", "oneOf", "not", "if", "patternProperties"}) {
    if (Find(schema, keyword) != nullptr) return true;
  }
  return false;
}

bool Refers(const Json& schema) {
  if (!schema.is_structured()) return false;
  if (schema.is_object() && schema.contains("$ref")) return true;
  return std::any_of(schema.begin(), schema.end(), Refers);
}

Narrowness CompareObjects(const Comparison& c) {
  if (const Json* value = Find(c.narrow, "const")) return CompareValues({*value}, c);
  if (const Json* values = Find(c.narrow, "enum")) {
    return CompareValues(std::vector<Json>(values->begin(), values->end()), c);
  }
  if (const Json* parts = Find(c.narrow, "anyOf")) {
    const bool all = std::all_of(parts->begin(), parts->end(), [&](const Json& part) {
      return Compare(part, c.wide, c.where).answer == Answer::kYes;
    });
    if (all) return Yes();
  }
  Narrowness result = CompareKeywords(c);
  if (result.answer == Answer::kNo && HasCombination(c.narrow)) result.answer = Answer::kUnknown;
  return result;
}

Narrowness Compare(const Json& narrow, const Json& wide, const std::string& where) {
  if (narrow == wide || wide == Json(true) || narrow == Json(false)) return Yes();
  if (wide == Json(false)) return No(where, "nothing was accepted here before");
  static const Json kAnything = Json::object();
  return CompareObjects({narrow == Json(true) ? kAnything : narrow, wide, where});
}

}  // namespace

Narrowness IsNarrower(const Json& narrow, const Json& wide) {
  text::JsonSchema::Compile(narrow);
  text::JsonSchema::Compile(wide);
  if (narrow != wide && (Refers(narrow) || Refers(wide))) {
    return Unknown("", "a $ref stands in a schema that changed");
  }
  return Compare(narrow, wide, "");
}

}  // namespace kedge::guards
