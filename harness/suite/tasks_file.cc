#include "harness/suite/tasks_file.h"

#include <map>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::suite {
namespace {

Json ParseLine(std::string_view line, const std::string& path, std::int64_t number) {
  try {
    return ParseJson(line);
  } catch (const Error& error) {
    throw BadData(error.message()).At(path, number);
  }
}

DraftTask ReadTask(const Node& node) {
  node.AllowKeys({"id", "family", "instruction", "facts", "confirms", "calls", "solution", "tell",
                  "answer", "no_change", "impossible", "scorers", "cluster", "weight"});
  Task task;
  task.id = ReadName(node["id"]);
  task.family = node.Has("family") ? ReadName(node["family"]) : "tasks";
  task.instruction = node["instruction"].NonEmptyString();
  task.weight = node.NumberOr("weight", 1, 1e-9, 1e9);
  ReadTaskFields(node, task);
  if (task.cluster_id.empty()) task.cluster_id = task.id;
  std::string origin = "task " + task.id;
  return {std::move(task), node, std::move(origin)};
}

}  // namespace

std::vector<DraftTask> ReadTasks(const std::string& path) {
  std::vector<DraftTask> tasks;
  std::map<std::string, std::int64_t> line_of;
  LineReader reader(path);
  while (const auto line = reader.Next()) {
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    Json value = ParseLine(*line, path, reader.line_number());
    const Document document = Document::FromValue(std::move(value), path, reader.line_number());
    DraftTask task = ReadTask(document.root());
    const auto [earlier, is_new] = line_of.emplace(task.task.id, reader.line_number());
    if (!is_new) {
      throw task.node["id"].Fail("the id " + task.task.id + " was used in line " +
                                 std::to_string(earlier->second));
    }
    tasks.push_back(std::move(task));
  }
  if (tasks.empty()) throw BadData("there is no task in this file").At(path);
  return tasks;
}

}  // namespace kedge::suite
