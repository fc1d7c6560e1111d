#include "harness/loop/session_context.h"

namespace kedge::loop {

run::EpisodeOptions EpisodeOptionsUnder(const gate::GatePolicy& policy, const suite::Suite& suite) {
  run::EpisodeOptions options;
  options.limits.max_steps = policy.max_steps;
  options.limits.max_tool_calls = policy.max_tool_calls;
  options.limits.deadline = std::chrono::milliseconds(policy.episode_deadline_ms);
  options.user_noise = suite.user_noise();
  return options;
}

}  // namespace kedge::loop
