#include <algorithm>
#include <map>

#include "harness/core/error.h"
#include "harness/text/json_pointer.h"
#include "harness/text/json_schema_program.h"

namespace kedge::text {
namespace {

constexpr int kMaxSchemaDepth = 128;

constexpr std::string_view kAnnotations[] = {
    "$schema",         "$id",    "$comment",   "title",    "description", "default",
    "examples",        "format", "deprecated", "readOnly", "writeOnly",   "contentEncoding",
    "contentMediaType"};

class Compiler {
 public:
  Compiler(const Json& document, const std::string& source)
      : document_(document), source_(source) {}

  JsonSchema::Program Run() {
    program_.root = Schema(document_, "");
    RefuseEndlessReferences();
    return std::move(program_);
  }

 private:
  [[noreturn]] void Refuse(const std::string& pointer, const std::string& message) const {
    throw BadData("schema: " + message).At(source_, 0, pointer.empty() ? "/" : pointer);
  }

  // One node per place in the document, so that references may form cycles.
  SchemaIndex Schema(const Json& schema, const std::string& pointer) {
    if (const auto known = index_of_.find(&schema); known != index_of_.end()) return known->second;
    if (++depth_ > kMaxSchemaDepth) Refuse(pointer, "nested deeper than 128");
    const auto index = static_cast<SchemaIndex>(program_.nodes.size());
    program_.nodes.emplace_back();
    pointers_.push_back(pointer);
    index_of_.emplace(&schema, index);
    SchemaNode node;
    if (schema.is_boolean()) {
      node.never = !schema.get<bool>();
    } else if (schema.is_object()) {
      Object(schema, pointer, node);
    } else {
      Refuse(pointer, "a schema is an object, true or false");
    }
    program_.nodes[static_cast<std::size_t>(index)] = std::move(node);
    --depth_;
    return index;
  }

  void Object(const Json& schema, const std::string& pointer, SchemaNode& node) {
    for (const auto& [keyword, value] : schema.items()) {
      const std::string at = AppendPointer(pointer, keyword);
      if (GeneralKeyword(keyword, value, at, node)) continue;
      if (CombiningKeyword(keyword, value, at, node)) continue;
      if (NumberKeyword(keyword, value, at, node)) continue;
      if (StringKeyword(keyword, value, at, node)) continue;
      if (ObjectKeyword(keyword, value, at, node)) continue;
      if (ArrayKeyword(keyword, value, at, node)) continue;
      if (Annotation(keyword, pointer)) continue;
      Refuse(at, "unknown keyword '" + keyword + "' (README.md of harness/text lists the subset)");
    }
    FinishObject(schema, pointer, node);
  }

  bool Annotation(const std::string& keyword, const std::string& pointer) const {
    if (keyword == "$id" && !pointer.empty()) return false;  // it would rebase references
    return std::find(std::begin(kAnnotations), std::end(kAnnotations), keyword) !=
           std::end(kAnnotations);
  }

  bool GeneralKeyword(const std::string& keyword, const Json& value, const std::string& at,
                      SchemaNode& node) {
    if (keyword == "type") {
      node.types = Types(value, at);
    } else if (keyword == "enum") {
      if (!value.is_array() || value.empty()) Refuse(at, "expected an array with a value");
      node.enum_values.emplace(value.begin(), value.end());
    } else if (keyword == "const") {
      node.constant = value;
    } else if (keyword == "$ref") {
      node.ref = Reference(value, at);
    } else if (keyword == "$defs" || keyword == "definitions") {
      if (!value.is_object()) Refuse(at, "expected an object of schemas");
      for (const auto& [name, schema] : value.items()) Schema(schema, AppendPointer(at, name));
    } else {
      return false;
    }
    return true;
  }

  std::uint8_t Types(const Json& value, const std::string& at) const {
    if (value.is_string()) return TypeBit(value, at);
    if (!value.is_array() || value.empty()) Refuse(at, "expected a type name or an array of them");
    std::uint8_t mask = 0;
    for (const Json& name : value) mask = static_cast<std::uint8_t>(mask | TypeBit(name, at));
    return mask;
  }

  std::uint8_t TypeBit(const Json& name, const std::string& at) const {
    static const std::map<std::string, std::uint8_t> kBits = {
        {"null", kNullBit},       {"boolean", kBooleanBit},
        {"integer", kIntegerBit}, {"number", kIntegerBit | kFractionBit},
        {"string", kStringBit},   {"array", kArrayBit},
        {"object", kObjectBit}};
    const auto found = name.is_string() ? kBits.find(name.get<std::string>()) : kBits.end();
    if (found == kBits.end()) {
      Refuse(at, "unknown type; known: null, boolean, integer, number, string, array, object");
    }
    return found->second;
  }

  SchemaIndex Reference(const Json& value, const std::string& at) {
    if (!value.is_string()) Refuse(at, "expected text");
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty() || text[0] != '#' || (text.size() > 1 && text[1] != '/')) {
      Refuse(at, "only references inside this document are known: '#' or '#/...'");
    }
    const std::optional<std::string> pointer = DecodeFragment(std::string_view(text).substr(1));
    const Json* target = pointer ? ResolvePointer(document_, *pointer) : nullptr;
    if (target == nullptr) Refuse(at, "'" + text + "' points nowhere");
    return Schema(*target, *pointer);
  }

  bool CombiningKeyword(const std::string& keyword, const Json& value, const std::string& at,
                        SchemaNode& node) {
    if (keyword == "allOf") {
      node.all_of = Schemas(value, at);
    } else if (keyword == "anyOf") {
      node.any_of = Schemas(value, at);
    } else if (keyword == "oneOf") {
      node.one_of = Schemas(value, at);
    } else if (keyword == "not") {
      node.negated = Schema(value, at);
    } else if (keyword == "if") {
      node.condition = Schema(value, at);
    } else if (keyword == "then") {
      node.consequence = Schema(value, at);
    } else if (keyword == "else") {
      node.alternative = Schema(value, at);
    } else {
      return false;
    }
    return true;
  }

  std::vector<SchemaIndex> Schemas(const Json& value, const std::string& at) {
    if (!value.is_array() || value.empty()) Refuse(at, "expected an array with a schema");
    std::vector<SchemaIndex> out;
    for (std::size_t i = 0; i < value.size(); ++i) {
      out.push_back(Schema(value[i], AppendPointer(at, std::to_string(i))));
    }
    return out;
  }

  template <typename T>
  static T& Ensure(std::unique_ptr<T>& checks) {
    if (!checks) checks = std::make_unique<T>();
    return *checks;
  }

  bool NumberKeyword(const std::string& keyword, const Json& value, const std::string& at,
                     SchemaNode& node) {
    static const std::map<std::string, Json NumberChecks::*> kFields = {
        {"minimum", &NumberChecks::minimum},
        {"maximum", &NumberChecks::maximum},
        {"exclusiveMinimum", &NumberChecks::exclusive_minimum},
        {"exclusiveMaximum", &NumberChecks::exclusive_maximum},
        {"multipleOf", &NumberChecks::multiple_of}};
    const auto field = kFields.find(keyword);
    if (field == kFields.end()) return false;
    if (!value.is_number()) Refuse(at, "expected a number");
    if (keyword == "multipleOf" && value.get<double>() <= 0)
      Refuse(at, "expected a number above 0");
    Ensure(node.number).*field->second = value;
    return true;
  }

  bool StringKeyword(const std::string& keyword, const Json& value, const std::string& at,
                     SchemaNode& node) {
    if (keyword == "minLength") {
      Ensure(node.string).min_length = Count(value, at);
    } else if (keyword == "maxLength") {
      Ensure(node.string).max_length = Count(value, at);
    } else if (keyword == "pattern") {
      if (!value.is_string()) Refuse(at, "expected a regular expression");
      Ensure(node.string).pattern = Regex(value.get_ref<const std::string&>(), at);
    } else {
      return false;
    }
    return true;
  }

  Pattern Regex(const std::string& expression, const std::string& at) const {
    try {
      return Pattern::Compile(expression);
    } catch (const Error& error) {
      Refuse(at, error.message());
    }
  }

  // A count may be written 2 or 2.0.
  std::size_t Count(const Json& value, const std::string& at) const {
    constexpr double kMost = 9007199254740992.0;
    const double count = value.is_number() ? value.get<double>() : -1;
    if (!(count >= 0 && count <= kMost) ||
        count != static_cast<double>(static_cast<std::size_t>(count))) {
      Refuse(at, "expected a whole number, 0 or more");
    }
    return static_cast<std::size_t>(count);
  }

  bool ObjectKeyword(const std::string& keyword, const Json& value, const std::string& at,
                     SchemaNode& node) {
    if (keyword == "properties" || keyword == "required") {
      Ensure(node.object);  // filled by FinishObject, which needs both
    } else if (keyword == "patternProperties") {
      if (!value.is_object()) Refuse(at, "expected an object of schemas");
      auto& list = Ensure(node.object).pattern_properties;
      for (const auto& [expression, schema] : value.items()) {
        const std::string place = AppendPointer(at, expression);
        list.emplace_back(Regex(expression, place), Schema(schema, place));
      }
    } else if (keyword == "additionalProperties") {
      Ensure(node.object).additional = Schema(value, at);
    } else if (keyword == "propertyNames") {
      Ensure(node.object).names = Schema(value, at);
    } else if (keyword == "minProperties") {
      Ensure(node.object).min_properties = Count(value, at);
    } else if (keyword == "maxProperties") {
      Ensure(node.object).max_properties = Count(value, at);
    } else {
      return false;
    }
    return true;
  }

  void FinishObject(const Json& schema, const std::string& pointer, SchemaNode& node) {
    std::map<std::string, ObjectChecks::Property> merged;
    if (const auto found = schema.find("properties"); found != schema.end()) {
      const std::string at = AppendPointer(pointer, "properties");
      if (!found->is_object()) Refuse(at, "expected an object of schemas");
      for (const auto& [name, value] : found->items()) {
        merged[name].schema = Schema(value, AppendPointer(at, name));
      }
    }
    if (const auto found = schema.find("required"); found != schema.end()) {
      const std::string at = AppendPointer(pointer, "required");
      if (!found->is_array()) Refuse(at, "expected an array of names");
      for (const Json& name : *found) {
        if (!name.is_string()) Refuse(at, "expected an array of names");
        if (std::exchange(merged[name.get<std::string>()].required, true)) {
          Refuse(at, "'" + name.get<std::string>() + "' is named twice");
        }
      }
    }
    for (auto& [name, property] : merged) {
      property.name = name;
      node.object->properties.push_back(std::move(property));
    }
  }

  bool ArrayKeyword(const std::string& keyword, const Json& value, const std::string& at,
                    SchemaNode& node) {
    if (keyword == "items") {
      if (value.is_array())
        Refuse(at, "expected a schema; use prefixItems for a schema by position");
      Ensure(node.array).rest = Schema(value, at);
    } else if (keyword == "prefixItems") {
      Ensure(node.array).prefix = Schemas(value, at);
    } else if (keyword == "contains") {
      Ensure(node.array).contains = Schema(value, at);
    } else if (keyword == "minContains") {
      Ensure(node.array).min_contains = Count(value, at);
    } else if (keyword == "maxContains") {
      Ensure(node.array).max_contains = Count(value, at);
    } else if (keyword == "minItems") {
      Ensure(node.array).min_items = Count(value, at);
    } else if (keyword == "maxItems") {
      Ensure(node.array).max_items = Count(value, at);
    } else if (keyword == "uniqueItems") {
      if (!value.is_boolean()) Refuse(at, "expected true or false");
      Ensure(node.array).unique = value.get<bool>();
    } else {
      return false;
    }
    return true;
  }

  // A cycle of schemas that all look at the same value would never end: {"$ref": "#"}.
  void RefuseEndlessReferences() const {
    std::vector<int> state(program_.nodes.size(), 0);  // 0 new, 1 on the path, 2 done
    for (std::size_t i = 0; i < state.size(); ++i) Walk(static_cast<SchemaIndex>(i), state);
  }

  void Walk(SchemaIndex index, std::vector<int>& state) const {
    if (index == kNoSchema) return;
    int& mine = state[static_cast<std::size_t>(index)];
    if (mine == 2) return;
    if (mine == 1) {
      Refuse(pointers_[static_cast<std::size_t>(index)], "refers to itself for the same value");
    }
    mine = 1;
    const SchemaNode& node = program_.nodes[static_cast<std::size_t>(index)];
    for (const auto* list : {&node.all_of, &node.any_of, &node.one_of}) {
      for (const SchemaIndex next : *list) Walk(next, state);
    }
    for (const SchemaIndex next :
         {node.negated, node.condition, node.consequence, node.alternative, node.ref}) {
      Walk(next, state);
    }
    mine = 2;
  }

  const Json& document_;
  const std::string& source_;
  JsonSchema::Program program_;
  std::vector<std::string> pointers_;  // of the nodes, for messages
  std::map<const Json*, SchemaIndex> index_of_;
  int depth_ = 0;
};

}  // namespace

JsonSchema::Program CompileSchema(const Json& schema, const std::string& source_name) {
  return Compiler(schema, source_name).Run();
}

}  // namespace kedge::text
