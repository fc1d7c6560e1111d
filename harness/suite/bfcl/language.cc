#include "harness/suite/bfcl/language.h"

#include <map>

#include "harness/core/error.h"
#include "harness/suite/bfcl/source_text.h"
#include "harness/text/pattern.h"

namespace kedge::suite::bfcl {
namespace {

using Types = std::map<std::string, ValueType>;

const Types& TypesOf(Language language) {
  static const Types kPython = {
      {"integer", ValueType::kInt}, {"number", ValueType::kFloat}, {"float", ValueType::kFloat},
      {"string", ValueType::kText}, {"boolean", ValueType::kBool}, {"array", ValueType::kList},
      {"tuple", ValueType::kList},  {"dict", ValueType::kDict},    {"any", ValueType::kText}};
  static const Types kJava = {
      {"byte", ValueType::kInt},       {"short", ValueType::kInt},    {"integer", ValueType::kInt},
      {"long", ValueType::kInt},       {"float", ValueType::kFloat},  {"double", ValueType::kFloat},
      {"boolean", ValueType::kBool},   {"char", ValueType::kText},    {"Array", ValueType::kList},
      {"ArrayList", ValueType::kList}, {"HashMap", ValueType::kDict}, {"String", ValueType::kText},
      {"any", ValueType::kText}};
  static const Types kJavaScript = {{"String", ValueType::kText},  {"integer", ValueType::kInt},
                                    {"float", ValueType::kFloat},  {"Bigint", ValueType::kInt},
                                    {"Boolean", ValueType::kBool}, {"dict", ValueType::kDict},
                                    {"array", ValueType::kList},   {"any", ValueType::kText}};
  if (language == Language::kPython) return kPython;
  return language == Language::kJava ? kJava : kJavaScript;
}

// The suffix that a literal of a Java number type needs, JavaScript's n included.
std::string_view SuffixOf(const std::string& type) {
  if (type == "long") return "lL";
  if (type == "Bigint") return "n";
  return "";
}

std::optional<Json> NumberFrom(std::string_view text, const std::string& type, ValueType wanted) {
  const std::string_view suffix = SuffixOf(type);
  if (!suffix.empty()) {
    if (text.empty() || suffix.find(text.back()) == std::string_view::npos) return std::nullopt;
    text.remove_suffix(1);
  } else if (type == "float" && !text.empty() && (text.back() == 'f' || text.back() == 'F')) {
    text.remove_suffix(1);
  }
  const auto value = PythonLiteral(text);
  if (!value || !value->is_number()) return std::nullopt;
  if (wanted == ValueType::kInt) return value->is_number_integer() ? value : std::nullopt;
  return Json(value->get<double>());
}

// A value without a declared type: an element of a list of `any`, a value of a map.
Json UntypedFrom(Language language, const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto quoted = Unquoted(text)) return *quoted;
  if (!text.empty() && text.front() == '[') return FromSource(language, text, "array", "any");
  if (const auto number = PythonLiteral(text); number && number->is_number()) return *number;
  return text;
}

Json ElementFrom(Language language, const std::string& text, const std::string& type) {
  const auto declared = DeclaredType(language, type);
  if (type == "any" || !declared) return UntypedFrom(language, text);
  if (*declared == ValueType::kText) return Unquoted(text).value_or(text);
  return FromSource(language, text, type, "any");
}

Json ElementsFrom(Language language, std::string_view inner, const std::string& element_type) {
  Json list = Json::array();
  for (const std::string& part : SplitTopLevel(inner, ',')) {
    list.push_back(ElementFrom(language, part, element_type));
  }
  return list;
}

// Without its brackets, the text between `open` and the bracket that closes it, if nothing follows.
std::optional<std::string_view> Between(std::string_view text, std::size_t open,
                                        std::size_t closing_brackets) {
  const auto close = ClosingBracket(text, open);
  if (!close || *close + closing_brackets != text.size()) return std::nullopt;
  return text.substr(open + 1, *close - open - 1);
}

std::optional<Json> JavaList(std::string_view text, const std::string& element_type) {
  static const text::Pattern kArray = text::Pattern::Compile(R"(^new\s+\w+\s*\[\]\s*\{)");
  static const text::Pattern kAsList =
      text::Pattern::Compile(R"(^new\s+ArrayList<.*>\(Arrays\.asList\()");
  static const text::Pattern kEmpty = text::Pattern::Compile(R"(^new\s+ArrayList<.*>\(\)$)");
  const std::string whole(text);
  if (kEmpty.Matches(whole)) return Json::array();
  std::optional<std::string_view> inner;
  if (kArray.Matches(whole)) inner = Between(text, text.find('{'), 1);
  if (kAsList.Matches(whole)) inner = Between(text, text.find("asList(") + 6, 2);
  if (!inner) return std::nullopt;
  return ElementsFrom(Language::kJava, *inner, element_type);
}

// new HashMap<String, Object>() {{ put("key", value); ... }}
std::optional<Json> JavaMap(std::string_view text) {
  static const text::Pattern kMap = text::Pattern::Compile(R"(^new\s+HashMap<.*>\s*\(\))");
  if (!kMap.Matches(std::string(text))) return std::nullopt;
  Json map = Json::object();
  const std::size_t open = text.find("{{");
  if (open == std::string_view::npos) return map;
  const auto inner = Between(text, open + 1, 2);
  if (!inner) return std::nullopt;
  for (const std::string& statement : SplitTopLevel(*inner, ';')) {
    if (statement.empty()) continue;
    if (statement.rfind("put(", 0) != 0 || statement.back() != ')') return std::nullopt;
    const auto pair = SplitTopLevel(statement.substr(4, statement.size() - 5), ',');
    const auto key = pair.size() == 2 ? Unquoted(pair[0]) : std::nullopt;
    if (!key) return std::nullopt;
    map[*key] = UntypedFrom(Language::kJava, pair[1]);
  }
  return map;
}

std::optional<Json> JavaScriptDict(std::string_view text) {
  if (text.size() < 2 || text.front() != '{') return std::nullopt;
  const auto inner = Between(text, 0, 1);
  if (!inner) return std::nullopt;
  Json dict = Json::object();
  for (const std::string& part : SplitTopLevel(*inner, ',')) {
    const auto pair = SplitTopLevel(part, ':');
    if (pair.size() != 2) return std::nullopt;
    dict[Unquoted(pair[0]).value_or(pair[0])] = UntypedFrom(Language::kJavaScript, pair[1]);
  }
  return dict;
}

std::optional<Json> CollectionFrom(Language language, const std::string& text, ValueType wanted,
                                   const std::string& element_type) {
  if (wanted == ValueType::kDict) {
    return language == Language::kJava ? JavaMap(text) : JavaScriptDict(text);
  }
  // Lists inside of maps are written in brackets in both languages.
  if (!text.empty() && text.front() == '[') {
    if (const auto inner = Between(text, 0, 1)) return ElementsFrom(language, *inner, element_type);
  }
  return language == Language::kJava ? JavaList(text, element_type) : std::nullopt;
}

std::string UntypedTo(Language language, const Json& value) {
  if (value.is_string()) return Quoted(value.get_ref<const std::string&>());
  if (value.is_array()) return ToSource(Language::kJavaScript, value, "array", "any");
  if (value.is_object()) return ToSource(language, value, "dict", "any");
  return DumpJson(value);
}

std::string ListTo(Language language, const Json& list, const std::string& type,
                   const std::string& element_type) {
  std::string inner;
  for (const Json& item : list) {
    const bool untyped = item.is_string() || element_type == "any";
    inner += (inner.empty() ? "" : ", ") +
             (untyped ? UntypedTo(language, item) : ToSource(language, item, element_type, "any"));
  }
  if (type == "ArrayList") return "new ArrayList<Object>(Arrays.asList(" + inner + "))";
  if (type == "Array") return "new Object[]{" + inner + "}";
  return "[" + inner + "]";
}

std::string MapTo(Language language, const Json& map) {
  const bool java = language == Language::kJava;
  std::string inner;
  for (const auto& [key, value] : map.items()) {
    if (java) {
      inner += "put(" + Quoted(key) + ", " + UntypedTo(language, value) + "); ";
    } else {
      inner += (inner.empty() ? "" : ", ") + key + ": " + UntypedTo(language, value);
    }
  }
  return java ? "new HashMap<String, Object>() {{ " + inner + "}}" : "{" + inner + "}";
}

}  // namespace

std::string_view ToString(Language language) {
  if (language == Language::kPython) return "python";
  return language == Language::kJava ? "java" : "javascript";
}

std::optional<ValueType> DeclaredType(Language language, const std::string& type) {
  const Types& types = TypesOf(language);
  const auto found = types.find(type);
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

bool HasElements(const std::string& type) {
  return type == "array" || type == "tuple" || type == "Array" || type == "ArrayList";
}

Json FromSource(Language language, const std::string& source, const std::string& type,
                const std::string& element_type) {
  if (NestedTooDeep(source)) return source;
  const std::string text(Trimmed(source));
  const auto declared = DeclaredType(language, type);
  std::optional<Json> value;
  if (declared == ValueType::kBool && (text == "true" || text == "false")) value = text == "true";
  if (declared == ValueType::kInt || declared == ValueType::kFloat) {
    value = NumberFrom(text, type, *declared);
  }
  if (declared == ValueType::kList || declared == ValueType::kDict) {
    value = CollectionFrom(language, text, *declared, element_type);
  }
  if (type == "String" && language == Language::kJavaScript) {
    if (const auto quoted = Unquoted(text)) value = *quoted;
  }
  return value.value_or(source);
}

std::string ToSource(Language language, const Json& value, const std::string& type,
                     const std::string& element_type) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return ListTo(language, value, type, element_type);
  if (value.is_object()) return MapTo(language, value);
  std::string text = DumpJson(value);
  if (type == "long") text += "L";
  if (type == "Bigint") text += "n";
  return text;
}

}  // namespace kedge::suite::bfcl
