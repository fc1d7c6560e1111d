#include <algorithm>
#include <tuple>
#include <utility>

#include "harness/core/error.h"
#include "harness/world/session_state.h"

namespace kedge::world {
namespace {

Json KeyObject(const db::TrackedTable& table, const Json& key) {
  Json object = Json::object();
  for (std::size_t i = 0; i < key.size(); ++i) {
    object[table.columns[static_cast<std::size_t>(table.key[i])]] = key[i];
  }
  return object;
}

// The columns of `row` that differ from `other`; all of them when there is no other.
Json ColumnsObject(const db::TrackedTable& table, const std::optional<Json>& row,
                   const std::optional<Json>& other) {
  if (!row) return nullptr;
  Json object = Json::object();
  for (std::size_t i = 0; i < row->size(); ++i) {
    if (!other || (*row)[i] != (*other)[i]) object[table.columns[i]] = (*row)[i];
  }
  return object;
}

RowChange AsRowChange(const db::TrackedTable& table, const db::RowDelta& delta) {
  RowChange change;
  change.table = table.name;
  change.operation = !delta.before ? "insert" : !delta.after ? "delete" : "update";
  change.key = KeyObject(table, delta.key);
  change.before = ColumnsObject(table, delta.before, delta.after);
  change.after = ColumnsObject(table, delta.after, delta.before);
  return change;
}

bool InOrder(const RowChange& a, const RowChange& b) {
  return std::tie(a.table, a.key) < std::tie(b.table, b.key);
}

void BindByName(db::Statement& statement, const Json& parameters) {
  statement.Reset();
  for (int i = 1; i <= statement.parameter_count(); ++i) {
    const std::string name = statement.parameter_name(i);
    const auto value = parameters.find(name.empty() ? name : name.substr(1));
    if (value == parameters.end()) {
      throw BadData("the query has a parameter " + name +
                    " that was not given: " + statement.sql());
    }
    statement.BindJson(i, *value);
  }
}

}  // namespace

Session::Session(std::shared_ptr<const World> world)
    : state_(std::make_unique<State>(std::move(world))) {}

Session::~Session() = default;

const World& Session::world() const { return *state_->world; }

void Session::Begin(std::uint64_t seed, const Options& options) {
  End();
  state_->seed = seed;
  state_->options = options;
  state_->sequence = 0;
  std::fill(state_->calls.begin(), state_->calls.end(), 0);
  state_->tracker.Clear();
  const World::Definition& definition = state_->definition;
  if (definition.mcp) {
    state_->mcp =
        std::make_unique<McpEpisode>(*definition.mcp, seed, definition.options.population_seed);
  }
  state_->begin.Run();
  state_->open = true;
}

void Session::End() {
  if (!state_->open) return;
  state_->open = false;
  state_->rollback.Run();
  state_->mcp.reset();
}

ToolResult Session::Call(const std::string& tool, const Json& arguments) {
  if (!state_->open) throw InternalError("Session::Call before Begin");
  const auto index = state_->tool_index.find(tool);
  ToolResult result =
      index == state_->tool_index.end()
          ? ToolResult::Failure("unknown_tool", "There is no tool named '" + tool + "'.")
          : state_->Execute(index->second, arguments);
  state_->RecordCall(tool, arguments, result);
  return result;
}

Difference Session::difference() {
  Difference difference;
  if (!state_->open) return difference;
  const auto& tables = state_->tracker.tables();
  for (const db::RowDelta& delta : state_->tracker.Net()) {
    difference.changes.push_back(AsRowChange(tables[delta.table], delta));
  }
  std::sort(difference.changes.begin(), difference.changes.end(), InOrder);
  return difference;
}

Json Session::Query(const std::string& sql, const Json& parameters) {
  db::Statement& statement = state_->CachedQuery(sql);
  state_->database.LimitSteps(0);
  BindByName(statement, parameters);
  return db::RowsAsJson(statement);
}

}  // namespace kedge::world
