#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/db/change_tracker.h"
#include "harness/db/database.h"
#include "harness/world/definition.h"
#include "harness/world/world.h"

namespace kedge::world {

/// The connection of a session and everything prepared on it.
struct Session::State {
  explicit State(std::shared_ptr<const World> world);

  /// Everything but the record in kedge_call.
  ToolResult Execute(std::size_t tool, const Json& arguments);
  void RecordCall(const std::string& tool, const Json& arguments, const ToolResult& result);
  db::Statement& CachedQuery(const std::string& sql);

  std::shared_ptr<const World> world;
  const World::Definition& definition;
  db::Database database;
  db::ChangeTracker tracker;
  // The engine's own statements, prepared before the connection is restricted.
  db::Statement begin, rollback, savepoint, release, undo, record_call;
  std::vector<std::optional<db::Statement>> statements;  // by StatementId
  std::map<std::string, db::Statement> queries;          // Session::Query's, by text
  std::map<std::string, std::size_t, std::less<>> tool_index;

  std::unique_ptr<McpEpisode> mcp;  // the server of the episode, if the world is one

  bool open = false;
  std::uint64_t seed = 0;
  Session::Options options;
  std::vector<std::uint64_t> calls;  // of each tool so far
  std::int64_t sequence = 0;

 private:
  using Failure = std::optional<ToolResult>;

  db::Statement& Bound(StatementId id, const Json& arguments);
  Failure FailedStatement(db::Statement& statement, db::StepResult result);
  Failure TransientFailure(std::size_t tool, std::uint64_t calls_before);
  ToolResult Attempt(const ToolDefinition& tool, const Json& arguments);
  Failure CheckGuards(const std::vector<Guard>& guards, const Json& arguments);
  Failure RunStatements(const std::vector<StatementId>& ids, const Json& arguments);
  Failure HasRow(StatementId query, const Json& arguments, bool* found, Json* row);
  Failure SelectQuirks(const ToolDefinition& tool, const Json& arguments,
                       std::vector<const QuirkRule*>* holding);
  Failure Change(const ToolDefinition& tool, const std::vector<const QuirkRule*>& holding,
                 const Json& arguments);
  Failure CheckIntegrity();
  ToolResult ReadResult(const ResultQuery& query, const Json& arguments);
};

}  // namespace kedge::world
