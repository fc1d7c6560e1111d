#include "harness/world/rule_reader.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::world {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

std::string ReadIdentifier(const Node& node) {
  std::string name = node.NonEmptyString();
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && (i == 0 || c < '0' || c > '9')) {
      throw node.Fail("a name is made of letters, digits and underscores, got '" + name + "'");
    }
  }
  return name;
}

Guard RuleReader::ReadGuard(const Node& node) {
  node.AllowKeys({"query", "absent", "error", "message"});
  Guard guard;
  guard.query = statements_.AddQuery(node["query"], arguments_);
  guard.absent = node.BoolOr("absent", false);
  guard.error = ReadIdentifier(node["error"]);
  guard.message = TextTemplate(node["message"].NonEmptyString());
  for (const std::string& name : guard.message.names()) {
    // A guard that fails because a row is there can say what is in it.
    const bool from_row = guard.absent && Contains(statements_.columns(guard.query), name);
    if (from_row || Contains(arguments_, name)) continue;
    throw node["message"].Fail("{" + name + "} is neither an argument of the tool nor a column " +
                               "of a query with `absent: true`");
  }
  return guard;
}

std::vector<Guard> RuleReader::Guards(const std::optional<Node>& list) {
  std::vector<Guard> guards;
  if (!list) return guards;
  for (const Node& item : list->Items()) guards.push_back(ReadGuard(item));
  return guards;
}

std::vector<StatementId> RuleReader::Statements(const std::optional<Node>& list) {
  std::vector<StatementId> ids;
  if (!list) return ids;
  for (const Node& item : list->Items()) {
    ids.push_back(statements_.AddStatement(item, arguments_, writes_));
  }
  return ids;
}

std::optional<ResultQuery> RuleReader::Result(const std::optional<Node>& node) {
  if (!node) return std::nullopt;
  node->AllowKeys({"query", "shape", "json"});
  ResultQuery result;
  result.query = statements_.AddQuery((*node)["query"], arguments_);
  const std::string shape =
      node->Has("shape") ? (*node)["shape"].OneOf({"row", "rows", "value"}) : "row";
  result.shape = shape == "row"    ? ResultShape::kRow
                 : shape == "rows" ? ResultShape::kRows
                                   : ResultShape::kValue;
  result.json_columns = node->StringsOr("json");
  for (const std::string& column : result.json_columns) {
    if (!Contains(statements_.columns(result.query), column)) {
      throw(*node)["json"].Fail("'" + column + "' is not a column of the query");
    }
  }
  return result;
}

}  // namespace kedge::world
