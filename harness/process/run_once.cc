#include "harness/process/run_once.h"

namespace kedge::process {

RunResult RunOnce(const ProcessOptions& options, std::string_view input,
                  std::chrono::milliseconds deadline) {
  const Deadline end = Deadline::After(deadline);
  ChildProcess child = ChildProcess::Start(options);
  RunResult result;
  IoStatus wrote = input.empty() ? IoStatus::kOk : child.Write(input, end);
  child.CloseStdin();
  // A child that closed its stdin unread may still be at work: only its end counts.
  if (wrote == IoStatus::kOk || wrote == IoStatus::kClosed) child.Wait(end);
  if (!child.status()) {
    result.output_truncated = child.output_limit_reached();
    result.timed_out = !result.output_truncated;
    child.Kill();
  } else {
    result.output_truncated = child.output_limit_reached();
  }
  result.status = child.status().value_or(ExitStatus{});
  result.output = child.TakeOutput();
  result.stderr_tail = child.stderr_tail();
  return result;
}

}  // namespace kedge::process
