#pragma once

#include <cstddef>
#include <string_view>

#include "harness/process/child_process.h"

namespace kedge::rpc {

/// A stream of lines in both directions, so that what speaks over it is tested without a process.
/// Not thread-safe.
class LineTransport {
 public:
  virtual ~LineTransport() = default;
  /// The contract of process::ChildProcess::ReadLine: the line is valid until the next call, and a
  /// deadline that has passed still returns a line that is already there.
  virtual process::ReadResult ReadLine(process::Deadline deadline, std::size_t max_bytes) = 0;
  /// Writes `line`, which holds no newline, and a newline.
  virtual process::IoStatus WriteLine(std::string_view line, process::Deadline deadline) = 0;
};

/// stdin and stdout of a child, which is not owned and must outlive this.
class ChildTransport : public LineTransport {
 public:
  explicit ChildTransport(process::ChildProcess& child) : child_(child) {}
  process::ReadResult ReadLine(process::Deadline deadline, std::size_t max_bytes) override;
  process::IoStatus WriteLine(std::string_view line, process::Deadline deadline) override;

 private:
  process::ChildProcess& child_;
};

}  // namespace kedge::rpc
