#include "harness/world/statement_set.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"

namespace kedge::world {
namespace {

std::string ParameterName(const Node& node, const db::Statement& statement, int index,
                          const std::vector<std::string>& arguments) {
  const std::string parameter = statement.parameter_name(index);
  if (parameter.size() < 2 || parameter[0] != ':') {
    throw node.Fail("parameters are written :name, got '" + (parameter.empty() ? "?" : parameter) +
                    "'");
  }
  std::string name = parameter.substr(1);
  if (std::find(arguments.begin(), arguments.end(), name) == arguments.end()) {
    const std::string nearest = NearestWord(name, arguments);
    throw node.Fail("parameter " + parameter + " is not an argument of the tool" +
                    (nearest.empty() ? "" : "; did you mean :" + nearest + "?"));
  }
  return name;
}

// A world has no clock: the same seed must give the same bytes on another day.
bool AsksForTheTime(std::string sql) {
  std::transform(sql.begin(), sql.end(), sql.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return sql.find("'now'") != std::string::npos;
}

}  // namespace

StatementId StatementSet::Add(const Node& node, const std::vector<std::string>& arguments,
                              bool may_write) {
  WorldStatement entry;
  entry.sql = node.NonEmptyString();
  if (AsksForTheTime(entry.sql)) throw node.Fail("a world has no clock: 'now' is not allowed");
  try {
    const db::Statement statement = database_.Prepare(entry.sql);
    if (!may_write && !statement.read_only()) {
      throw node.Fail(
          "this statement changes rows, which is not allowed here (queries, and the "
          "statements of a tool whose effect is read, may only read)");
    }
    for (int i = 1; i <= statement.parameter_count(); ++i) {
      entry.parameters.push_back(ParameterName(node, statement, i, arguments));
    }
    for (int i = 0; i < statement.column_count(); ++i) {
      entry.columns.push_back(statement.column_name(i));
    }
  } catch (const Error& error) {
    if (!error.file().empty()) throw;
    throw node.Fail(error.message());
  }
  statements_.push_back(std::move(entry));
  return statements_.size() - 1;
}

StatementId StatementSet::AddQuery(const Node& node, const std::vector<std::string>& arguments) {
  const StatementId id = Add(node, arguments, false);
  if (columns(id).empty()) throw node.Fail("this must be a query that gives rows");
  return id;
}

StatementId StatementSet::AddStatement(const Node& node, const std::vector<std::string>& arguments,
                                       bool may_write) {
  return Add(node, arguments, may_write);
}

}  // namespace kedge::world
