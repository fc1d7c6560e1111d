#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/agent/agent.h"

namespace kedge::cli {

/// `--agent`: "reference" (in process), "process:PROGRAM ARG..." (JSON-RPC over a persistent
/// child), "command:PROGRAM ARG..." (one child per episode), "llm:MODEL.yaml" (a language model as
/// harness/llm/README.md describes it), or the path of an agent file (.yaml,
/// .json; harness/agent/README.md). Throws Error(kUsage) for any other kind. Quotes group words as
/// in a shell; nothing is expanded.
std::unique_ptr<agent::AgentFactory> MakeAgents(const std::string& spec);

/// Worker threads: `requested`, or the number of cores when 0.
unsigned WorkerThreads(std::int64_t requested);

}  // namespace kedge::cli
