#pragma once

#include <string>
#include <vector>

#include "harness/suite/task_fields.h"
#include "harness/world/world.h"

namespace kedge::suite {

/// Reads a tasks.jsonl: one task per line, ids unique. Blank lines are skipped. Throws Error with
/// file, line and field.
std::vector<DraftTask> ReadTasks(const std::string& path);

/// The same from the world: `query` gives one row per task, whose first column is the text of such
/// a line. Throws Error at `query`, naming the row.
std::vector<DraftTask> QueryTasks(const Node& query, world::Session& session);

}  // namespace kedge::suite
