#include "harness/agent/recorded/recorded_jsonl.h"

#include <optional>
#include <utility>

#include "harness/agent/recorded/recorded_table.h"

namespace kedge::agent {
namespace {

Error BadMember(const std::string& name, std::string message) {
  return std::move(BadData(std::move(message)).At({}, 0, name));
}

void SetMember(RowBuilder& row, Column column, const std::string& name, const Json& value) {
  if (value.is_null()) return;
  if (value.is_string()) {
    if (IsNumeric(column)) throw BadMember(name, "expected a number, found text");
    return row.Set(column, name, value.get_ref<const std::string&>());
  }
  const bool scalar = value.is_boolean() || value.is_number();
  const bool identifier = column == Column::kTaskId || column == Column::kCluster;
  const bool fits = IsNumeric(column) ? scalar : identifier && value.is_number_integer();
  if (!fits) throw BadMember(name, IsNumeric(column) ? "expected a number" : "expected text");
  // 1.0 is the number 1.
  const bool whole = value == 0 || value == 1;
  row.Set(column, name, value.is_number() && whole ? (value == 1 ? "1" : "0") : DumpJson(value));
}

void SetGuards(RowBuilder& row, const Json& guards) {
  if (!guards.is_object()) throw BadMember("guards", "expected an object of guard to 0 or 1");
  for (const auto& [id, broken] : guards.items()) {
    SetMember(row, Column::kGuard, "guard:" + id, broken);
  }
}

// What must be the same in every record of a file.
struct Shape {
  bool score = false;
  bool trial = false;
  std::int64_t line = 0;
};

void CheckShape(const RowBuilder& row, std::int64_t line, std::optional<Shape>& first) {
  // A run that broke has no outcome and so no say in which kind the file is of.
  if (!row.has(Column::kSuccess) && !row.has(Column::kScore)) return;
  const Shape shape{row.has(Column::kScore), row.has(Column::kTrial), line};
  if (!first) first = shape;
  const std::string where = " but line " + std::to_string(first->line);
  if (shape.score != first->score) {
    throw BadMember(shape.score ? "score" : "success", "mixed columns: this record has it" + where +
                                                           " has " +
                                                           (first->score ? "score" : "success"));
  }
  if (shape.trial != first->trial) {
    throw BadMember("trial", "mixed columns: this record " +
                                 std::string(shape.trial ? "has" : "lacks") + " it" + where + " " +
                                 (first->trial ? "has it" : "does not"));
  }
}

RecordedRun ParseOutcome(const Json& json, std::int64_t line, const trace::ReadOptions& options,
                         std::optional<Shape>& first) {
  if (!json.is_object()) throw BadData("expected an object");
  RowBuilder row(options);
  for (const auto& [name, value] : json.items()) {
    if (name == "guards") {
      SetGuards(row, value);
    } else {
      SetMember(row, ColumnOf(name), name, value);
    }
  }
  const bool has_trial = row.has(Column::kTrial);
  CheckShape(row, line, first);
  RecordedRun run = row.Finish();
  run.line = line;
  run.has_trial = has_trial;
  return run;
}

}  // namespace

bool IsPlainOutcome(const trace::JsonSlices& record) {
  return trace::FindSlice(record, "task_id") != nullptr &&
         (trace::FindSlice(record, "success") != nullptr ||
          trace::FindSlice(record, "score") != nullptr ||
          trace::FindSlice(record, "error") != nullptr);
}

std::vector<RecordedRun> ReadJsonlOutcomes(const std::string& path,
                                           const trace::ReadOptions& options) {
  std::vector<RecordedRun> runs;
  std::optional<Shape> first;
  const auto cut = trace::ForEachRecord(path, [&](const trace::RecordText& record) {
    try {
      runs.push_back(ParseOutcome(trace::ParseRecord(record, path), record.line, options, first));
    } catch (Error& error) {
      if (error.file().empty()) error.At(path, record.line, error.field());
      throw;
    }
    return true;
  });
  if (cut) throw Error(*cut);
  return runs;
}

}  // namespace kedge::agent
