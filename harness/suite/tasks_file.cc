#include "harness/suite/tasks_file.h"

#include <map>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::suite {
namespace {

/// Tasks with ids that nobody else has.
class TaskList {
 public:
  explicit TaskList(std::string unit) : unit_(std::move(unit)) {}

  void Add(DraftTask task, std::int64_t number) {
    const auto [earlier, is_new] = number_of_.emplace(task.task.id, number);
    if (!is_new) {
      throw task.node["id"].Fail("the id " + task.task.id + " was used in " + unit_ + " " +
                                 std::to_string(earlier->second));
    }
    tasks_.push_back(std::move(task));
  }

  std::vector<DraftTask> Take() { return std::move(tasks_); }
  bool empty() const { return tasks_.empty(); }

 private:
  std::string unit_;  // "line", "row"
  std::vector<DraftTask> tasks_;
  std::map<std::string, std::int64_t> number_of_;
};

Json ParseLine(std::string_view line, const std::string& path, std::int64_t number) {
  try {
    return ParseJson(line);
  } catch (const Error& error) {
    throw BadData(error.message()).At(path, number);
  }
}

DraftTask ReadTask(const Node& node) {
  node.AllowKeys({"id", "family", "instruction", "facts", "confirms", "calls", "solution", "tell",
                  "answer", "no_change", "impossible", "scorers", "cluster", "principal",
                  "weight"});
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

std::vector<std::string> TaskTexts(const Node& query, world::Session& session) {
  Json rows;
  try {
    session.Begin(0);
    rows = session.Query(query.NonEmptyString());
    session.End();
  } catch (const Error& error) {
    throw query.Fail(error.message());
  }
  std::vector<std::string> texts;
  for (const Json& row : rows) {
    if (row.size() != 1 || !row.begin()->is_string()) {
      throw query.Fail("expected rows with one column, the JSON text of a task");
    }
    texts.push_back(row.begin()->get<std::string>());
  }
  return texts;
}

}  // namespace

std::vector<DraftTask> ReadTasks(const std::string& path) {
  TaskList tasks("line");
  LineReader reader(path);
  while (const auto line = reader.Next()) {
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    Json value = ParseLine(*line, path, reader.line_number());
    const Document document = Document::FromValue(std::move(value), path, reader.line_number());
    tasks.Add(ReadTask(document.root()), reader.line_number());
  }
  if (tasks.empty()) throw BadData("there is no task in this file").At(path);
  return tasks.Take();
}

std::vector<DraftTask> QueryTasks(const Node& query, world::Session& session) {
  TaskList tasks("row");
  const std::vector<std::string> texts = TaskTexts(query, session);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i + 1);
    try {
      const Document document =
          Document::FromValue(ParseJson(texts[i]), query.source_name(), query.line());
      tasks.Add(ReadTask(document.root()), row);
    } catch (Error& error) {
      throw error.AddContext("task in row " + std::to_string(row) + " of the query");
    }
  }
  if (tasks.empty()) throw query.Fail("the query gives no task");
  return tasks.Take();
}

}  // namespace kedge::suite
