#include "harness/cli/progress.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/core/clock.h"

namespace kedge::cli {
namespace {

constexpr std::int64_t kRedrawNanos = 100'000'000;

}  // namespace

Progress::Progress(Console& console)
    : console_(console), start_nanos_(SystemClock().SteadyNanos()) {}

Progress::~Progress() { Finish(); }

void Progress::On(const EpisodeFinished&) {
  ++episodes_;
  if (console_.err_is_terminal) Draw();
}

void Progress::On(const ProgressMade& progress) {
  const std::lock_guard lock(mutex_);
  phase_ = progress.phase;
  done_ = progress.done;
  total_ = progress.total;
}

void Progress::Draw() {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = SystemClock().SteadyNanos();
  if (now - last_drawn_nanos_ < kRedrawNanos) return;
  last_drawn_nanos_ = now;
  const double seconds = static_cast<double>(now - start_nanos_) / 1e9;
  std::string line = fmt::format("{} episodes, {:.0f} s", episodes_.load(), seconds);
  if (total_ > 0 && done_ > 0) {
    const double left = seconds / static_cast<double>(done_) * static_cast<double>(total_ - done_);
    line +=
        fmt::format(", {} of at most {} {}, at most {:.0f} s left", done_, total_, phase_, left);
  }
  console_.err << "\r\x1b[K" << line << std::flush;
  drawn_ = true;
}

void Progress::Finish() {
  const std::lock_guard lock(mutex_);
  if (drawn_) console_.err << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace kedge::cli
