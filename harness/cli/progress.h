#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "harness/cli/command.h"
#include "harness/core/observer.h"

namespace kedge::cli {

/// A line on standard error that says how far a run is; drawn over itself on a terminal, at most
/// ten times a second, and not at all elsewhere. Thread-safe.
class Progress : public Observer {
 public:
  explicit Progress(Console& console);
  ~Progress() override;
  void On(const EpisodeFinished&) override;
  void On(const ProgressMade& progress) override;
  /// Clears the line.
  void Finish();

 private:
  void Draw();

  Console& console_;
  std::atomic<std::int64_t> episodes_{0};
  std::mutex mutex_;
  std::string phase_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
  std::int64_t start_nanos_;
  std::int64_t last_drawn_nanos_ = 0;
  bool drawn_ = false;
};

}  // namespace kedge::cli
