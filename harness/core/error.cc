#include "harness/core/error.h"

#include <utility>

namespace kedge {

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {
  Render();
}

Error& Error::At(std::string file, std::int64_t line, std::string field) {
  file_ = std::move(file);
  line_ = line;
  field_ = std::move(field);
  Render();
  return *this;
}

Error& Error::AddContext(std::string_view what) {
  context_.emplace_back(what);
  Render();
  return *this;
}

void Error::Render() {
  text_.clear();
  for (auto it = context_.rbegin(); it != context_.rend(); ++it) text_ += *it + ": ";
  if (!file_.empty()) {
    text_ += file_;
    if (line_ > 0) text_ += ":" + std::to_string(line_);
    text_ += ": ";
  } else if (line_ > 0) {
    text_ += "line " + std::to_string(line_) + ": ";
  }
  if (!field_.empty()) text_ += field_ + ": ";
  text_ += message_;
}

Error BadData(std::string message) { return {ErrorKind::kBadData, std::move(message)}; }
Error UsageError(std::string message) { return {ErrorKind::kUsage, std::move(message)}; }
Error InternalError(std::string message) { return {ErrorKind::kInternal, std::move(message)}; }
Error IoError(std::string message) { return {ErrorKind::kIo, std::move(message)}; }

}  // namespace kedge
