#include "harness/rpc/line_transport.h"

#include <chrono>
#include <string>

namespace kedge::rpc {

process::ReadResult ChildTransport::ReadLine(process::Deadline deadline, std::size_t max_bytes) {
  return child_.ReadLine(deadline, max_bytes);
}

process::IoStatus ChildTransport::WriteLine(std::string_view line, process::Deadline deadline) {
  // One write, so that the child wakes up once.
  std::string bytes;
  bytes.reserve(line.size() + 1);
  bytes.append(line).push_back('\n');
  return child_.Write(bytes, deadline);
}

std::string ChildTransport::Trouble() const {
  std::string text = child_.status() ? process::Describe(*child_.status()) : std::string();
  const std::string errors = child_.stderr_tail();
  if (!errors.empty()) text += (text.empty() ? "" : "; ") + ("standard error ends in: " + errors);
  return text;
}

OwnedChildTransport::~OwnedChildTransport() { child_.Stop(std::chrono::milliseconds(500)); }

process::ReadResult OwnedChildTransport::ReadLine(process::Deadline deadline,
                                                  std::size_t max_bytes) {
  return lines_.ReadLine(deadline, max_bytes);
}

process::IoStatus OwnedChildTransport::WriteLine(std::string_view line,
                                                 process::Deadline deadline) {
  child_.RenewLimits();
  return lines_.WriteLine(line, deadline);
}

}  // namespace kedge::rpc
