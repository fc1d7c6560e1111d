#include "harness/trace/formats/records.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "harness/trace/fast_json.h"

namespace kedge::trace {
std::optional<Error> ForEachRecord(const std::string& path,
                                   const std::function<bool(const RecordText&)>& visit) {
  RecordStream stream(path);
  RecordText record;
  while (stream.Next(record)) {
    if (!visit(record)) return std::nullopt;
  }
  return stream.damage();
}

void CheckUntaken(const JsonSlices& members, std::initializer_list<std::string_view> taken,
                  const std::string& path, ReadReport& report) {
  std::set<std::string_view> seen;
  for (const JsonSlice& member : members.items) {
    if (!seen.insert(member.key).second) {
      report.Bad(
          std::move(BadData("is written twice").At(path, member.line, std::string(member.key))));
    }
    const bool is_cut = members.error && &member == &members.items.back();
    if (is_cut || std::find(taken.begin(), taken.end(), member.key) != taken.end()) continue;
    try {
      ParseRecord({member.text, member.line}, path);
    } catch (const Error& error) {
      report.Bad(error);
    }
  }
}

Json ParseRecord(const RecordText& record, const std::string& path) {
  if (record.error != nullptr) throw *record.error;
  try {
    return ParseJsonFast(record.text);
  } catch (const Error& error) {
    const std::int64_t below = error.line() > 0 ? error.line() - 1 : 0;
    throw std::move(
        Error(error.kind(), error.message()).At(path, record.line + below, error.field()));
  }
}

void ConvertRecord(const RecordText& record, const std::string& path,
                   const std::function<Trace(Json&&)>& convert, const TraceSink& sink,
                   ReadReport& report) {
  std::optional<Trace> trace;
  try {
    trace = convert(ParseRecord(record, path));
  } catch (Error& error) {
    if (error.file().empty()) error.At(path, record.line, error.field());
    report.Bad(error);
    return;
  }
  ++report.read;
  sink(std::move(*trace));
}

ReadReport ConvertRecords(const std::string& path, const std::function<Trace(Json&&)>& convert,
                          const TraceSink& sink) {
  ReadReport report;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    ConvertRecord(record, path, convert, sink, report);
    return true;
  });
  if (cut) report.Bad(*cut);
  return report;
}

}  // namespace kedge::trace
