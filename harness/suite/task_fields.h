#pragma once

#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/suite/task.h"

namespace kedge::suite {

/// A task as its file gives it, before the loader has checked it against the world.
struct DraftTask {
  Task task;
  Node node;           ///< of the family or of the task, for error messages
  std::string origin;  ///< "family cancel_order with {...}" or "task t-17"
};

/// Reads the members that families and fixed tasks have in common (facts, confirms, calls,
/// solution, tell, answer, no_change, impossible, scorers, cluster) into `task`. Unknown members
/// are the caller's to refuse.
void ReadTaskFields(const Node& node, Task& task);

/// An id, a family or the like: letters, digits, `_`, `-`, `.`, at most 100 characters. It becomes
/// part of file names and of episode ids.
std::string ReadName(const Node& node);

}  // namespace kedge::suite
