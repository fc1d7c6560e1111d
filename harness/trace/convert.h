#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// The formats that are written. All of them one JSON document per line and trace.
enum class TargetFormat { kJsonl, kOtlp, kAtif };

/// "jsonl", "otlp", "atif"; nullopt for any other name.
std::optional<TargetFormat> TargetFormatFromName(std::string_view name);

/// What became of a conversion. `read.read` = `written` + `lost`.
struct ConvertReport {
  ReadReport read;
  std::int64_t written = 0;
  std::int64_t lost = 0;           ///< read, but the target format cannot hold them
  std::vector<Error> lost_errors;  ///< the first 20, naming the trace
};

/// What is done to a trace before it is written, such as taking secrets out of it.
using TraceRewrite = std::function<Trace(Trace&&)>;

/// Reads the files, of any format each, and writes all their traces to `out`, which appears whole
/// or not at all; `rewrite` may be empty. Streams: one trace at a time is held, except by formats
/// of spans (span_files.h). A file of no known format throws Error(kBadData), a missing one
/// kMissingInput; damage inside a file is in the report.
ConvertReport ConvertTraces(const std::vector<std::string>& inputs, TargetFormat to,
                            const std::string& out, const ReadOptions& options,
                            const TraceRewrite& rewrite = {});

/// A trace as one line of `to`, without the newline. Throws Error(kBadData) when `to` cannot hold
/// it.
std::string ToLine(const Trace& trace, TargetFormat to);

}  // namespace kedge::trace
