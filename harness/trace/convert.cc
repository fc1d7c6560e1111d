#include "harness/trace/convert.h"

#include <utility>

#include "harness/core/atomic_file.h"
#include "harness/trace/formats/atif_writer.h"
#include "harness/trace/formats/otlp_writer.h"
#include "harness/trace/formats/read_any.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kKeptLost = 20;

}  // namespace

std::optional<TargetFormat> TargetFormatFromName(std::string_view name) {
  if (name == "jsonl") return TargetFormat::kJsonl;
  if (name == "otlp") return TargetFormat::kOtlp;
  if (name == "atif") return TargetFormat::kAtif;
  return std::nullopt;
}

std::string ToLine(const Trace& trace, TargetFormat to) {
  switch (to) {
    case TargetFormat::kJsonl:
      return ToJsonLine(trace);
    case TargetFormat::kOtlp:
      return DumpJson(ToOtlp(trace));
    case TargetFormat::kAtif:
      return DumpJson(ToAtif(trace));
  }
  throw InternalError("unknown target format");
}

ConvertReport ConvertTraces(const std::vector<std::string>& inputs, TargetFormat to,
                            const std::string& out, const ReadOptions& options,
                            const TraceRewrite& rewrite) {
  ConvertReport report;
  AtomicFile file(out);
  for (const std::string& input : inputs) {
    const ReadReport read = ReadTraces(input, options, [&](Trace&& recorded) {
      const Trace trace = rewrite ? rewrite(std::move(recorded)) : std::move(recorded);
      try {
        file.Write(ToLine(trace, to));
        file.Write("\n");
        ++report.written;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kBadData) throw;
        ++report.lost;
        if (report.lost_errors.size() < kKeptLost) {
          report.lost_errors.push_back(std::move(
              BadData(error.message()).At(input, 0, "trace " + trace.id + ": " + error.field())));
        }
      }
    });
    report.read.read += read.read;
    report.read.AddFindings(read);
  }
  file.Commit();
  return report;
}

}  // namespace kedge::trace
