#include "harness/agent/recorded/recorded_matrix.h"

#include <algorithm>
#include <utility>

#include "harness/agent/recorded/recorded_picks.h"

namespace kedge::agent {
namespace {

Error BadTask(const std::string& task, std::string message) {
  return std::move(BadData(std::move(message)).At({}, 0, "responses." + task));
}

void AddRun(RecordedOutcomes& out, const std::string& task, std::int64_t trial,
            trace::EpisodeStatus status, bool success) {
  RecordedRun run;
  run.record.subject = out.subject;
  run.record.key.task_id = task;
  run.record.key.trial = trial;
  run.record.outcome.status = status;
  run.record.outcome.success = success;
  run.record.outcome.score = success ? 1 : 0;
  out.runs.push_back(std::move(run));
}

std::int64_t CountOf(const Json& cell, const char* key, const std::string& task) {
  const auto it = cell.find(key);
  const bool good = it != cell.end() && it->is_number_integer() && it->get<std::int64_t>() >= 0 &&
                    it->get<std::int64_t>() <= 1'000'000;
  if (!good) throw BadTask(task, std::string("expected a count of 0 or more in ") + key);
  return it->get<std::int64_t>();
}

void AddTrials(RecordedOutcomes& out, const std::string& task, const Json& cell) {
  const std::int64_t trials = CountOf(cell, "trials", task);
  const std::int64_t successes = CountOf(cell, "successes", task);
  if (successes > trials) throw BadTask(task, "more successes than trials");
  out.anonymous_trials = true;
  if (trials == 0) AddRun(out, task, 0, trace::EpisodeStatus::kMissing, false);
  for (std::int64_t i = 0; i < trials; ++i) {
    AddRun(out, task, i, trace::EpisodeStatus::kScored, i < successes);
  }
}

void AddCell(RecordedOutcomes& out, const std::string& task, const Json& cell) {
  if (cell.is_object()) return AddTrials(out, task, cell);
  const bool flag = cell.is_boolean() || (cell.is_number() && (cell == 0 || cell == 1));
  if (!flag) throw BadTask(task, "expected 0, 1 or {\"successes\", \"trials\"}");
  AddRun(out, task, 0, trace::EpisodeStatus::kScored,
         cell.is_boolean() ? cell.get<bool>() : cell == 1);
}

void ReadRow(const Json& row, RecordedOutcomes& out) {
  const auto responses = row.find("responses");
  if (responses == row.end() || !responses->is_object()) {
    throw std::move(BadData("expected an object of task to outcome").At({}, 0, "responses"));
  }
  for (const auto& [task, cell] : responses->items()) {
    if (task.empty()) throw BadTask(task, "a task needs a name");
    AddCell(out, task, cell);
  }
}

struct Row {
  std::string subject;
  std::string text;
  std::int64_t line;
};

std::string SubjectOf(const trace::RecordText& record, const std::string& path) {
  const trace::JsonSlices members = trace::SliceObject(record.text);
  const trace::JsonSlice* subject = trace::FindSlice(members, "subject_id");
  const Json value =
      subject == nullptr ? Json() : trace::ParseRecord({subject->text, record.line}, path);
  if (!value.is_string()) {
    throw std::move(BadData("expected text").At(path, record.line, "subject_id"));
  }
  return value.get<std::string>();
}

}  // namespace

bool IsMatrixRow(const trace::JsonSlices& record) {
  return trace::FindSlice(record, "subject_id") != nullptr &&
         trace::FindSlice(record, "responses") != nullptr;
}

RecordedOutcomes ReadMatrix(const std::string& path, std::vector<std::string>& picks) {
  std::vector<std::string> subjects;
  std::vector<Row> kept;
  const auto cut = trace::ForEachRecord(path, [&](const trace::RecordText& record) {
    const std::string subject = SubjectOf(record, path);
    subjects.push_back(subject);
    if (picks.empty() ? subjects.size() == 1 : subject == picks.front()) {
      kept.push_back({subject, std::string(record.text), record.line});
    }
    return true;
  });
  if (cut) throw Error(*cut);
  if (picks.empty() && subjects.size() > 1) throw NeedsPick(path, subjects);
  if (kept.empty()) throw NoSuchPick(path, picks.front(), subjects);
  if (kept.size() > 1) {
    throw std::move(BadData("the subject \"" + kept[1].subject + "\" occurs twice")
                        .At(path, kept[1].line, "subject_id"));
  }
  if (!picks.empty()) picks.erase(picks.begin());
  RecordedOutcomes out;
  out.format = "matrix";
  out.subject = kept[0].subject;
  out.notes = {"in a result matrix a 0 may also mean that nothing was submitted"};
  try {
    ReadRow(trace::ParseRecord({kept[0].text, kept[0].line}, path), out);
  } catch (Error& error) {
    if (error.file().empty()) error.At(path, kept[0].line, error.field());
    throw;
  }
  for (RecordedRun& run : out.runs) run.line = kept[0].line;
  return out;
}

}  // namespace kedge::agent
