#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "harness/core/document.h"
#include "harness/process/child_process.h"

namespace kedge::agent {

/// What a command agent is given on stdin.
enum class CommandInput {
  kText,  ///< the instruction and a newline
  kJson,  ///< one line: the parameters of episode/start, with the whole strategy
};

/// An agent that is a program of its own.
struct ChildAgentOptions {
  process::ProcessOptions program;
  std::size_t max_message_bytes = std::size_t{16} << 20;  ///< one line from the agent
  std::chrono::milliseconds initialize_deadline{2'000};   ///< process agents: to answer at first
  /// Process agents: how long to listen after an episode's deadline, to tell a slow agent
  /// (late_reply) from a silent one (agent_timeout).
  std::chrono::milliseconds late_grace{100};
  CommandInput input = CommandInput::kText;  ///< command agents

  /// The limits that hold unless a file says otherwise: 60 s of processor time and 64 MiB of
  /// output an episode, 8 GiB of address space a process.
  ChildAgentOptions();
};

/// Reads the description of a process or command agent (README.md lists the keys; `kind` is the
/// caller's). A relative `folder` is taken from `base_folder`, which is also the folder when none
/// is given. Throws Error(kBadData) with file, line and field.
ChildAgentOptions ReadChildAgentOptions(const Node& node, const std::string& base_folder);

}  // namespace kedge::agent
