#include "harness/loop/pilot_files.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/run/journal_line.h"
#include "harness/trace/jsonl.h"

namespace kedge::loop {
namespace {

constexpr std::string_view kJournalStart = "{\"crc32\":";
constexpr std::string_view kCandidateArm = "candidate/";
constexpr std::int64_t kMostPairs = INT64_MAX / 2;  // so that their runs can be counted

using Runs = std::vector<trace::RunRecord>;

struct Arms {
  Runs champion;
  Runs candidate;
};

bool IsJournal(const std::string& path) {
  LineReader lines(path);
  const auto first = lines.Next();
  return first && first->starts_with(kJournalStart);
}

trace::RunRecord RecordOf(trace::Trace&& trace) {
  trace::RunRecord record;
  record.key = std::move(trace.key);
  record.outcome = std::move(*trace.outcome);
  return record;
}

// A torn last line belongs to a run that was killed; it is no outcome yet.
void ReadJournalLine(std::string_view line, const std::string& path, std::int64_t number,
                     Arms& arms) {
  const Result<run::JournalRecord> record = run::DecodeJournalRecord(line);
  if (!record) throw Error(record.error()).At(path, number);
  Result<trace::Trace> trace = trace::FromJsonLine(record->trace_json, path, number);
  if (!trace) throw trace.error();
  if (!trace->outcome) throw BadData("the episode has no outcome").At(path, number);
  const bool candidate = record->id.starts_with(kCandidateArm);
  (candidate ? arms.candidate : arms.champion).push_back(RecordOf(std::move(*trace)));
}

Arms ReadJournalArms(const std::string& path) {
  Arms arms;
  LineReader lines(path);
  while (const auto line = lines.Next()) {
    if (lines.line_number() == 1) {
      const Result<Json> header = run::DecodeJournalHeader(*line);
      if (!header) throw Error(header.error()).At(path, 1);
      continue;
    }
    ReadJournalLine(*line, path, lines.line_number(), arms);
  }
  // A run of one strategy journals its episodes under the candidate's name.
  if (arms.champion.empty()) std::swap(arms.champion, arms.candidate);
  return arms;
}

Runs ReadRuns(const std::string& spec) {
  Runs runs;
  for (agent::RecordedRun& run : agent::ReadRecorded(spec).runs) {
    runs.push_back(std::move(run.record));
  }
  return runs;
}

// The discordance and prices that a verdict names; nothing else of it is taken.
gate::Pilot PilotOfVerdict(const Node& verdict) {
  gate::Pilot pilot;
  const Node pairs = verdict["pairs"];
  pilot.pairs = pairs["n"].Int(1, kMostPairs);
  pilot.tasks = pilot.pairs;
  pilot.runs = 2 * pilot.pairs;
  const Node details = verdict["details"];
  const auto summary = details.Find("summary");
  pilot.psi = summary ? (*summary)["psi"].Number(0, 1) : details["discordance"].Number(0, 1);
  pilot.psi_basis = "measured on " + std::to_string(pilot.pairs) + " pairs of a verdict";
  for (const Node& resource : verdict["resources"].Items()) {
    const std::string name = resource["name"].String();
    const double mean = (resource["champion"].Number(0) + resource["candidate"].Number(0)) / 2;
    if (name == "cost") pilot.episode_cost = mean;
    if (name == "latency_seconds") pilot.episode_seconds = mean;
  }
  return pilot;
}

gate::Pilot ReadOne(const std::string& file, bool use_score) {
  if (file.ends_with(".json")) {
    const Node root = Document::Load(file).root();
    if (root.is_object() && root.StringOr("format", "") == "kedge-verdict/1") {
      return PilotOfVerdict(root);
    }
  }
  const std::string path = agent::ParseRecordedSpec(file).path;
  const Arms arms = IsJournal(path) ? ReadJournalArms(path) : Arms{ReadRuns(file), {}};
  return gate::MeasurePilot(arms.champion, arms.candidate, use_score);
}

}  // namespace

gate::Pilot ReadPilot(const std::vector<std::string>& files, bool use_score) {
  if (files.empty() || files.size() > 2) {
    throw UsageError("--pilot: expected one file, or the champion's and the candidate's");
  }
  try {
    gate::Pilot pilot = files.size() == 1
                            ? ReadOne(files[0], use_score)
                            : gate::MeasurePilot(ReadRuns(files[0]), ReadRuns(files[1]), use_score);
    pilot.source = files[0] + (files.size() == 2 ? " and " + files[1] : "");
    return pilot;
  } catch (Error& error) {
    throw Error(error.AddContext("reading the pilot " + files[0]));
  }
}

}  // namespace kedge::loop
