#include "harness/process/child_process.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "harness/process/pump.h"

namespace kedge::process {

class ChildProcess::State {
 public:
  State(Launched launched, const ProcessLimits& limits)
      : pump(std::move(launched), limits), limits(limits) {}

  ExitStatus Collect() {
    if (!status) {
      status = Reaper::Instance().Collect(pump.child());
      pump.ClosePipes();
    }
    return *status;
  }

  Pump pump;
  ProcessLimits limits;
  std::optional<ExitStatus> status;
};

ChildProcess::ChildProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    if (state_) state_->Collect();
    state_ = std::move(other.state_);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  if (state_) state_->Collect();
}

ChildProcess ChildProcess::Start(const ProcessOptions& options) {
  return ChildProcess(std::make_unique<State>(Launch(options), options.limits));
}

IoStatus ChildProcess::Write(std::string_view bytes, Deadline deadline) {
  Pump& pump = state_->pump;
  while (true) {
    const auto written = pump.TryWrite(bytes);
    if (!written) return IoStatus::kClosed;
    bytes.remove_prefix(*written);
    if (bytes.empty()) return IoStatus::kOk;
    if (*written > 0) continue;
    if (pump.limit_reached()) return IoStatus::kOutputLimit;
    if (!pump.Step(deadline, true)) return IoStatus::kTimeout;
  }
}

ReadResult ChildProcess::ReadLine(Deadline deadline, std::size_t max_bytes) {
  Pump& pump = state_->pump;
  while (true) {
    if (const auto line = pump.NextLine()) {
      if (line->size() > max_bytes) return {IoStatus::kTooLong, {}};
      return {IoStatus::kOk, *line};
    }
    if (pump.buffered() > max_bytes) return {IoStatus::kTooLong, {}};
    if (pump.limit_reached()) return {IoStatus::kOutputLimit, {}};
    if (pump.output_closed()) return {IoStatus::kClosed, {}};
    if (!pump.Step(deadline, false)) return {IoStatus::kTimeout, {}};
  }
}

std::string ChildProcess::TakeOutput() { return state_->pump.TakeOutput(); }
void ChildProcess::CloseStdin() { state_->pump.CloseStdin(); }

void ChildProcess::RenewLimits() {
  state_->pump.RestartCount();
  const std::int64_t allowed = state_->limits.cpu_seconds;
  const pid_t child = pid();
  clockid_t clock;
  timespec used{};
  if (allowed <= 0 || state_->status || ::clock_getcpuclockid(child, &clock) != 0 ||
      ::clock_gettime(clock, &used) != 0) {
    return;
  }
  rlimit limit{};
  if (::prlimit(child, RLIMIT_CPU, nullptr, &limit) != 0) return;
  // Whole seconds only; a part of one already used counts for the new period's benefit.
  limit.rlim_cur = std::min(static_cast<rlim_t>(used.tv_sec + 1 + allowed), limit.rlim_max);
  ::prlimit(child, RLIMIT_CPU, &limit, nullptr);
}

bool ChildProcess::output_limit_reached() const { return state_->pump.limit_reached(); }

std::optional<ExitStatus> ChildProcess::Wait(Deadline deadline) {
  Pump& pump = state_->pump;
  while (!state_->status && !pump.ended()) {
    if (pump.limit_reached()) return std::nullopt;
    if (!pump.Step(deadline, false)) return std::nullopt;
  }
  return state_->Collect();
}

ExitStatus ChildProcess::Stop(std::chrono::milliseconds grace) {
  if (state_->status) return *state_->status;
  CloseStdin();
  if (const auto status = Wait(Deadline::After(grace))) return *status;
  ::kill(-pid(), SIGTERM);
  if (const auto status = Wait(Deadline::After(grace))) return *status;
  return Kill();
}

ExitStatus ChildProcess::Kill() { return state_->Collect(); }

const std::optional<ExitStatus>& ChildProcess::status() const { return state_->status; }
pid_t ChildProcess::pid() const { return state_->pump.child().pid; }
std::string ChildProcess::stderr_tail() const { return state_->pump.stderr_tail(); }

}  // namespace kedge::process
