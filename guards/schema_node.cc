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

// The literal letters of a class body, ranges and escapes left out.
std::string LettersOf(std::string_view body) {
  std::string letters;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\') {
      ++i;
    } else if (body[i] == '[' || (i + 2 < body.size() && body[i + 1] == '-')) {
      i += 2;  // a range, or the beginning of [:name:]
      if (body[i - 2] == '[') i = std::min(body.find(']', i), body.size());
    } else if ((body[i] | 0x20) >= 'a' && (body[i] | 0x20) <= 'z') {
      letters += body[i];
    }
  }
  return letters;
}

// Letters that were meant as a set stand once each and, when many, in order.
bool SpellsWord(std::string_view body) {
  constexpr std::size_t kFewLetters = 4;
  std::string letters = LettersOf(body);
  const bool ordered = std::is_sorted(letters.begin(), letters.end(),
                                      [](char a, char b) { return (a | 0x20) < (b | 0x20); });
  const std::size_t count = letters.size();
  std::sort(letters.begin(), letters.end());
  const bool twice = std::adjacent_find(letters.begin(), letters.end()) != letters.end();
  return (twice && count > 2) || (!ordered && count >= kFewLetters);
}

// The first class of an expression that spells a word; empty when there is none.
std::string_view WordClass(std::string_view expression) {
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\') {
      ++i;
    } else if (expression[i] == '[') {
      const std::size_t end = std::min(ClassEnd(expression, i), expression.size());
      if (SpellsWord(expression.substr(i + 1, end - i - 1)))
        return expression.substr(i, end + 1 - i);
      i = end;
    }
  }
  return {};
}

bool IsSchemaMap(std::string_view keyword) {
  return keyword == "properties" || keyword == "patternProperties" || keyword == "$defs" ||
         keyword == "definitions";
}

// Keywords whose value is data, not a schema.
bool IsData(std::string_view keyword) {
  return keyword == "enum" || keyword == "const" || keyword == "default" || keyword == "examples";
}

// Calls `visit(node, expression)` for each pattern of a schema.
template <typename Visit>
void ForEachPattern(const Node& schema, const Visit& visit) {
  if (schema.is_array()) {
    for (const Node& part : schema.Items()) ForEachPattern(part, visit);
  }
  if (!schema.is_object()) return;
  for (const auto& [keyword, value] : schema.Members()) {
    if (keyword == "pattern" && value.is_string()) visit(value, value.String());
    if (IsData(keyword)) continue;
    if (!IsSchemaMap(keyword) || !value.is_object()) {
      ForEachPattern(value, visit);
      continue;
    }
    for (const auto& [name, part] : value.Members()) {
      if (keyword == "patternProperties") visit(part, name);
      ForEachPattern(part, visit);
    }
  }
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

void CheckClasses(const Node& node, std::string_view expression) {
  const std::string_view spelt = WordClass(expression);
  if (spelt.empty()) return;
  throw node.Fail("the character class " + std::string(spelt) +
                  " spells a word: it stands for one of its letters; write (?:word), or the "
                  "letters once each and in order");
}

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
  ForEachPattern(schema, [](const Node& node, const std::string& expression) {
    CheckAnchored(node, expression);
    CheckClasses(node, expression);
  });
}

void CheckPatterns(const Node& schema) {
  ForEachPattern(schema, [](const Node& node, const std::string& expression) {
    CheckClasses(node, expression);
  });
}

Json WithRequiredProperties(const Json& schema) {
  Json out = schema;
  RequireProperties(out);
  return out;
}

}  // namespace kedge::guards
