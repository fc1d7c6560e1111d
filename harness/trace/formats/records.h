#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/record_stream.h"
#include "harness/trace/jsonl.h"

namespace kedge::trace {

/// How foreign files are read.
struct ReadOptions {
  /// Count runs that the source marks as broken by infrastructure the way the source itself does,
  /// instead of as missing.
  bool errors_as_recorded = false;
};

/// Member of a foreign trace's `extra` that tells versions of the same task apart: what the source
/// calls its version, or a digest of the task's definition. Text.
inline constexpr const char* kTaskVersion = "task_version";

using TraceSink = std::function<void(Trace&&)>;

/// Calls `visit` for each record of a (possibly compressed) file until it returns false; how a file
/// is cut into records says record_stream.h. Returns what ended the file before its time (damaged
/// compression, a document that was cut off), naming file and line. Throws kMissingInput / kIo when
/// the file cannot be read.
std::optional<Error> ForEachRecord(const std::string& path,
                                   const std::function<bool(const RecordText&)>& visit);

/// Members of a document that is read member by member and of which its reader takes only `taken`:
/// the others are looked at, too, and what is broken in them, or written twice, is reported. Of a
/// document that was cut off the last member is the reader's to report.
void CheckUntaken(const JsonSlices& members, std::initializer_list<std::string_view> taken,
                  const std::string& path, ReadReport& report);

/// Parses a record; errors name `path` and the line in the file.
Json ParseRecord(const RecordText& record, const std::string& path);

/// Reads every record with `convert` and hands the traces to `sink`; what `convert` throws
/// (kedge::Error) is counted and kept with its place.
ReadReport ConvertRecords(const std::string& path, const std::function<Trace(Json&&)>& convert,
                          const TraceSink& sink);

/// One step of the above, for readers that cut records themselves.
void ConvertRecord(const RecordText& record, const std::string& path,
                   const std::function<Trace(Json&&)>& convert, const TraceSink& sink,
                   ReadReport& report);

}  // namespace kedge::trace
