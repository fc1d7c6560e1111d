#include "harness/suite/bfcl/json_lines.h"

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::suite::bfcl {

void ForEachJsonLine(const std::string& path, const std::function<void(const Node&)>& visit) {
  LineReader reader(path);
  while (const auto line = reader.Next()) {
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    Json value;
    try {
      value = ParseJson(*line);
    } catch (const Error& error) {
      throw BadData(error.message()).At(path, reader.line_number());
    }
    visit(Document::FromValue(std::move(value), path, reader.line_number()).root());
  }
}

}  // namespace kedge::suite::bfcl
