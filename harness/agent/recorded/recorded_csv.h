#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"

namespace kedge::agent {

/// Strict RFC 4180: comma separated, fields optionally in double quotes ("" inside stands for one),
/// rows ended by LF or CRLF, the last end optional; quoted fields may hold commas and line ends.
/// A byte order mark at the start is skipped. Throws Error(kBadData) with file and line for a
/// quote in an unquoted field, text behind a closing quote, a quote that never closes, a NUL byte
/// or invalid UTF-8.
class CsvReader {
 public:
  /// `text` must outlive the reader.
  CsvReader(std::string_view text, std::string source);

  /// The next row into `fields`; false at the end.
  bool Next(std::vector<std::string>& fields);
  /// The line on which the row last read starts.
  std::int64_t line() const { return row_line_; }

 private:
  void ReadField(std::string& field);
  void ReadQuoted(std::string& field);
  /// Whether the row goes on behind the field just read.
  bool TakeSeparator();
  [[nodiscard]] Error Bad(std::int64_t line, std::string message) const;

  std::string_view text_;
  std::string source_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 0;
};

/// Outcomes from CSV text; the first row names the columns.
std::vector<RecordedRun> ReadCsvOutcomes(std::string_view text, const std::string& source,
                                         const trace::ReadOptions& options);

}  // namespace kedge::agent
