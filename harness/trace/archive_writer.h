#pragma once

#include <string>

#include "harness/core/atomic_file.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// Writes an archive of kedge-trace/1 lines; the file appears at Finish, whole, or not at all.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(const std::string& path) : file_(path) {}
  void Write(const Trace& trace);
  void Finish() { file_.Commit(); }

 private:
  AtomicFile file_;
};

}  // namespace kedge::trace
