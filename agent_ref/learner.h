#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent_ref/episode_view.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"

namespace kedge::agent_ref {

/// What a learned rule may speak about.
enum class Generalise {
  kTool,    ///< the tool that it was learned on
  kEffect,  ///< every writing tool that takes the same argument: over-general on purpose
};

struct LearnOptions {
  double alpha = 0.05;            ///< false discovery rate of the rules, in (0, 1)
  double outcome_alpha = 0.1;     ///< the same for "and the changed result is the better one"
  std::int64_t min_support = 3;   ///< distinct traces, at least 1
  std::int64_t min_families = 2;  ///< at least 1
  /// On whose behalf the agent acted, at least 1. Traces that name nobody count as one together;
  /// the rule is waived when none names anybody.
  std::int64_t min_principals = 2;
  /// Off: whatever has the support becomes a rule, whether it helps or not. For tests of the gate.
  bool require_significance = true;
  double min_effect = 0.1;  ///< smallest gain in success rate, in [0, 1]
  /// Most rules to add, at least 1, best first; the others wait for the next candidate. Without
  /// `require_significance` there is no limit.
  std::int64_t max_added = 12;
  /// Most of the parent's active guidelines to retire, in [0, 1]; one may always go.
  double max_retired_share = 0.1;
  /// Guidelines that are never revised or retired, whatever the traces show: protected ones.
  std::set<std::string> kept_guidelines;
  Generalise generalise = Generalise::kTool;
  std::vector<std::string> families;  ///< learn from these only; empty = from all
  /// Tools that change something; with kEffect only rules about these are widened. Empty: not
  /// known.
  std::set<std::string> write_tools;
  std::string name = "learned";  ///< of the candidate
};
Json ToJson(const LearnOptions& options);

/// What a learner run gives.
struct LearnResult {
  std::vector<strategy::Operation> operations;  ///< empty when nothing was learned
  strategy::Strategy candidate;                 ///< the parent with the operations applied
  Json report;  ///< counts, every hypothesis that was accepted or came near, and why
};

/// How to go on exploring.
struct ExplorationPlan {
  std::vector<strategy::Operation> operations;  ///< on the strategy that explores
  /// By family seen: the chance that another of its episodes shows something that no rule explains
  /// yet. A family that was never seen has 1/2.
  std::map<std::string, double> needs;
};

/// Learns guidelines from execution traces, and revises those that were learned before; README.md
/// says how. The result depends on the set of
/// traces and not on their order. Not thread-safe.
class Learner {
 public:
  /// Throws Error(kBadData) for options out of range.
  explicit Learner(LearnOptions options);
  /// Takes in one trace. Throws Error(kNotPermitted) for a trace that is not of the split "dev",
  /// and Error(kBadData) for an id that came before with other content.
  void Add(const trace::Trace& trace);
  /// Learns from what was added. Throws Error(kBadData) when nothing was, or nothing of a family
  /// that the options name.
  LearnResult Finish(const strategy::Strategy& parent) const;
  /// What to try next, given all traces so far and a parent that a rule would be added to.
  ExplorationPlan PlanExploration(const strategy::Strategy& parent) const;

 private:
  LearnOptions options_;
  std::map<std::string, EpisodeView> views_;  // by id
};

/// Learner in one call.
LearnResult Learn(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                  const LearnOptions& options);

}  // namespace kedge::agent_ref
