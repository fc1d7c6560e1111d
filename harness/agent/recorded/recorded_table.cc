#include "harness/agent/recorded/recorded_table.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "harness/core/document.h"

namespace kedge::agent {
namespace {

constexpr std::string_view kGuardPrefix = "guard:";

struct ColumnName {
  std::string_view name;
  Column column;
};

constexpr std::array<ColumnName, 19> kColumns = {{
    {"task_id", Column::kTaskId},
    {"success", Column::kSuccess},
    {"score", Column::kScore},
    {"trial", Column::kTrial},
    {"cluster", Column::kCluster},
    {"stratum", Column::kStratum},
    {"family", Column::kFamily},
    {"suite", Column::kSuite},
    {"suite_version", Column::kSuiteVersion},
    {"subject", Column::kSubject},
    {"error", Column::kError},
    {"cost", Column::kCost},
    {"latency", Column::kLatency},
    {"latency_seconds", Column::kLatency},
    {"tokens", Column::kTokens},
    {"input_tokens", Column::kInputTokens},
    {"output_tokens", Column::kOutputTokens},
    {"steps", Column::kSteps},
    {"tool_calls", Column::kToolCalls},
}};

Error BadField(std::string_view field, std::string message) {
  return std::move(BadData(std::move(message)).At({}, 0, std::string(field)));
}

bool ParseFlag(std::string_view name, std::string_view value) {
  if (value == "1" || value == "true") return true;
  if (value == "0" || value == "false") return false;
  throw BadField(name, "expected 0, 1, true or false, found \"" + std::string(value) + "\"");
}

double ParseNumber(std::string_view name, std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) {
    throw BadField(name, "expected a finite number, found \"" + std::string(value) + "\"");
  }
  return number;
}

std::int64_t ParseCount(std::string_view name, std::string_view value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < 0) {
    throw BadField(name,
                   "expected a whole number of 0 or more, found \"" + std::string(value) + "\"");
  }
  return number;
}

double ParseAmount(std::string_view name, std::string_view value) {
  const double number = ParseNumber(name, value);
  if (number < 0) throw BadField(name, "expected 0 or more, found \"" + std::string(value) + "\"");
  return number;
}

double ParseUnit(std::string_view name, std::string_view value) {
  const double number = ParseNumber(name, value);
  if (number < 0 || number > 1) {
    throw BadField(name, "expected a number in [0, 1], found \"" + std::string(value) + "\"");
  }
  return number;
}

}  // namespace

Column ColumnOf(std::string_view name) {
  for (const ColumnName& known : kColumns) {
    if (known.name == name) return known.column;
  }
  if (name.starts_with(kGuardPrefix) && name.size() > kGuardPrefix.size()) return Column::kGuard;
  std::vector<std::string> names;
  std::string list;
  for (const ColumnName& known : kColumns) {
    names.emplace_back(known.name);
    list += std::string(known.name) + ", ";
  }
  const std::string nearest = NearestWord(name, names);
  const std::string hint = nearest.empty() ? "the columns are: " + list + "guard:ID"
                                           : "did you mean \"" + nearest + "\"?";
  throw BadField(name, "unknown column; " + hint);
}

bool IsNumeric(Column column) {
  switch (column) {
    case Column::kTaskId:
    case Column::kCluster:
    case Column::kStratum:
    case Column::kFamily:
    case Column::kSuite:
    case Column::kSuiteVersion:
    case Column::kSubject:
    case Column::kError:
      return false;
    default:
      return true;
  }
}

void RowBuilder::Set(Column column, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  seen_ |= Bit(column);
  trace::EpisodeKey& key = run_.record.key;
  switch (column) {
    case Column::kTaskId:
      key.task_id = value;
      break;
    case Column::kCluster:
      key.cluster_id = value;
      break;
    case Column::kStratum:
      key.stratum = value;
      break;
    case Column::kFamily:
      key.family = value;
      break;
    case Column::kSuite:
      key.suite = value;
      break;
    case Column::kSuiteVersion:
      run_.task_version = value;
      break;
    case Column::kSubject:
      run_.record.subject = value;
      break;
    case Column::kTrial:
      key.trial = ParseCount(name, value);
      break;
    case Column::kSuccess:
    case Column::kScore:
    case Column::kError:
    case Column::kGuard:
      SetOutcome(column, name, value);
      break;
    default:
      SetMeter(column, name, value);
  }
}

void RowBuilder::SetOutcome(Column column, std::string_view name, std::string_view value) {
  trace::Outcome& outcome = run_.record.outcome;
  if (column == Column::kSuccess) {
    outcome.success = ParseFlag(name, value);
    outcome.score = outcome.success ? 1 : 0;
  } else if (column == Column::kScore) {
    outcome.score = ParseUnit(name, value);
    outcome.success = outcome.score == 1;
  } else if (column == Column::kGuard) {
    const std::string guard(name.substr(kGuardPrefix.size()));
    outcome.watched_guards.push_back(guard);
    if (ParseFlag(name, value)) outcome.violations[guard] = 1;
  } else {
    outcome.end = "infrastructure_error";
    outcome.end_detail = value;
  }
}

void RowBuilder::SetMeter(Column column, std::string_view name, std::string_view value) {
  trace::Outcome& outcome = run_.record.outcome;
  switch (column) {
    case Column::kCost:
      outcome.cost = ParseAmount(name, value);
      outcome.has_cost = true;
      break;
    case Column::kLatency:
      outcome.latency_seconds = ParseAmount(name, value);
      break;
    case Column::kTokens:
    case Column::kOutputTokens:
      outcome.output_tokens = ParseCount(name, value);
      break;
    case Column::kInputTokens:
      outcome.input_tokens = ParseCount(name, value);
      break;
    case Column::kSteps:
      outcome.steps = ParseCount(name, value);
      break;
    default:
      outcome.tool_calls = ParseCount(name, value);
  }
}

RecordedRun RowBuilder::Finish() {
  if (!has(Column::kTaskId)) throw BadField("task_id", "is missing");
  const bool judged = has(Column::kSuccess) || has(Column::kScore);
  if (has(Column::kSuccess) && has(Column::kScore)) {
    throw BadField("score", "give either success or score, so that it is clear which one decides");
  }
  if (has(Column::kError) && !options_.errors_as_recorded) {
    trace::Outcome& outcome = run_.record.outcome;
    outcome.status = trace::EpisodeStatus::kMissing;
    outcome.success = false;
    outcome.score = 0;
    outcome.violations.clear();
    outcome.watched_guards.clear();
  } else if (!judged) {
    throw BadField("success",
                   "is missing; give 0 or 1 (or a score), or name what broke in `error`");
  }
  return std::move(run_);
}

}  // namespace kedge::agent
