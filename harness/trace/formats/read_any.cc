#include "harness/trace/formats/read_any.h"

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/utf8.h"
#include "harness/trace/formats/adk.h"
#include "harness/trace/formats/agentdojo.h"
#include "harness/trace/formats/atif.h"
#include "harness/trace/formats/bfcl.h"
#include "harness/trace/formats/chat_transcript.h"
#include "harness/trace/formats/inspect.h"
#include "harness/trace/formats/jaeger.h"
#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/mini_swe_agent.h"
#include "harness/trace/formats/otel_js.h"
#include "harness/trace/formats/otlp_json.h"
#include "harness/trace/formats/span_files.h"
#include "harness/trace/formats/tau2_bench.h"
#include "harness/trace/formats/tau_bench.h"

namespace kedge::trace {
namespace {

struct FormatEntry {
  TraceFormat format;
  std::string_view name;
  bool (*recognises)(const JsonSlices& record);
  ReadReport (*read)(const std::string&, const ReadOptions&, const TraceSink&);
};

bool IsKedgeTrace(const JsonSlices& record) {
  const JsonSlice* format = FindSlice(record, "format");
  return format != nullptr && format->text.starts_with("\"kedge-trace/");
}

// Binary formats are known by their first bytes.
bool IsNoJsonRecord(const JsonSlices&) { return false; }

ReadReport ReadKedge(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ReadJsonl(path, sink);
}

// In the order of TraceFormat; the first that recognises a record has it.
constexpr std::array<FormatEntry, 17> kFormats = {{
    {TraceFormat::kKedge, "kedge-trace/1", IsKedgeTrace, ReadKedge},
    {TraceFormat::kAgentDojo, "agentdojo", IsAgentDojo, ReadAgentDojo},
    {TraceFormat::kTauBench, "tau-bench", IsTauBench, ReadTauBench},
    {TraceFormat::kTau2Bench, "tau2-bench", IsTau2Bench, ReadTau2Bench},
    {TraceFormat::kOtlpJson, "otlp-json", IsOtlpJson, ReadOtlpJson},
    {TraceFormat::kOtlpProtobuf, "otlp-protobuf", IsNoJsonRecord, ReadOtlpProtobuf},
    {TraceFormat::kJaeger, "jaeger", IsJaeger, ReadJaeger},
    {TraceFormat::kOtelJs, "otel-js", IsOtelJs, ReadOtelJs},
    {TraceFormat::kAtif, "atif", IsAtif, ReadAtif},
    {TraceFormat::kMiniSweAgent, "mini-swe-agent", IsMiniSweAgent, ReadMiniSweAgent},
    {TraceFormat::kInspectLog, "inspect", IsInspectLog, ReadInspectLog},
    {TraceFormat::kInspectArchive, "inspect-eval", IsNoJsonRecord, ReadInspectArchive},
    {TraceFormat::kAdkEvalSet, "adk", IsAdkEvalSet, ReadAdkEvalSet},
    {TraceFormat::kOldAdkEvalSet, "adk-old", IsOldAdkTurn, ReadOldAdkEvalSet},
    {TraceFormat::kBfclResults, "bfcl", IsBfclResult, ReadBfclResults},
    {TraceFormat::kChatTranscript, "chat", IsChatMessageRecord, ReadChatTranscript},
    {TraceFormat::kChatConversations, "chats", IsChatConversation, ReadChatConversations},
}};

constexpr int kRecordsLookedAt = 20;

}  // namespace

std::string_view ToString(TraceFormat format) {
  return kFormats[static_cast<std::size_t>(format)].name;
}

std::optional<TraceFormat> DetectTraceFormat(const std::string& path) {
  if (IsOtlpProtobufFile(path)) return TraceFormat::kOtlpProtobuf;
  if (IsInspectArchive(path)) return TraceFormat::kInspectArchive;
  std::optional<TraceFormat> found;
  int looked_at = 0;
  (void)ForEachRecord(path, [&](const RecordText& record) {
    const JsonSlices members = SliceObject(record.text);
    for (const FormatEntry& entry : kFormats) {
      if (!found && entry.recognises(members)) found = entry.format;
    }
    return !found && ++looked_at < kRecordsLookedAt;
  });
  return found;
}

ReadReport ReadTraces(const std::string& path, const ReadOptions& options, const TraceSink& sink) {
  const std::optional<TraceFormat> format = DetectTraceFormat(path);
  if (!format) {
    std::string known;
    for (const FormatEntry& entry : kFormats) known += " " + std::string(entry.name);
    throw std::move(BadData("not a trace file; these formats are read:" + known).At(path));
  }
  std::set<std::uint64_t> ids;
  ReadReport repeated;
  std::int64_t number = 0;
  ReadReport report =
      kFormats[static_cast<std::size_t>(*format)].read(path, options, [&](Trace&& trace) {
        if (!ids.insert(StableHash64(trace.id)).second) {
          repeated.Odd(std::move(
              BadData("the id " + EscapeControls(Elide(trace.id, 80)) + " has come before")
                  .At(path, 0, "trace[" + std::to_string(number) + "]")));
        }
        ++number;
        sink(std::move(trace));
      });
  report.AddFindings(repeated);
  return report;
}

}  // namespace kedge::trace
