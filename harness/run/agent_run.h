#pragma once

#include <string>

#include "harness/agent/agent.h"
#include "harness/run/recording_io.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::run {

/// The parts of one try of an episode, shared by those who run tasks and those who replay traces.

/// Runs the agent to its end. What the agent throws ends this episode only; what kedge's own parts
/// throw, even through the agent, is thrown on.
agent::EpisodeEnd RunAgent(agent::Agent& agent, const agent::EpisodeStart& start, RecordingIo& io);

/// Fills the outcome's meters and end from what the agent says, its steps and `io`; scores nothing.
/// `trace.steps` are those of `io`.
void FillOutcome(const agent::EpisodeEnd& end, const RecordingIo& io, double seconds,
                 trace::Trace& trace);

/// Judges an episode of a task by what it left: `told` and the state of `session` (null without a
/// world). An agent that did not finish has failed, whatever state it left behind; a scorer whose
/// program is missing makes the outcome missing.
void JudgeEpisode(const suite::Suite& suite, std::size_t task_index, const agent::EpisodeEnd& end,
                  const std::string& told, world::Session* session, trace::Trace& trace);

}  // namespace kedge::run
