#pragma once

#include <cstddef>
#include <string>
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
  /// What is known about why the stream ended ("HTTP status 503", the end of stderr); may be empty.
  virtual std::string Trouble() const { return {}; }
};

/// stdin and stdout of a child, which is not owned and must outlive this.
class ChildTransport : public LineTransport {
 public:
  explicit ChildTransport(process::ChildProcess& child) : child_(child) {}
  process::ReadResult ReadLine(process::Deadline deadline, std::size_t max_bytes) override;
  process::IoStatus WriteLine(std::string_view line, process::Deadline deadline) override;
  std::string Trouble() const override;

 private:
  process::ChildProcess& child_;
};

/// The same for a child of its own, which is stopped politely at the end. Each line written renews
/// the child's output limit. Start, use and end it in one thread (see ChildProcess).
class OwnedChildTransport : public LineTransport {
 public:
  /// Throws as process::ChildProcess::Start does.
  explicit OwnedChildTransport(const process::ProcessOptions& options)
      : child_(process::ChildProcess::Start(options)), lines_(child_) {}
  ~OwnedChildTransport() override;
  process::ReadResult ReadLine(process::Deadline deadline, std::size_t max_bytes) override;
  process::IoStatus WriteLine(std::string_view line, process::Deadline deadline) override;
  std::string Trouble() const override { return lines_.Trouble(); }

 private:
  process::ChildProcess child_;
  ChildTransport lines_;
};

}  // namespace kedge::rpc
