#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/db/change_tracker.h"
#include "harness/db/database.h"
#include "harness/text/json_schema.h"
#include "harness/world/mcp_server.h"
#include "harness/world/text_template.h"
#include "harness/world/tool.h"
#include "harness/world/world.h"

namespace kedge::world {

/// A checked statement of a world's files; sessions prepare it when it is first used.
struct WorldStatement {
  std::string sql;
  std::vector<std::string> parameters;  ///< argument names in the order of their parameters
  std::vector<std::string> columns;     ///< of its result
};

/// Index into Definition::statements.
using StatementId = std::size_t;

/// A condition of a tool and the error when it does not hold.
struct Guard {
  StatementId query = 0;
  bool absent = false;  ///< holds when the query gives no row, instead of when it gives one
  std::string error;
  TextTemplate message{""};
};

enum class ResultShape { kRow, kRows, kValue };

struct ResultQuery {
  StatementId query = 0;
  ResultShape shape = ResultShape::kRow;
  std::vector<std::string> json_columns;  ///< columns whose text is JSON
};

/// What one quirk does to one tool.
struct QuirkRule {
  std::string id;
  std::optional<StatementId> when;  ///< always, when absent
  std::vector<Guard> guards;
  std::vector<StatementId> statements;
  std::optional<std::vector<StatementId>> instead;
  std::optional<ResultQuery> result;
};

struct ToolDefinition {
  ToolSpec spec;
  text::JsonSchema schema;
  std::vector<Guard> guards;
  std::vector<StatementId> statements;
  std::optional<ResultQuery> result;
  std::vector<QuirkRule> quirks;  ///< active ones only
};

/// Seeded errors that have nothing to do with the call.
struct TransientErrors {
  double rate = 0;
  std::string error = "unavailable";
  std::string message;
};

/// Everything that World::Load made of the files. Immutable afterwards.
struct World::Definition {
  std::string name;
  std::string policy;
  std::string digest;
  WorldOptions options;
  std::vector<SemanticType> types;
  TransientErrors transient;
  std::vector<WorldStatement> statements;
  std::vector<ToolSpec> specs;
  std::vector<ToolDefinition> tools;  ///< same order as specs
  std::vector<std::string> quirk_ids;
  std::vector<db::TrackedTable> scored;
  std::optional<McpServerSpec> mcp;  ///< the tools are those of a server; no state is scored
  std::optional<db::Image> image;    ///< present once loaded
};

/// The table in which the engine records the calls of an episode.
inline constexpr char kCallTable[] = "kedge_call";

}  // namespace kedge::world
