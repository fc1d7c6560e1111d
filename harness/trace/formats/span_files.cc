#include "harness/trace/formats/span_files.h"

#include <utility>

#include "harness/core/file.h"
#include "harness/trace/formats/jaeger.h"
#include "harness/trace/formats/otel_js.h"
#include "harness/trace/formats/otlp_json.h"
#include "harness/trace/formats/otlp_protobuf.h"
#include "harness/trace/formats/span_assembler.h"

namespace kedge::trace {
namespace {

// Adds what another report found, with the file's name and the record's line.
void AddFindings(const ReadReport& found, const std::string& path, std::int64_t line,
                 ReadReport& report) {
  ReadReport placed = found;
  for (auto* errors : {&placed.errors, &placed.oddities}) {
    for (Error& error : *errors) error.At(path, line, error.field());
  }
  report.AddFindings(placed);
}

void FlushInto(SpanAssembler& assembler, const std::string& path, const TraceSink& sink,
               ReadReport& report) {
  for (AssembledTrace& assembled : assembler.Flush()) {
    AddFindings(assembled.report, path, 0, report);
    ++report.read;
    sink(std::move(assembled.trace));
  }
}

template <typename ToBatch>
ReadReport ReadSpanRecords(const std::string& path, const TraceSink& sink, ToBatch to_batch) {
  ReadReport report;
  SpanAssembler assembler;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    try {
      SpanBatch batch = to_batch(ParseRecord(record, path));
      AddFindings(batch.report, path, record.line, report);
      assembler.Add(std::move(batch.spans), 0);
    } catch (Error& error) {
      if (error.file().empty()) error.At(path, record.line, error.field());
      report.Bad(error);
    }
    return true;
  });
  if (cut) report.Bad(*cut);
  FlushInto(assembler, path, sink, report);
  return report;
}

}  // namespace

ReadReport ReadOtlpJson(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ReadSpanRecords(path, sink, SpansFromOtlpJson);
}

ReadReport ReadJaeger(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ReadSpanRecords(path, sink, SpansFromJaeger);
}

ReadReport ReadOtelJs(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ReadSpanRecords(path, sink, [](Json&& record) {
    SpanBatch batch;
    batch.spans.push_back(SpanFromOtelJs(std::move(record)));
    return batch;
  });
}

ReadReport ReadOtlpProtobuf(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  ReadReport report;
  SpanAssembler assembler;
  SpanBatch batch = SpansFromOtlpProtobuf(ReadFile(path));
  AddFindings(batch.report, path, 0, report);
  assembler.Add(std::move(batch.spans), 0);
  FlushInto(assembler, path, sink, report);
  return report;
}

bool IsOtlpProtobufFile(const std::string& path) {
  // The tag of the first field is a line feed, so that the first line is empty.
  LineReader lines(path);
  try {
    const auto first = lines.Next();
    if (!first || !first->empty()) return false;
    return IsOtlpProtobuf(ReadFile(path));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadData) throw;
    return false;
  }
}

}  // namespace kedge::trace
