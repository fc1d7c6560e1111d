#pragma once

#include <string>

#include "harness/agent/agent.h"
#include "harness/agent/child_options.h"
#include "harness/process/child_process.h"
#include "harness/rpc/line_peer.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent {

/// A started agent program that has answered `initialize`. Belongs to the thread that made it.
class Worker {
 public:
  /// Starts the program and waits for its answer, at most options.initialize_deadline. Throws
  /// Error: kUnavailable when it cannot be started or does not answer as it should (the message
  /// says how, with the last line of its stderr), kTemporary when the system is out of processes.
  Worker(const ChildAgentOptions& options, const Json& initialize_params);
  /// Ends the program, politely at first: its stdin is closed half a second before.
  ~Worker();

  /// True if it may take another episode: alive, and silent since the last one.
  bool IsReady();

  /// Runs one episode in it. EpisodeEnded passes through. `usable` tells whether the worker may be
  /// asked again afterwards; if not, it has been killed.
  EpisodeEnd Run(const EpisodeStart& start, const Json& strategy, EpisodeIo& io, bool& usable);

 private:
  EpisodeEnd Converse(const EpisodeStart& start, const Json& strategy, EpisodeIo& io, bool& usable);
  EpisodeEnd Explain(const rpc::CallFailure& failure);
  EpisodeEnd ExplainEnd(std::string text);

  process::ChildProcess child_;
  rpc::ChildTransport transport_;
  rpc::LinePeer peer_;
};

/// The last line of `stderr_tail` that is not blank, made fit for one line of a message: "" when
/// there is none.
std::string LastWords(const std::string& stderr_tail);

/// The end of an episode that the agent failed, with what is known of it.
EpisodeEnd FailedEnd(const char* name, std::string detail);

}  // namespace kedge::agent
