#pragma once

#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/drift/behaviour.h"

namespace kedge::drift::testing {

/// A run of task `task` that made the given calls.
inline Behaviour RunOf(const std::string& task, const std::vector<std::string>& tools,
                       std::int64_t trial = 0) {
  Behaviour run;
  run.task = task;
  run.cluster = task;
  run.trial = trial;
  run.trace_id = task + "/" + std::to_string(trial);
  run.actions = tools;
  for (const std::string& tool : tools) run.scopes.push_back({tool, "", ""});
  run.steps = static_cast<double>(tools.size());
  return run;
}

/// Runs of one simulated agent: `tasks` tasks whose tools and lengths differ, and within a task
/// random choices. `shift` makes the agent prefer the tool "extra", and makes it slower.
inline std::vector<Behaviour> Simulated(int tasks, int trials, double shift, Random& random) {
  std::vector<Behaviour> runs;
  for (int t = 0; t < tasks; ++t) {
    for (int k = 0; k < trials; ++k) {
      std::vector<std::string> tools;
      const auto length = 2 + random.Below(4) + static_cast<std::uint64_t>(t % 3);
      for (std::uint64_t i = 0; i < length; ++i) {
        tools.push_back(
            random.Bernoulli(shift)
                ? "extra"
                : "tool" + std::to_string((static_cast<std::uint64_t>(t) + random.Below(3)) % 7));
      }
      Behaviour run = RunOf("t" + std::to_string(t), tools, k);
      run.output_tokens = 50.0 * static_cast<double>(length) * (0.5 + random.Uniform());
      run.cost = *run.output_tokens / 1e5;
      run.latency_seconds = (1 + shift) * (0.2 + random.Uniform());
      run.refusal = random.Bernoulli(0.1) ? 1 : 0;
      run.tool_error = static_cast<double>(random.Below(3)) / 4;
      run.retry = random.Bernoulli(0.2) ? 0.5 : 0;
      run.judge_gap = 0.2 * random.Uniform() - 0.1;
      runs.push_back(run);
    }
  }
  return runs;
}

}  // namespace kedge::drift::testing
