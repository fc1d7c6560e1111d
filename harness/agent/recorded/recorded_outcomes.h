#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/formats/records.h"
#include "harness/trace/outcome.h"

namespace kedge::agent {

/// One episode that somebody else ran.
struct RecordedRun {
  trace::RunRecord record;
  std::string task_version;  ///< tells versions of the same task apart; empty when unknown
  std::int64_t line = 0;     ///< in the file; 0 when the format has no useful one
  bool has_trial = true;     ///< the file numbers the repeats of a task
};

/// The outcomes of one subject, read and validated. Value type.
struct RecordedOutcomes {
  std::string source;   ///< the specification as given
  std::string format;   ///< "matrix", "csv", "jsonl", or a trace format's name
  std::string subject;  ///< the agent's name; the file's when it names none
  /// Every score is 0 or 1.
  bool binary = true;
  /// Repeats of a task are known by their number only (5 trials, 4 successes), so that trial i of
  /// one subject has nothing to do with trial i of another.
  bool anonymous_trials = false;
  std::vector<RecordedRun> runs;   ///< in file order, no task and trial twice
  std::vector<std::string> notes;  ///< what a reader must know about these figures
};

/// Where outcomes are: `FILE`, or `FILE#PICK` (repeatable) to narrow a file that holds more than is
/// meant. PICK is a subject, a stratum (for AgentDojo `none` or a kind of attack), or `trial=N`.
struct RecordedSpec {
  std::string path;
  std::vector<std::string> picks;
};

/// Cuts a specification at its `#`; a file whose name itself has one is found if it exists.
RecordedSpec ParseRecordedSpec(const std::string& spec);

/// Reads the outcomes that `spec` names. The format is recognised by content: result matrices
/// ({"subject_id", "responses"} per line), CSV and JSON Lines of outcomes, kedge's traces,
/// AgentDojo, tau-bench and tau2-bench runs (README.md has the fields of each), all of them plain,
/// gzip or zstd.
///
/// Throws Error: kMissingInput, kIo, and kBadData naming file, line and field, when a record is
/// broken (the message counts the others), a task and trial occur twice, the file holds several
/// subjects and none was picked, or nothing is left after picking. A file is read wholly or not at
/// all: an outcome that cannot be read must not shrink the denominator.
RecordedOutcomes ReadRecorded(const std::string& spec, const trace::ReadOptions& options = {});

}  // namespace kedge::agent
