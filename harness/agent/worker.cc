#include "harness/agent/worker.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "harness/agent/end_names.h"
#include "harness/agent/episode_handler.h"
#include "harness/agent/episode_messages.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::agent {
namespace {

using namespace std::chrono_literals;
using process::Deadline;
using rpc::CallFailure;

constexpr std::size_t kMaxDetailBytes = 400;
// A child that hung up usually ends at once; its exit status says more than the closed pipe.
constexpr auto kEndAfterHangUp = 200ms;
constexpr auto kFarewell = 500ms;

std::string WithLastWords(std::string text, const process::ChildProcess& child) {
  const std::string words = LastWords(child.stderr_tail());
  return words.empty() ? text : text + "; stderr ends: " + words;
}

}  // namespace

std::string LastWords(const std::string& stderr_tail) {
  const std::size_t end = stderr_tail.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return {};
  const std::size_t newline = stderr_tail.rfind('\n', end);
  const std::size_t start = newline == std::string::npos ? 0 : newline + 1;
  return EscapeControls(
      Elide(ReplaceInvalidUtf8(stderr_tail.substr(start, end + 1 - start)), kMaxDetailBytes));
}

EpisodeEnd FailedEnd(const char* name, std::string detail) {
  EpisodeEnd end;
  end.end = name;
  end.detail = EscapeControls(Elide(ReplaceInvalidUtf8(detail), 2 * kMaxDetailBytes));
  return end;
}

Worker::Worker(const ChildAgentOptions& options, const Json& initialize_params)
    : child_(process::ChildProcess::Start(options.program)),
      transport_(child_),
      peer_(transport_, {options.max_message_bytes, options.late_grace}) {
  const auto unavailable = [&](const std::string& why) {
    child_.Kill();
    return Error(ErrorKind::kUnavailable,
                 WithLastWords("agent '" + EscapeControls(options.program.argv[0]) +
                                   "' did not initialize: " + why,
                               child_));
  };
  NothingYet handler;
  try {
    // Listening for a late answer is part of the time, so that a failure is known by the deadline.
    const auto time =
        std::max(options.initialize_deadline - options.late_grace, options.initialize_deadline / 2);
    const auto answer = peer_.Call("initialize", initialize_params, Deadline::After(time), handler);
    if (!answer) throw unavailable(Explain(answer.error()).detail);
    CheckInitializeResult(*answer);
  } catch (const ProtocolBreach& breach) {
    throw unavailable(breach.detail);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadData) throw;
    throw unavailable(error.what());
  }
}

Worker::~Worker() { child_.Stop(kFarewell); }

bool Worker::IsReady() { return !peer_.HasUnasked(); }

EpisodeEnd Worker::Run(const EpisodeStart& start, const Json& strategy, EpisodeIo& io,
                       bool& usable) {
  usable = false;
  child_.RenewLimits();
  try {
    EpisodeEnd end = Converse(start, strategy, io, usable);
    if (!usable) child_.Kill();
    return end;
  } catch (...) {
    // The agent waits for an answer that will not come.
    child_.Kill();
    throw;
  }
}

EpisodeEnd Worker::Converse(const EpisodeStart& start, const Json& strategy, EpisodeIo& io,
                            bool& usable) {
  EpisodeHandler handler(start.episode_id, io);
  tl::expected<Json, CallFailure> answer;
  try {
    answer = peer_.Call("episode/start", EpisodeStartParams(start, strategy),
                        Deadline::After(start.limits.deadline), handler);
  } catch (const ProtocolBreach& breach) {
    return FailedEnd(kProtocolError, breach.detail);
  }
  if (!answer) {
    usable = answer.error().kind == CallFailure::Kind::kRefused;
    return Explain(answer.error());
  }
  try {
    EpisodeEnd end = ReadEpisodeResult(*answer);
    usable = true;
    return end;
  } catch (const Error& error) {
    return FailedEnd(kProtocolError, error.what());
  }
}

EpisodeEnd Worker::Explain(const CallFailure& failure) {
  switch (failure.kind) {
    case CallFailure::Kind::kTimeout:
      return FailedEnd(kAgentTimeout, WithLastWords(failure.text, child_));
    case CallFailure::Kind::kLateReply:
      return FailedEnd(kLateReply, failure.text);
    case CallFailure::Kind::kTooLong:
    case CallFailure::Kind::kOutputLimit:
      return FailedEnd(kOutputLimit, failure.text);
    case CallFailure::Kind::kInvalidUtf8:
      return FailedEnd(kInvalidUtf8, failure.text);
    case CallFailure::Kind::kProtocol:
      return FailedEnd(kProtocolError, failure.text);
    case CallFailure::Kind::kRefused:
      return FailedEnd(kAgentError, failure.text);
    case CallFailure::Kind::kClosed:
      break;
  }
  return ExplainEnd(failure.text);
}

EpisodeEnd Worker::ExplainEnd(std::string text) {
  const auto status = child_.Wait(Deadline::After(kEndAfterHangUp));
  if (!status) return FailedEnd(kAgentCrashed, "it closed its output but ran on");
  const bool cpu = *status == process::ExitStatus{process::ExitStatus::Kind::kSignaled, SIGXCPU};
  text += ": " + Describe(*status);
  return FailedEnd(cpu ? kCpuLimit : kAgentCrashed, WithLastWords(std::move(text), child_));
}

}  // namespace kedge::agent
