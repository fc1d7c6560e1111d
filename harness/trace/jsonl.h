#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// kedge's own archive format, "kedge-trace/1": one trace per line of JSON (README.md specifies
/// it). Field names follow OpenTelemetry's GenAI conventions where they exist. Reading what was
/// written gives an equal trace; writing is deterministic.
std::string ToJsonLine(const Trace& trace);

/// Parses one line. The Error names `source` and `line`.
Result<Trace> FromJsonLine(std::string_view text, const std::string& source, std::int64_t line);

/// What a batch read: a bad record never ends it, and never passes unseen.
struct ReadReport {
  std::int64_t read = 0;
  std::int64_t bad = 0;         ///< records, or parts of one, that could not be read
  std::int64_t odd = 0;         ///< read all the same: a repeated id, a clock that runs backwards
  std::vector<Error> errors;    ///< the first 20 of `bad`
  std::vector<Error> oddities;  ///< the first 20 of `odd`

  /// Counts a bad record and keeps its error if there is room.
  void Bad(Error error);
  void Odd(Error error);
  /// Adds another report's `bad` and `odd`, not its `read`.
  void AddFindings(const ReadReport& other);
};

/// Streams an archive (plain, gzip or zstd) in constant memory; `sink` is called per trace, and
/// what it throws ends the reading. Blank lines are skipped.
ReadReport ReadJsonl(const std::string& path, const std::function<void(Trace&&)>& sink);

}  // namespace kedge::trace
