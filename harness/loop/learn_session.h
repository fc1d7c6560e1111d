#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::loop {

/// One `kedge learn`: traces in, candidate strategy out.
struct LearnSessionOptions {
  std::vector<std::string> trace_files;  ///< kedge-trace/1 archives of the split "dev"
  std::string parent_folder;             ///< the strategy that the candidate starts from
  std::string output_folder;             ///< where the candidate is written
  std::string suite_folder;  ///< tells which tools write; needed to generalise by effect
  std::string name = "learned";
  std::string generalise = "tool";    ///< "tool" or "effect"
  std::vector<std::string> families;  ///< learn from these only; empty: from all
  double alpha = 0.05;
  std::int64_t min_support = 3;
  std::int64_t min_families = 2;
  double min_effect = 0.1;
  /// Description of a language model (harness/llm/README.md) that reflects on the traces when the
  /// offline learner is done; empty: none.
  std::string model_file;
};

struct LearnSessionResult {
  std::string candidate_hash;
  std::size_t operations = 0;
  std::int64_t traces = 0;
  Json report;
};

/// Reads every trace or fails (a damaged record is an error here: a candidate must be exactly
/// reproducible from its archive), learns, and writes the candidate's folder. Throws Error;
/// kUnavailable, with nothing written, when a model was asked for and gives no answer.
LearnSessionResult RunLearnSession(const LearnSessionOptions& options);

}  // namespace kedge::loop
