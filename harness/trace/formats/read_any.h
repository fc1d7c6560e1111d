#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// The trace formats that are read. README.md says what each one's fields mean.
enum class TraceFormat {
  kKedge,
  kAgentDojo,
  kTauBench,
  kTau2Bench,
  kOtlpJson,
  kOtlpProtobuf,
  kJaeger,
  kOtelJs,
  kAtif,
  kMiniSweAgent,
  kInspectLog,
  kInspectArchive,
  kAdkEvalSet,
  kOldAdkEvalSet,
  kBfclResults,
  kChatTranscript,
  kChatConversations,
};

/// "kedge-trace/1", "agentdojo", "tau-bench", "otlp-json", ...
std::string_view ToString(TraceFormat format);

/// What a file holds, by its content (its name says nothing); the first twenty records are looked
/// at, so that a broken first one does not hide the others. nullopt when no format is recognised.
/// Throws kMissingInput / kIo / kBadData when the file cannot be read.
std::optional<TraceFormat> DetectTraceFormat(const std::string& path);

/// Streams the traces of a file of any of these formats. Bad records are counted in the report and
/// kept as errors with file, line and field. Throws as DetectTraceFormat does, and Error(kBadData)
/// when the format is not recognised.
ReadReport ReadTraces(const std::string& path, const ReadOptions& options, const TraceSink& sink);

}  // namespace kedge::trace
