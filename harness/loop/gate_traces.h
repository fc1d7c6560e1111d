#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"
#include "harness/loop/gate_session.h"
#include "harness/run/tape_replay.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::loop {

struct GateSession;

/// The suite whose world recorded traces are replayed on: tasks of every split, so that whatever
/// was recorded is found; sealed ones are not used (run::ExamineRecorded). `data`: folders of the
/// data that the world does not hold, by key.
std::shared_ptr<const suite::Suite> LoadSuiteForTraces(
    const std::string& folder, std::uint64_t seed, std::uint64_t variant,
    const std::map<std::string, std::string>& data);

/// A task that recorded traces became.
struct RebuiltTask {
  std::size_t task = 0;  ///< in the suite of the traces
  double weight = 0;     ///< of all traces of it, 1 / inclusion probability each
  std::string trace_id;  ///< of the first
};

/// A trace that can only be followed call by call.
struct FollowedTrace {
  trace::Trace recorded;
  run::RecordedStart start;
};

/// An archive of production traces, sorted by what they can say.
struct GateTraces {
  std::shared_ptr<const suite::Suite> suite;  ///< with the world that rebuilds them
  std::string archive, digest;                ///< SHA-256 over the traces
  std::int64_t traces = 0;
  std::vector<RebuiltTask> tasks;  ///< each once
  std::vector<FollowedTrace> followed;
  double rebuilt_weight = 0, followed_weight = 0, unreplayable_weight = 0;
};

/// Reads the archive of `options`, if there is one, and tries each trace on the world. Null without
/// one; Error(kUsage) when the policy requires it.
std::shared_ptr<const GateTraces> LoadGateTraces(const gate::GatePolicy& policy,
                                                 const GateSessionOptions& options);

/// Runs both arms on the rebuilt tasks and follows the other traces with both, and puts what that
/// shows into the verdict (gate::AddProduction). Nothing happens without traces, for a verdict from
/// the history and for one that was reached without an episode.
void JudgeTraces(GateSession& session, gate::Verdict& verdict);

}  // namespace kedge::loop
