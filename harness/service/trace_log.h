#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/loop/production_watch.h"
#include "harness/trace/trace.h"

namespace kedge::service {

/// A folder of kedge-trace/1 archives that grows: `traces-00000001.jsonl`, `traces-00000002.jsonl`,
/// ... Whole lines only: what a killed process left of a line is cut off at the next start, what a
/// failed write left is cut off at once. One process at a time (flock on `.lock`). Not thread-safe.
class TraceLog {
 public:
  /// Creates the folder if need be. A file takes no more traces once it has `max_file_bytes`.
  /// Throws Error: kTemporary while another process writes to the folder, kIo, kNotPermitted.
  explicit TraceLog(std::string folder, std::size_t max_file_bytes = std::size_t{256} << 20);
  ~TraceLog();
  TraceLog(const TraceLog&) = delete;
  TraceLog& operator=(const TraceLog&) = delete;

  /// Appends and syncs; all of them or none. Throws Error(kIo).
  void Append(const std::vector<trace::Trace>& traces);

  /// Behind the last trace.
  loop::ArchivePlace end() const;

  /// The traces behind `place`, in order. A place that is not between two lines of this log (files
  /// were taken away or changed) is logged and gives none; so is a line that is no trace. Throws
  /// Error(kIo).
  void ReadFrom(const loop::ArchivePlace& place,
                const std::function<void(trace::Trace&&)>& sink) const;

  /// The file that the next trace goes to.
  const std::string& current_file() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::service
