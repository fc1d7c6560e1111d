// Any bytes as a file of one trace format: nothing but kedge::Error comes out, counts agree, and
// every trace that is read survives each written format.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "harness/trace/convert.h"
#include "harness/trace/fast_json.h"
#include "harness/trace/formats/atif.h"
#include "harness/trace/formats/otlp_json.h"
#include "harness/trace/formats/span_trace.h"
#include "tests/fuzz/input_file.h"
#include KEDGE_FUZZ_HEADER

namespace kedge::trace {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void CheckTrace(const Trace& trace) {
  const std::string line = ToJsonLine(trace);
  auto again = FromJsonLine(line, "fuzz", 1);
  Require(again.has_value(), "what was written is read");
  Require(ToJsonLine(*again) == line, "JSON Lines give the trace back");
  ReadReport report;
  SpanBatch batch = SpansFromOtlpJson(ParseJson(ToLine(trace, TargetFormat::kOtlp)));
  Require(ToJsonLine(TraceFromSpans("x", std::move(batch.spans), report)) == line,
          "OTLP gives the trace back");
  if (trace.steps.empty()) return;
  Require(ToJsonLine(FromAtif(ParseJson(ToLine(trace, TargetFormat::kAtif)))) == line,
          "ATIF gives the trace back");
}

void Run(const std::uint8_t* data, std::size_t size) {
  std::int64_t given = 0;
  const ReadReport report =
      KEDGE_FUZZ_READER(fuzz::InputFile(data, size), ReadOptions(), [&given](Trace&& trace) {
        ++given;
        CheckTrace(trace);
      });
  Require(report.read == given, "counts agree");
}

}  // namespace
}  // namespace kedge::trace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    kedge::trace::Run(data, size);
  } catch (const kedge::Error&) {
  }
  return 0;
}
