// Any bytes as a file of recorded outcomes: nothing but kedge::Error comes out, and what is read
// keeps the promises of its header.

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/error.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto outcomes = kedge::agent::ReadRecorded(kedge::fuzz::InputFile(data, size));
    if (outcomes.runs.empty()) std::abort();
    std::set<std::pair<std::string, std::int64_t>> seen;
    for (const auto& run : outcomes.runs) {
      const double score = run.record.outcome.score;
      if (!(score >= 0 && score <= 1)) std::abort();
      if (outcomes.binary && score != 0 && score != 1) std::abort();
      const auto key =
          std::pair(run.record.key.task_id + '\0' + run.task_version, run.record.key.trial);
      if (!seen.insert(key).second) std::abort();
    }
  } catch (const kedge::Error&) {
  }
  return 0;
}
