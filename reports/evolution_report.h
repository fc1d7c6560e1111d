#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/gate/verdict.h"

namespace kedge::reports {

/// How a champion does on tasks that nothing learns from and nothing is decided on.
struct HeldOutScore {
  std::int64_t tasks = 0;
  std::int64_t successes = 0;
  gate::Interval rate;        ///< Wilson, 95 %
  gate::Interval over_last;   ///< minus the champion before, same tasks: Newcombe's method 10, 95 %
  gate::Interval over_start;  ///< minus the first champion
};

/// A candidate that was learned in a generation, and what became of it.
struct EvolutionProposal {
  std::string how;            ///< "tool" or "effect": what the learner's rules may speak of
  std::string champion_hash;  ///< what it was learned for and judged against
  std::string candidate_hash;
  std::string folder;  ///< under the evolution's folder; promoted and refused ones are kept
  std::vector<std::string> rules;  ///< ids that the candidate adds
  /// As gate::ToString says, or "NOTHING_LEARNED", or "REFUSED_BEFORE": this very candidate lost
  /// against this champion and was not tested again.
  std::string verdict;
  std::vector<gate::Reason> reasons;
  std::string verdict_digest;  ///< empty when no gate ran
  std::int64_t pairs = 0;
  bool promoted = false;
};

/// One round of act, learn, gate, promote.
struct EvolutionGeneration {
  std::int64_t number = 0;     ///< from 1
  std::int64_t episodes = 0;   ///< that the champion acted in
  std::int64_t successes = 0;  ///< among them; while it explored
  /// Episodes not learned from, by reason: "guard" (one was broken), or what a trace witness
  /// doubts.
  std::map<std::string, std::int64_t> set_apart;
  std::string champion_before;  ///< hash
  std::string champion_after;   ///< hash
  std::string champion_folder;  ///< of the latter, under the evolution's folder
  std::vector<EvolutionProposal> proposals;
  HeldOutScore held_out;  ///< of the champion after
};

/// All generations of a strategy on a suite.
struct Evolution {
  std::string suite;
  std::string start_hash;
  HeldOutScore start;  ///< of the first champion
  std::vector<EvolutionGeneration> generations;
};

/// One HTML file with no outside request: the gain first, then the learning curve with intervals,
/// then every generation with its candidates and the reasons of those that were refused. Atomic.
void WriteEvolutionHtml(const std::string& path, const Evolution& evolution,
                        const std::string& footer);

/// The same as GitHub-flavoured Markdown.
std::string EvolutionMarkdown(const Evolution& evolution);

/// A few lines for a terminal.
std::string EvolutionText(const Evolution& evolution);

}  // namespace kedge::reports
