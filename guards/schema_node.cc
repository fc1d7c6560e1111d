#include "guards/schema_node.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

// Flags such as (?i) or (?is) in front.
std::string_view WithoutFlags(std::string_view expression) {
  if (expression.substr(0, 2) != "(?") return expression;
  const std::size_t end = expression.find_first_not_of("imsU", 2);
  if (end == expression.npos || expression[end] != ')') return expression;
  return expression.substr(end + 1);
}

// Skips a character class; `at` is its '['. Returns the position of the closing ']'.
std::size_t ClassEnd(std::string_view expression, std::size_t at) {
  ++at;
  if (at < expression.size() && expression[at] == '^') ++at;
  if (at < expression.size() && expression[at] == ']') ++at;
  while (at < expression.size() && expression[at] != ']') at += expression[at] == '\\' ? 2 : 1;
  return at;
}

bool HasBareAlternative(std::string_view expression) {
  int groups = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    switch (expression[i]) {
      case '\\':
        ++i;
        break;
      case '[':
        i = ClassEnd(expression, i);
        break;
      case '(':
        ++groups;
        break;
      case ')':
        --groups;
        break;
      case '|':
        if (groups == 0) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

bool IsSchemaMap(std::string_view keyword) {
  return keyword == "properties" || keyword == "patternProperties" || keyword == "$defs" ||
         keyword == "definitions";
}

// Keywords whose value is data, not a schema.
bool IsData(std::string_view keyword) {
  return keyword == "enum" || keyword == "const" || keyword == "default" || keyword == "examples";
}

void RequireProperties(Json& schema);

void RequireIn(Json& schema, const char* keyword) {
  const auto found = schema.find(keyword);
  if (found == schema.end()) return;
  if (found->is_array()) {
    for (Json& part : *found) RequireProperties(part);
  } else {
    RequireProperties(*found);
  }
}

void RequireProperties(Json& schema) {
  if (!schema.is_object()) return;
  for (const char* keyword : {"items", "prefixItems", "allOf"}) RequireIn(schema, keyword);
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  Json names = schema.contains("required") ? schema["required"] : Json::array();
  if (!names.is_array()) return;  // the compiler will say so
  for (auto& [name, property] : properties->items()) {
    if (property.is_object() && property.contains("optional") && property["optional"] == true) {
      property.erase("optional");
    } else if (std::find(names.begin(), names.end(), Json(name)) == names.end()) {
      names.push_back(name);
    }
    RequireProperties(property);
  }
  schema["required"] = std::move(names);
}

}  // namespace

bool IsAnchored(std::string_view expression) {
  const std::string_view body = WithoutFlags(expression);
  if (body.substr(0, 1) != "^" && body.substr(0, 2) != "\\A") return false;
  return !HasBareAlternative(body);
}

void CheckAnchored(const Node& node, std::string_view expression) {
  if (IsAnchored(expression)) return;
  throw node.Fail("the pattern '" + std::string(expression) +
                  "' must begin with ^ and keep alternatives in a group, as in ^(a|b)$");
}

Node NodeAt(const Node& node, std::string_view pointer) {
  Node at = node;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (at.is_array()) {
      const Json* element = text::ResolvePointer(at.json(), "/" + std::string(token));
      if (element == nullptr) return at;
      at = at.Items()[static_cast<std::size_t>(element - &at.json()[0])];
      continue;
    }
    if (!at.is_object()) return at;
    bool found = false;
    for (const auto& [name, member] : at.Members()) {
      if (text::AppendPointer("", name).substr(1) != token) continue;
      at = member;
      found = true;
      break;
    }
    if (!found) return at;
  }
  return at;
}

text::JsonSchema CompileSchemaNode(const Node& node, const Json& schema) {
  try {
    return text::JsonSchema::Compile(schema);
  } catch (const Error& error) {
    throw NodeAt(node, error.field() == "/" ? "" : error.field()).Fail(error.message());
  }
}

void CheckPatternsAnchored(const Node& schema) {
  if (schema.is_array()) {
    for (const Node& part : schema.Items()) CheckPatternsAnchored(part);
  }
  if (!schema.is_object()) return;
  for (const auto& [keyword, value] : schema.Members()) {
    if (keyword == "pattern" && value.is_string()) CheckAnchored(value, value.String());
    if (IsData(keyword)) continue;
    if (!IsSchemaMap(keyword) || !value.is_object()) {
      CheckPatternsAnchored(value);
      continue;
    }
    for (const auto& [name, part] : value.Members()) {
      if (keyword == "patternProperties") CheckAnchored(part, name);
      CheckPatternsAnchored(part);
    }
  }
}

Json WithRequiredProperties(const Json& schema) {
  Json out = schema;
  RequireProperties(out);
  return out;
}

}  // namespace kedge::guards
