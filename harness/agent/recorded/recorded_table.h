#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/agent/recorded/recorded_outcomes.h"

namespace kedge::agent {

/// The fields of an outcome in plain CSV and JSON Lines.
enum class Column {
  kTaskId,
  kSuccess,
  kScore,
  kTrial,
  kCluster,
  kStratum,
  kFamily,
  kSuite,
  kSuiteVersion,
  kSubject,
  kError,
  kCost,
  kLatency,
  kTokens,
  kInputTokens,
  kOutputTokens,
  kSteps,
  kToolCalls,
  kGuard,
};

/// The column of that name; `guard:ID` is kGuard. Throws Error(kBadData) without a place for any
/// other name, suggesting the nearest.
Column ColumnOf(std::string_view name);

/// Whether its values are numbers or truth values, not text.
bool IsNumeric(Column column);

/// Builds one run from the fields of one row, in any order, then checks the whole.
class RowBuilder {
 public:
  explicit RowBuilder(const trace::ReadOptions& options) : options_(options) {}

  /// Takes one value; an empty one counts as absent. `name` is the column as written. Throws
  /// Error(kBadData) whose field is `name`: success other than 0, 1, true, false; a score or
  /// probability outside [0, 1]; NaN or infinity; a negative or fractional count.
  void Set(Column column, std::string_view name, std::string_view value);

  bool has(Column column) const { return (seen_ & Bit(column)) != 0; }

  /// The run. Throws Error(kBadData) when the task, or the outcome of a run that did not break, is
  /// absent. A run with an `error` is missing, unless the options count it as recorded.
  RecordedRun Finish();

 private:
  static std::uint32_t Bit(Column column) { return 1u << static_cast<unsigned>(column); }
  void SetOutcome(Column column, std::string_view name, std::string_view value);
  void SetMeter(Column column, std::string_view name, std::string_view value);

  trace::ReadOptions options_;
  std::uint32_t seen_ = 0;
  RecordedRun run_;
};

}  // namespace kedge::agent
