#include "harness/rpc/line_transport.h"

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

}  // namespace kedge::rpc
