#include "harness/agent/command_agent.h"

#include <signal.h>

#include <utility>

#include "harness/agent/end_names.h"
#include "harness/agent/episode_messages.h"
#include "harness/agent/worker.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/process/run_once.h"

namespace kedge::agent {
namespace {

EpisodeEnd JudgeRun(process::RunResult run) {
  const std::string words = LastWords(run.stderr_tail);
  const std::string suffix = words.empty() ? "" : "; stderr ends: " + words;
  if (run.timed_out) return FailedEnd(kAgentTimeout, "no end by the deadline" + suffix);
  if (run.output_truncated) return FailedEnd(kOutputLimit, "too much output" + suffix);
  if (!run.status.ok()) {
    const bool cpu =
        run.status == process::ExitStatus{process::ExitStatus::Kind::kSignaled, SIGXCPU};
    return FailedEnd(cpu ? kCpuLimit : kAgentCrashed, Describe(run.status) + suffix);
  }
  if (!IsValidUtf8(run.output)) return FailedEnd(kInvalidUtf8, "the answer is not valid UTF-8");
  EpisodeEnd end;
  end.end = kAnswered;
  end.final_text = std::move(run.output);
  end.final_text.erase(end.final_text.find_last_not_of("\r\n") + 1);
  return end;
}

}  // namespace

CommandAgent::CommandAgent(ChildAgentOptions options, const strategy::Strategy& strategy)
    : options_(std::move(options)), strategy_(strategy.ToJson()), strategy_hash_(strategy.hash()) {}

std::string CommandAgent::Input(const EpisodeStart& start) const {
  if (options_.input == CommandInput::kText) return start.instruction + "\n";
  return DumpJson(EpisodeStartParams(start, strategy_)) + "\n";
}

EpisodeEnd CommandAgent::Run(const EpisodeStart& start, EpisodeIo&) {
  process::ProcessOptions program = options_.program;
  program.environment.emplace_back("KEDGE_EPISODE", start.episode_id);
  program.environment.emplace_back("KEDGE_SEED", std::to_string(start.seed));
  program.environment.emplace_back("KEDGE_STRATEGY", strategy_hash_);
  try {
    return JudgeRun(process::RunOnce(program, Input(start), start.limits.deadline));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw;
    EpisodeEnd end = FailedEnd(kAgentUnavailable, error.what());
    end.infrastructure = true;
    return end;
  }
}

std::unique_ptr<Agent> CommandAgentFactory::Make(const strategy::Strategy& strategy) const {
  process::CheckRunnable(options_.program);
  return std::make_unique<CommandAgent>(options_, strategy);
}

std::string CommandAgentFactory::fingerprint() const {
  return "command " + CanonicalJson(options_.program.argv);
}

}  // namespace kedge::agent
