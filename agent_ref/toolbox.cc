#include "agent_ref/toolbox.h"

#include <algorithm>
#include <charconv>

#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Argument ReadArgument(const std::string& name, const Json& schema, const world::ToolSpec& spec) {
  Argument argument;
  argument.name = name;
  const std::string declared = TextAt(spec.argument_types, name.c_str());
  argument.type = declared.empty() ? name : declared;
  if (!schema.is_object()) return argument;
  argument.json_type = TextAt(schema, "type");
  if (const auto allowed = schema.find("enum"); allowed != schema.end() && allowed->is_array()) {
    argument.allowed.assign(allowed->begin(), allowed->end());
  }
  if (schema.contains("const")) argument.allowed = {schema["const"]};
  if (schema.contains("default")) argument.fallback = schema["default"];
  return argument;
}

bool IsRequired(const Json& schema, const std::string& name) {
  const auto required = schema.find("required");
  return required != schema.end() && required->is_array() &&
         std::find(required->begin(), required->end(), name) != required->end();
}

Tool ReadTool(const world::ToolSpec& spec) {
  Tool tool;
  tool.name = spec.name;
  tool.description = spec.description;
  tool.writes = spec.writes;
  const auto properties = spec.arguments.find("properties");
  if (properties != spec.arguments.end() && properties->is_object()) {
    for (const auto& [name, schema] : properties->items()) {
      tool.arguments.push_back(ReadArgument(name, schema, spec));
      tool.arguments.back().required = IsRequired(spec.arguments, name);
    }
  }
  for (const auto& [field, type] : spec.result_types.items()) {
    if (type.is_string()) tool.result_types[field] = type.get<std::string>();
  }
  return tool;
}

bool Same(const world::ToolSpec& a, const world::ToolSpec& b) {
  return a.name == b.name && a.writes == b.writes && a.description == b.description &&
         a.arguments == b.arguments && a.argument_types == b.argument_types &&
         a.result_types == b.result_types;
}

Json NumberFrom(const std::string& text, bool integer) {
  const char* end = text.data() + text.size();
  if (integer) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end ? Json(number) : Json();
  }
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? Json(number) : Json();
}

Json Convert(const std::string& json_type, const Json& value) {
  if (json_type == "array") return value.is_array() ? value : Json::array({value});
  if (json_type == "string") {
    return value.is_string() ? value : value.is_number() ? Json(DumpJson(value)) : Json();
  }
  if (json_type == "integer" || json_type == "number") {
    if (value.is_string()) {
      return NumberFrom(value.get_ref<const std::string&>(), json_type == "integer");
    }
    return value.is_number() ? value : Json();
  }
  return value;
}

}  // namespace

bool Tool::Takes(const std::string& argument_or_type) const {
  return std::any_of(arguments.begin(), arguments.end(), [&](const Argument& argument) {
    return argument.name == argument_or_type || argument.type == argument_or_type;
  });
}

std::vector<Json> Argument::Listed() const {
  if (allowed.empty() && json_type == "boolean") return {false, true};
  return allowed;
}

const Argument* Tool::FindArgument(const std::string& name) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const Argument& argument) { return argument.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

bool Tool::Offers(const std::string& type) const {
  return std::any_of(result_types.begin(), result_types.end(),
                     [&](const auto& field) { return field.second == type; });
}

Toolbox::Toolbox(const std::vector<world::ToolSpec>& specs) : specs_(specs) {
  for (const world::ToolSpec& spec : specs) tools_.push_back(ReadTool(spec));
}

bool Toolbox::IsFor(const std::vector<world::ToolSpec>& specs) const {
  return std::equal(specs.begin(), specs.end(), specs_.begin(), specs_.end(), Same);
}

const Tool* Toolbox::Find(const std::string& name) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(),
                                  [&](const Tool& tool) { return tool.name == name; });
  return found == tools_.end() ? nullptr : &*found;
}

Json Fit(const Argument& argument, const Json& value) {
  Json fitted = Convert(argument.json_type, value);
  if (argument.allowed.empty() || fitted.is_null()) return fitted;
  const std::string wanted = Folded(fitted);
  for (const Json& allowed : argument.allowed) {
    if (allowed == fitted || Folded(allowed) == wanted) return allowed;
  }
  return nullptr;
}

}  // namespace kedge::agent_ref
