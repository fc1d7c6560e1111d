#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/process/child_process.h"
#include "harness/process/launcher.h"

namespace kedge::process {

/// Moves bytes between kedge and one child: the single poll(2) loop over its three pipes and the
/// descriptor that tells of its end. Passive: nothing happens outside its calls. Not thread-safe.
class Pump {
 public:
  Pump(Launched launched, const ProcessLimits& limits);

  /// Waits until the child writes, ends, or (with `want_write`) can be written to, and takes in
  /// what it wrote. False when the deadline passed and nothing happened.
  bool Step(Deadline deadline, bool want_write);

  /// Writes as much of `bytes` as fits now; 0 when nothing fits, nullopt when nobody reads.
  std::optional<std::size_t> TryWrite(std::string_view bytes);

  /// The next complete line in the buffer; valid until the next call on this object.
  std::optional<std::string_view> NextLine();
  std::size_t buffered() const { return output_.size() - start_; }
  std::string TakeOutput();

  void CloseStdin() { pipes_.in.Close(); }
  void RestartCount() { output_bytes_ = 0; }

  /// The child has ended; all it had written is in the buffer. It is not collected yet.
  bool ended() const { return ended_; }
  /// No more stdout will come.
  bool output_closed() const { return !pipes_.out.is_open(); }
  bool limit_reached() const;
  const ChildHandle& child() const { return pipes_.child; }
  const std::string& stderr_tail() const { return stderr_tail_; }
  /// Closes everything but the buffers.
  void ClosePipes();

 private:
  void ReadOutput();
  void ReadErrors();
  void DrainAfterEnd();
  void Compact();

  Launched pipes_;
  std::size_t max_output_;
  std::size_t max_tail_;
  std::size_t output_bytes_ = 0;  // stdout and stderr, this period
  std::string output_;            // stdout; everything before start_ has been handed out
  std::size_t start_ = 0;
  std::size_t scanned_ = 0;  // no \n before this place
  std::string stderr_tail_;
  bool ended_ = false;
};

}  // namespace kedge::process
