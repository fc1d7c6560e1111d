#include "harness/agent/recorded/recorded_csv.h"

#include <algorithm>
#include <utility>

#include "harness/agent/recorded/recorded_table.h"
#include "harness/core/utf8.h"

namespace kedge::agent {
namespace {

struct Header {
  std::vector<std::string> names;
  std::vector<Column> columns;

  bool Has(Column column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  }
};

Header ParseHeader(std::vector<std::string> names) {
  Header header;
  for (const std::string& name : names) {
    if (std::count(names.begin(), names.end(), name) > 1) {
      throw std::move(BadData("the column occurs twice").At({}, 0, name));
    }
    header.columns.push_back(ColumnOf(name));
  }
  header.names = std::move(names);
  if (!header.Has(Column::kTaskId)) {
    throw std::move(
        BadData("no such column; the first row must name the columns").At({}, 0, "task_id"));
  }
  if (header.Has(Column::kSuccess) == header.Has(Column::kScore)) {
    throw BadData("give exactly one of the columns success and score");
  }
  return header;
}

RecordedRun ParseRow(const Header& header, const std::vector<std::string>& fields,
                     const trace::ReadOptions& options) {
  if (fields.size() != header.names.size()) {
    throw BadData("expected " + std::to_string(header.names.size()) + " fields, found " +
                  std::to_string(fields.size()));
  }
  RowBuilder row(options);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    row.Set(header.columns[i], header.names[i], fields[i]);
  }
  if (header.Has(Column::kTrial) && !row.has(Column::kTrial)) {
    throw std::move(BadData("is empty").At({}, 0, "trial"));
  }
  return row.Finish();
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string source)
    : text_(text), source_(std::move(source)) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool CsvReader::Next(std::vector<std::string>& fields) {
  if (at_ >= text_.size()) return false;
  row_line_ = line_;
  std::size_t count = 0;
  do {
    if (count == fields.size()) fields.emplace_back();
    ReadField(fields[count++]);
  } while (TakeSeparator());
  fields.resize(count);
  return true;
}

void CsvReader::ReadField(std::string& field) {
  if (at_ < text_.size() && text_[at_] == '"') return ReadQuoted(field);
  const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  field.assign(text_.substr(at_, end - at_));
  if (field.find('"') != std::string::npos) {
    throw Bad(line_, "a quote inside an unquoted field; put the field in quotes and double it");
  }
  at_ = end;
  if (field.find('\0') != std::string::npos) throw Bad(line_, "a NUL byte");
  if (!IsValidUtf8(field)) throw Bad(line_, "invalid UTF-8");
}

void CsvReader::ReadQuoted(std::string& field) {
  const std::int64_t start_line = line_;
  field.clear();
  for (++at_; at_ < text_.size(); ++at_) {
    const std::size_t quote = std::min(text_.find('"', at_), text_.size());
    const std::string_view part = text_.substr(at_, quote - at_);
    line_ += std::count(part.begin(), part.end(), '\n');
    field += part;
    at_ = quote + 1;
    if (quote == text_.size()) break;
    if (at_ >= text_.size() || text_[at_] != '"') {
      if (field.find('\0') != std::string::npos) throw Bad(start_line, "a NUL byte");
      if (!IsValidUtf8(field)) throw Bad(start_line, "invalid UTF-8");
      return;
    }
    field += '"';
  }
  throw Bad(start_line, "a quoted field never ends");
}

bool CsvReader::TakeSeparator() {
  if (at_ >= text_.size()) return false;
  if (text_[at_] == ',') {
    ++at_;
    return true;
  }
  if (text_.substr(at_).starts_with("\r\n")) ++at_;
  if (text_[at_] != '\n') throw Bad(line_, "expected a comma or the end of the line after a field");
  ++at_;
  ++line_;
  return false;
}

Error CsvReader::Bad(std::int64_t line, std::string message) const {
  return std::move(BadData(std::move(message)).At(source_, line));
}

std::vector<RecordedRun> ReadCsvOutcomes(std::string_view text, const std::string& source,
                                         const trace::ReadOptions& options) {
  CsvReader reader(text, source);
  std::vector<RecordedRun> runs;
  std::vector<std::string> fields;
  try {
    if (!reader.Next(fields)) throw BadData("is empty");
    const Header header = ParseHeader(std::move(fields));
    fields.clear();
    while (reader.Next(fields)) {
      runs.push_back(ParseRow(header, fields, options));
      runs.back().line = reader.line();
      runs.back().has_trial = header.Has(Column::kTrial);
    }
  } catch (Error& error) {
    if (error.file().empty()) error.At(source, reader.line(), error.field());
    throw;
  }
  return runs;
}

}  // namespace kedge::agent
