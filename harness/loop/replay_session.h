#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/json.h"
#include "harness/gate/verdict.h"

namespace kedge::loop {

/// One `kedge replay`.
struct ReplaySessionOptions {
  std::string traces;        ///< FILE in any format, or FILE#PICK (trace_archive.h)
  std::string suite_folder;  ///< its world gives the tools, and forks where it can
  std::string champion_folder;
  std::string candidate_folder;          ///< empty: no such lane
  std::string policy_file;               ///< empty: defaults, no guards
  std::optional<double> max_divergence;  ///< in place of the policy's
  std::vector<std::string> order_free;   ///< tools that change nothing, besides the world's readers
  bool fork = true;
  std::uint64_t suite_seed = 0;  ///< 0: what suite.yaml says
  std::uint64_t variant = 0;     ///< of the world, as it was when the traces were recorded
  std::map<std::string, std::string> data;  ///< folders of what the world does not hold, by key
};

/// A place where a lane left the tape and nobody could answer.
struct LaneDivergence {
  std::string trace_id;
  std::size_t step = 0;   ///< of the recorded trace: what was due
  std::int64_t call = 0;  ///< of the agent, from 1; 0 for a question
  std::string detail;
};

/// One lane over all traces. Shares and means are weighted by 1 / inclusion probability.
struct ReplayLane {
  std::string name;         ///< "recorded", "champion on tape", "candidate on tape"
  std::int64_t traces = 0;  ///< replayed
  std::int64_t scored = 0;  ///< of which the outcome is known
  std::int64_t exact = 0, normalised = 0, order_free = 0, from_world = 0;  ///< calls
  std::int64_t forked = 0;        ///< traces that went on in the world
  double fidelity = 0;            ///< mean share of the recorded actions that it repeats
  double divergence_share = 0;    ///< of the weight
  std::optional<double> success;  ///< of the scored traces
  std::map<std::string, std::int64_t> violations;       ///< guard to traces
  std::map<std::string, std::int64_t> shadow_findings;  ///< the same for rules in shadow mode
  std::vector<LaneDivergence> divergences;
};

struct ReplaySessionResult {
  std::int64_t traces = 0, unreplayable = 0;
  std::int64_t world_agrees = 0;  ///< traces whose recorded answers the world gives again
  std::vector<ReplayLane> lanes;
  double max_divergence = 0;
  bool refused = false;  ///< a lane left the tape too often: nothing may be read off the outcomes
  /// Candidate against champion on the traces that are scored in both; nullopt without a candidate
  /// or when refused.
  std::optional<gate::Component> comparison;
  std::vector<std::string> hard_guards_broken;  ///< by the candidate, in the replayed prefixes
};

/// Replays every trace in the lanes *recorded*, *champion on tape* and *candidate on tape*, one
/// trace at a time. Throws Error as ReadArchive and the loaders do.
ReplaySessionResult RunReplaySession(const ReplaySessionOptions& options,
                                     const agent::AgentFactory& agents, const Clock& clock);

/// `kedge-replay/1`.
Json ToJson(const ReplaySessionResult& result);

}  // namespace kedge::loop
