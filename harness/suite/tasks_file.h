#pragma once

#include <string>
#include <vector>

#include "harness/suite/task_fields.h"

namespace kedge::suite {

/// Reads a tasks.jsonl: one task per line, ids unique. Blank lines are skipped. Throws Error with
/// file, line and field.
std::vector<DraftTask> ReadTasks(const std::string& path);

}  // namespace kedge::suite
