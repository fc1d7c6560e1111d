#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/core/json.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// One `kedge learn`: traces in, candidate strategy out.
struct LearnSessionOptions {
  std::vector<std::string> trace_files;  ///< kedge-trace/1 archives of the split "dev"
  std::string parent_folder;             ///< the strategy that the candidate starts from
  std::string output_folder;             ///< where the candidate is written
  /// Tells which tools write, which is needed to generalise by effect; its world bears witness.
  std::string suite_folder;
  /// With a suite that has a world: the calls of every trace are issued again, and one that the
  /// world answers otherwise is not learned from (TraceWitness). Off for traces of several
  /// populations, or of a world that is not the suite's.
  bool witness = true;
  std::uint64_t suite_seed = 0;  ///< of the population the traces were made on
  std::uint64_t variant = 0;     ///< of the world they were made in
  std::string name = "learned";
  std::string generalise = "tool";    ///< "tool" or "effect"
  std::vector<std::string> families;  ///< learn from these only; empty: from all
  double alpha = 0.05;
  std::int64_t min_support = 3;
  std::int64_t min_families = 2;
  double min_effect = 0.1;
  std::vector<std::string> kept_guidelines;  ///< of the parent, never revised or retired
  /// Description of a language model (harness/llm/README.md) that reflects on the traces when the
  /// offline learner is done; empty: none.
  std::string model_file;
};

struct LearnSessionResult {
  std::string candidate_hash;
  std::size_t operations = 0;
  std::int64_t traces = 0;                        ///< learned from
  bool witnessed = false;                         ///< whether a witness was asked
  std::map<std::string, std::int64_t> set_apart;  ///< traces not learned from, by TraceDoubt
  Json report;
};

/// Reads every trace or fails (a damaged record is an error here: a candidate must be exactly
/// reproducible from its archive), learns, and writes the candidate's folder. Throws Error, also
/// when the witness sets every trace apart;
/// kUnavailable, with nothing written, when a model was asked for and gives no answer.
LearnSessionResult RunLearnSession(const LearnSessionOptions& options);

/// "tool" or "effect"; throws UsageError for anything else.
agent_ref::Generalise GeneraliseOf(const std::string& name);
/// Tools that change something in the suite's world.
std::set<std::string> WritingTools(const suite::Suite& suite);

}  // namespace kedge::loop
