#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/trace/trace.h"

namespace kedge::run {

/// Append-only record of finished episodes (JSON Lines: a header with the run's fingerprint, then
/// one checksummed trace per line), so that a killed run goes on where it was. A torn last line is
/// cut off on opening; a damaged line elsewhere is an error with its number.
/// Append and Find are thread-safe; memory is O(episodes) keys and offsets, not traces.
class Journal {
 public:
  /// Opens or creates. Throws Error(kNotPermitted) when the file belongs to another run
  /// (fingerprint differs), saying which part differs and what to do; Error(kTemporary) when
  /// another process holds it.
  Journal(const std::string& path, const Json& fingerprint);
  ~Journal();

  /// Writes one finished episode; it survives SIGKILL of this process once this returns.
  void Append(const trace::Trace& trace);
  /// The outcome of a finished episode (trace id = EpisodeId), or nullopt.
  std::optional<trace::Outcome> FindOutcome(const std::string& episode_id) const;
  /// The whole trace, read back from the file.
  std::optional<trace::Trace> FindTrace(const std::string& episode_id) const;
  std::int64_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::run
