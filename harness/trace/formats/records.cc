#include "harness/trace/formats/records.h"

#include <utility>

#include "harness/core/file.h"
#include "harness/trace/formats/json_slices.h"

namespace kedge::trace {
namespace {

bool IsSpace(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Whether a file whose first line is not a whole object is one document over several lines (perhaps
// truncated), and not JSON Lines whose first line is broken.
bool IsDocument(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] == '[') return start != std::string_view::npos;
  if (text[start] != '{') return false;
  if (!SliceObject(text).error) return true;
  for (std::size_t end = text.find('\n', start); end != std::string_view::npos;) {
    const std::size_t next = text.find('\n', end + 1);
    if (!SliceObject(text.substr(end + 1, next - end - 1)).error) return false;
    end = next;
  }
  return true;
}

std::optional<Error> VisitDocument(std::string_view text, const std::string& path,
                                   const std::function<bool(const RecordText&)>& visit) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (text[start] != '[') {
    visit({text, 1});
    return std::nullopt;
  }
  JsonSlices slices = SliceArray(text);
  for (const JsonSlice& slice : slices.items) {
    if (!visit({slice.text, slice.line})) return std::nullopt;
  }
  if (slices.error) slices.error->At(path, slices.error->line());
  return std::move(slices.error);
}

std::optional<std::string> FirstLine(const std::string& path) {
  LineReader lines(path);
  while (const auto line = lines.Next()) {
    if (!IsSpace(*line)) return std::string(*line);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> ForEachRecord(const std::string& path,
                                   const std::function<bool(const RecordText&)>& visit) {
  const std::optional<std::string> first = FirstLine(path);
  if (!first) return std::nullopt;
  if (SliceObject(*first).error) {
    const std::string text = ReadFile(path);
    if (IsDocument(text)) return VisitDocument(text, path, visit);
  }
  LineReader lines(path);
  while (const auto line = lines.Next()) {
    if (!IsSpace(*line) && !visit({*line, lines.line_number()})) break;
  }
  return std::nullopt;
}

Json ParseRecord(const RecordText& record, const std::string& path) {
  try {
    return ParseJson(record.text);
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
