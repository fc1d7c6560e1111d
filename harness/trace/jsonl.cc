#include "harness/trace/jsonl.h"

#include <utility>

#include "harness/trace/fast_json.h"
#include "harness/trace/formats/records.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kKeptErrors = 20;

}  // namespace

std::string ToJsonLine(const Trace& trace) { return DumpJson(ToJson(trace)); }

Result<Trace> FromJsonLine(std::string_view text, const std::string& source, std::int64_t line) {
  if (Trace trace; ReadTraceFast(text, trace)) return trace;
  try {
    return TraceFromJson(ParseJson(text));
  } catch (const Error& error) {
    return Fail(std::move(Error(error.kind(), error.message()).At(source, line, error.field())));
  }
}

void ReadReport::Bad(Error error) {
  ++bad;
  if (errors.size() < kKeptErrors) errors.push_back(std::move(error));
}

void ReadReport::Odd(Error error) {
  ++odd;
  if (oddities.size() < kKeptErrors) oddities.push_back(std::move(error));
}

void ReadReport::AddFindings(const ReadReport& other) {
  for (const Error& error : other.errors) Bad(error);
  for (const Error& error : other.oddities) Odd(error);
  bad += other.bad - static_cast<std::int64_t>(other.errors.size());
  odd += other.odd - static_cast<std::int64_t>(other.oddities.size());
}

ReadReport ReadJsonl(const std::string& path, const std::function<void(Trace&&)>& sink) {
  ReadReport report;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    Result<Trace> trace = record.error != nullptr ? Result<Trace>(Fail(*record.error))
                                                  : FromJsonLine(record.text, path, record.line);
    if (!trace) {
      report.Bad(std::move(trace.error()));
      return true;
    }
    ++report.read;
    sink(std::move(*trace));
    return true;
  });
  if (cut) report.Bad(*cut);
  return report;
}

}  // namespace kedge::trace
