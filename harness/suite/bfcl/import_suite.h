#pragma once

#include <cstdint>
#include <string>

namespace kedge::suite::bfcl {

/// Makes a suite folder (suite.yaml, tasks.jsonl) of one category of the leaderboard's data folder:
/// each question is a task, which shows the functions and asks for calls as text, with a `bfcl`
/// scorer and the reference answer for the oracle. Returns the number of tasks. Throws Error:
/// kMissingInput, kBadData, kUsage, kIo.
std::int64_t ImportCategory(const std::string& data_folder, const std::string& category,
                            const std::string& output_folder);

/// Judges a result file of the leaderboard's runs and writes the outcomes as JSON Lines
/// (harness/agent/recorded) to `output_file`. A result that cannot be read as calls has the error
/// "decode": it is missing, or a failure for who counts errors as recorded. Questions without a
/// result and results without a question are errors.
struct RunScores {
  std::int64_t right = 0;
  std::int64_t wrong = 0;
  std::int64_t not_decoded = 0;
};
RunScores ScoreRun(const std::string& data_folder, const std::string& category,
                   const std::string& result_file, const std::string& output_file);

}  // namespace kedge::suite::bfcl
