#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/run/tape.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::run {

struct TapeReplayOptions {
  agent::EpisodeLimits limits;
  std::set<std::string> order_free;  ///< tools that change nothing, besides the world's own readers
  bool fork = true;                  ///< where the tape ends, ask a world that is in step with it
};

/// Where an agent left the tape and nobody could answer it.
struct Divergence {
  std::size_t step = 0;   ///< of the recorded trace: the call that was due
  std::int64_t call = 0;  ///< of the agent, from 1; 0 for a question to the user
  std::string detail;     ///< what it did and what was recorded
};

/// What an agent made of a recorded trace.
struct TapeReplay {
  /// What it did, up to the end or the divergence; an outcome only when it is known: the task is
  /// the suite's, nothing diverged and the end state is the world's.
  trace::Trace trace;
  std::map<std::string, int> violations;       ///< guard id -> attempts, over the replayed prefix
  std::map<std::string, int> shadow_findings;  ///< the same for rules in shadow mode
  std::int64_t exact = 0, normalised = 0, order_free = 0;  ///< calls that the tape answered
  std::int64_t from_world = 0;                             ///< calls after a fork
  std::int64_t missed = 0;               ///< recorded calls that it should have made and did not
  std::optional<std::size_t> forked_at;  ///< step of the recorded trace
  std::optional<Divergence> divergence;

  std::int64_t on_tape() const { return exact + normalised + order_free; }
  /// Share of its actions that are the recorded ones: calls on tape over these, the one that left
  /// the tape and the recorded calls it left out. 1 when there was nothing to do.
  double agreement() const;
};

/// What a recorded trace is to a suite.
struct RecordedStart {
  std::optional<std::size_t> task;  ///< the suite's task, when it is one and not sealed
  bool world =
      false;  ///< the suite's world gives every recorded answer again, and some or the task
  bool replayable = false;  ///< there is something that a user said first, and the tools exist
};

/// Looks at the task's id and instruction and plays the recorded calls on `session` (null without a
/// world; not in an episode).
RecordedStart ExamineRecorded(const trace::Trace& recorded, const suite::Suite& suite,
                              world::Session* session);

/// Runs one agent under one strategy on recorded traces, one after another. Results come from the
/// tape while the calls match; then, if the world has given the recorded answers so far, from the
/// world; else the episode stops there. Users: the scripted one of the task, else the recorded
/// replies to the same words. Chance is seeded as in the recorded episode, so that the agent that
/// made a trace repeats it. One object per thread.
class TapeReplayer {
 public:
  TapeReplayer(std::shared_ptr<const suite::Suite> suite, std::unique_ptr<agent::Agent> agent,
               std::string strategy_hash, std::shared_ptr<const guards::Policy> policy,
               TapeReplayOptions options, const Clock& clock);
  ~TapeReplayer();

  RecordedStart Examine(const trace::Trace& recorded);
  /// `start` as Examine says; `arm` names the lane. Throws only for defects of kedge.
  TapeReplay Run(const trace::Trace& recorded, const RecordedStart& start, const std::string& arm);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::run
