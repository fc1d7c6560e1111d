#include "harness/world/session_state.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/world/population.h"

namespace kedge::world {
namespace {

// About a second; a call of a usual tool takes some hundreds of instructions.
constexpr std::int64_t kMaxInstructionsPerCall = 50'000'000;
constexpr std::size_t kMaxCachedQueries = 256;

db::Database OpenCopy(const World::Definition& definition) {
  db::Database database = db::Database::FromImage(*definition.image);
  AddWorldFunctions(database, definition.options);
  return database;
}

// "/items/0/sku" -> "items.0.sku"
std::string FieldName(const std::string& pointer) {
  std::string name = pointer.empty() ? "arguments" : pointer.substr(1);
  for (char& c : name) {
    if (c == '/') c = '.';
  }
  return name;
}

ToolResult InvalidArguments(const std::vector<text::SchemaProblem>& problems) {
  std::string message;
  for (const text::SchemaProblem& problem : problems) {
    message += (message.empty() ? "" : "; ") + FieldName(problem.instance_pointer) + ": " +
               problem.message;
  }
  return ToolResult::Failure("invalid_arguments", message);
}

// Text that a column declared to hold JSON; false when it does not.
bool ExpandJsonColumns(const std::vector<std::string>& columns, Json& row) {
  for (const std::string& column : columns) {
    Json& value = row[column];
    if (value.is_null()) continue;
    Json parsed = value.is_string()
                      ? Json::parse(value.get_ref<const std::string&>(), nullptr, false)
                      : Json(Json::value_t::discarded);
    if (parsed.is_discarded()) return false;
    value = std::move(parsed);
  }
  return true;
}

// The present row in the shape of the result; nullopt when a JSON column holds no JSON.
std::optional<Json> ResultRow(const ResultQuery& query, const db::Statement& statement) {
  Json row = db::RowAsJson(statement);
  if (!ExpandJsonColumns(query.json_columns, row)) return std::nullopt;
  if (query.shape != ResultShape::kValue) return row;
  return std::move(row[statement.column_name(0)]);
}

}  // namespace

Session::State::State(std::shared_ptr<const World> the_world)
    : world(std::move(the_world)),
      definition(world->definition()),
      database(OpenCopy(definition)),
      tracker(database, definition.scored),
      begin(database.Prepare("BEGIN")),
      rollback(database.Prepare("ROLLBACK")),
      savepoint(database.Prepare("SAVEPOINT call")),
      release(database.Prepare("RELEASE call")),
      undo(database.Prepare("ROLLBACK TO call")),
      record_call(database.Prepare("INSERT INTO kedge_call VALUES (?1, ?2, ?3, ?4, ?5)")),
      statements(definition.statements.size()),
      calls(definition.tools.size()) {
  for (std::size_t i = 0; i < definition.tools.size(); ++i) {
    tool_index.emplace(definition.tools[i].spec.name, i);
  }
  database.Restrict(db::Access::kData, {kCallTable});
}

db::Statement& Session::State::Bound(StatementId id, const Json& arguments) {
  const WorldStatement& source = definition.statements[id];
  std::optional<db::Statement>& statement = statements[id];
  if (!statement) statement = database.Prepare(source.sql);
  statement->Reset();
  for (std::size_t i = 0; i < source.parameters.size(); ++i) {
    const auto value = arguments.find(source.parameters[i]);
    if (value != arguments.end()) statement->BindJson(static_cast<int>(i) + 1, *value);
  }
  return *statement;
}

Session::State::Failure Session::State::FailedStatement(db::Statement& statement,
                                                        db::StepResult result) {
  std::string text = statement.ErrorText();
  statement.Reset();
  const bool constraint = result == db::StepResult::kConstraint;
  return ToolResult::Failure(constraint ? "constraint" : "tool_failed", std::move(text));
}

Session::State::Failure Session::State::HasRow(StatementId query, const Json& arguments,
                                               bool* found, Json* row) {
  db::Statement& statement = Bound(query, arguments);
  const db::StepResult result = statement.TryStep();
  if (result != db::StepResult::kRow && result != db::StepResult::kDone) {
    return FailedStatement(statement, result);
  }
  *found = result == db::StepResult::kRow;
  if (*found && row != nullptr) *row = db::RowAsJson(statement);
  statement.Reset();
  return std::nullopt;
}

Session::State::Failure Session::State::CheckGuards(const std::vector<Guard>& guards,
                                                    const Json& arguments) {
  for (const Guard& guard : guards) {
    bool found = false;
    Json row = Json::object();
    if (auto failure = HasRow(guard.query, arguments, &found, guard.absent ? &row : nullptr)) {
      return failure;
    }
    if (found != guard.absent) continue;
    Json values = std::move(row);
    values.update(arguments);
    return ToolResult::Failure(guard.error, guard.message.Render(values));
  }
  return std::nullopt;
}

Session::State::Failure Session::State::RunStatements(const std::vector<StatementId>& ids,
                                                      const Json& arguments) {
  for (const StatementId id : ids) {
    db::Statement& statement = Bound(id, arguments);
    db::StepResult result = statement.TryStep();
    while (result == db::StepResult::kRow) result = statement.TryStep();
    if (result != db::StepResult::kDone) return FailedStatement(statement, result);
    statement.Reset();
  }
  return std::nullopt;
}

Session::State::Failure Session::State::SelectQuirks(const ToolDefinition& tool,
                                                     const Json& arguments,
                                                     std::vector<const QuirkRule*>* holding) {
  for (const QuirkRule& quirk : tool.quirks) {
    if (auto failure = CheckGuards(quirk.guards, arguments)) return failure;
    bool holds = true;
    if (quirk.when) {
      if (auto failure = HasRow(*quirk.when, arguments, &holds, nullptr)) return failure;
    }
    if (holds) holding->push_back(&quirk);
  }
  return std::nullopt;
}

Session::State::Failure Session::State::Change(const ToolDefinition& tool,
                                               const std::vector<const QuirkRule*>& holding,
                                               const Json& arguments) {
  const std::vector<StatementId>* own = &tool.statements;
  for (const QuirkRule* quirk : holding) {
    if (!quirk->instead) continue;
    own = &*quirk->instead;
    break;
  }
  if (auto failure = RunStatements(*own, arguments)) return failure;
  for (const QuirkRule* quirk : holding) {
    if (auto failure = RunStatements(quirk->statements, arguments)) return failure;
  }
  return CheckIntegrity();
}

// An episode is never committed, so what SQLite checks at commit is checked after each call.
Session::State::Failure Session::State::CheckIntegrity() {
  if (database.has_deferred_violations()) {
    return ToolResult::Failure("constraint", "FOREIGN KEY constraint failed");
  }
  if (tracker.TakeUnusableKey()) {
    return ToolResult::Failure("constraint", "a primary key would be NULL or a blob");
  }
  return std::nullopt;
}

ToolResult Session::State::ReadResult(const ResultQuery& query, const Json& arguments) {
  db::Statement& statement = Bound(query.query, arguments);
  Json rows = Json::array();
  db::StepResult step = statement.TryStep();
  while (step == db::StepResult::kRow) {
    std::optional<Json> row = ResultRow(query, statement);
    if (!row) {
      statement.Reset();
      return ToolResult::Failure("tool_failed", "a column of the result is not JSON");
    }
    rows.push_back(*std::move(row));
    step = query.shape == ResultShape::kRows ? statement.TryStep() : db::StepResult::kDone;
  }
  if (step != db::StepResult::kDone) return *FailedStatement(statement, step);
  statement.Reset();
  if (query.shape == ResultShape::kRows) return ToolResult::Ok(std::move(rows));
  return ToolResult::Ok(rows.empty() ? Json() : std::move(rows[0]));
}

ToolResult Session::State::Attempt(const ToolDefinition& tool, const Json& arguments) {
  if (auto failure = CheckGuards(tool.guards, arguments)) return *failure;
  std::vector<const QuirkRule*> holding;
  if (options.quirks) {
    if (auto failure = SelectQuirks(tool, arguments, &holding)) return *failure;
  }
  if (auto failure = Change(tool, holding, arguments)) return *failure;
  for (const QuirkRule* quirk : holding) {
    if (quirk->result) return ReadResult(*quirk->result, arguments);
  }
  if (tool.result) return ReadResult(*tool.result, arguments);
  return ToolResult::Ok(Json{{"done", true}});
}

Session::State::Failure Session::State::TransientFailure(std::size_t tool, std::uint64_t before) {
  const TransientErrors& transient = definition.transient;
  if (!options.transient_errors || transient.rate == 0) return std::nullopt;
  const std::string label = "transient/" + definition.tools[tool].spec.name;
  if (UniformAt(seed, label, before) >= transient.rate) return std::nullopt;
  return ToolResult::Failure(transient.error, transient.message);
}

ToolResult Session::State::Execute(std::size_t index, const Json& arguments) {
  const ToolDefinition& tool = definition.tools[index];
  const std::uint64_t calls_before = calls[index]++;
  if (mcp) return mcp->Call(tool.spec.name, arguments);
  if (!tool.schema.IsValid(arguments)) return InvalidArguments(tool.schema.Validate(arguments));
  if (auto failure = TransientFailure(index, calls_before)) return *failure;
  database.LimitSteps(kMaxInstructionsPerCall);
  if (!tool.spec.writes) return Attempt(tool, arguments);
  savepoint.Run();
  ToolResult result = Attempt(tool, arguments);
  if (!database.in_transaction()) {
    // What the episode did so far is gone with the transaction, so it cannot be judged.
    open = false;
    throw BadData("tool " + tool.spec.name + " of world " + definition.name +
                  " rolled the whole episode back (" + result.message +
                  "): its SQL must not use ROLLBACK or run without bound");
  }
  if (!result.ok) {
    undo.Run();
    tracker.TakeUnusableKey();
  }
  release.Run();
  return result;
}

void Session::State::RecordCall(const std::string& tool, const Json& arguments,
                                const ToolResult& result) {
  record_call.Bind(1, ++sequence)
      .Bind(2, std::string_view(tool))
      .Bind(3, result.ok ? 1 : 0)
      .Bind(4, std::string_view(DumpJson(arguments)))
      .Bind(5, std::string_view(result.error_class));
  record_call.Run();
}

db::Statement& Session::State::CachedQuery(const std::string& sql) {
  const auto known = queries.find(sql);
  if (known != queries.end()) return known->second;
  db::Statement statement = database.Prepare(sql);
  if (!statement.read_only() || statement.column_count() == 0) {
    throw BadData("expected a query that only reads: " + sql);
  }
  if (queries.size() >= kMaxCachedQueries) queries.clear();
  return queries.emplace(sql, std::move(statement)).first->second;
}

}  // namespace kedge::world
