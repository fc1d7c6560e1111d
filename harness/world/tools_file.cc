#include "harness/world/tools_file.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/world/rule_reader.h"

namespace kedge::world {
namespace {

std::vector<std::string> ArgumentNames(const Json& schema) {
  std::vector<std::string> names;
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return names;
  for (const auto& [name, ignored] : properties->items()) names.push_back(name);
  return names;
}

// Arguments that nobody declared are refused unless the schema says otherwise: a misspelt optional
// argument must not be ignored.
Json ReadArgumentSchema(const std::optional<Node>& node) {
  Json schema = node ? node->json() : Json::object();
  if (node && !node->is_object()) throw node->Fail("expected a JSON Schema (an object)");
  if (!schema.contains("type")) schema["type"] = "object";
  if (schema["type"] != "object") throw node->Fail("the arguments of a tool are an object");
  if (!schema.contains("properties")) schema["properties"] = Json::object();
  if (!schema.contains("additionalProperties")) schema["additionalProperties"] = false;
  return schema;
}

text::JsonSchema CompileSchema(const Node& tool, const Json& schema) {
  try {
    return text::JsonSchema::Compile(schema, tool.source_name());
  } catch (const Error& error) {
    const Node place = tool.Find("arguments").value_or(tool);
    throw place.Fail((error.field().empty() ? "" : error.field() + ": ") + error.message());
  }
}

Json ReadTypes(const std::optional<Node>& node) {
  Json types = Json::object();
  if (!node) return types;
  for (const auto& [name, type] : node->Members()) types[name] = ReadIdentifier(type);
  return types;
}

Json ReadArgumentTypes(const std::optional<Node>& node, const std::vector<std::string>& names) {
  Json types = ReadTypes(node);
  for (const auto& [name, type] : types.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw node->Fail("'" + name + "' is not an argument of the tool");
    }
  }
  for (const std::string& name : names) {
    if (!types.contains(name)) types[name] = name;
  }
  return types;
}

ToolDefinition ReadTool(const Node& node, StatementSet& statements) {
  node.AllowKeys({"name", "description", "effect", "arguments", "types", "result_types", "guards",
                  "statements", "result"});
  ToolSpec spec;
  spec.name = ReadIdentifier(node["name"]);
  spec.description = node["description"].NonEmptyString();
  spec.writes = node["effect"].OneOf({"read", "write"}) == "write";
  spec.arguments = ReadArgumentSchema(node.Find("arguments"));
  text::JsonSchema schema = CompileSchema(node, spec.arguments);
  const std::vector<std::string> names = ArgumentNames(spec.arguments);
  spec.argument_types = ReadArgumentTypes(node.Find("types"), names);
  spec.result_types = ReadTypes(node.Find("result_types"));
  RuleReader rules(statements, names, spec.writes);
  ToolDefinition tool{std::move(spec), std::move(schema), {}, {}, {}, {}};
  tool.guards = rules.Guards(node.Find("guards"));
  tool.statements = rules.Statements(node.Find("statements"));
  tool.result = rules.Result(node.Find("result"));
  return tool;
}

// Fields inside JSON columns cannot be seen from here; without such columns every field is known.
void CheckResultTypes(const Node& node, const ToolDefinition& tool,
                      const StatementSet& statements) {
  if (tool.spec.result_types.empty()) return;
  const Node types = node["result_types"];
  if (!tool.result) throw types.Fail("the tool has no result");
  if (!tool.result->json_columns.empty()) return;
  const auto& columns = statements.columns(tool.result->query);
  for (const auto& [name, type] : types.Members()) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) {
      throw type.Fail("'" + name + "' is not a column of the result");
    }
  }
}

}  // namespace

void ReadTools(const Document& document, StatementSet& statements, World::Definition& definition) {
  const Node root = document.root();
  root.AllowKeys({"tools"});
  for (const Node& node : root["tools"].Items()) {
    ToolDefinition tool = ReadTool(node, statements);
    CheckResultTypes(node, tool, statements);
    for (const ToolDefinition& earlier : definition.tools) {
      if (earlier.spec.name == tool.spec.name) {
        throw node["name"].Fail("there are two tools named " + tool.spec.name);
      }
    }
    definition.specs.push_back(tool.spec);
    definition.tools.push_back(std::move(tool));
  }
  if (definition.tools.empty()) throw root["tools"].Fail("a world needs at least one tool");
}

}  // namespace kedge::world
