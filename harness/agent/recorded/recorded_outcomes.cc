#include "harness/agent/recorded/recorded_outcomes.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/agent/recorded/recorded_csv.h"
#include "harness/agent/recorded/recorded_jsonl.h"
#include "harness/agent/recorded/recorded_matrix.h"
#include "harness/agent/recorded/recorded_picks.h"
#include "harness/agent/recorded/recorded_traces.h"
#include "harness/core/file.h"

namespace kedge::agent {
namespace {

enum class Kind { kCsv, kMatrix, kPlain, kTraces };

constexpr int kRecordsLookedAt = 20;

bool StartsLikeJson(const std::string& path) {
  LineReader lines(path);
  while (const auto line = lines.Next()) {
    const std::size_t start = line->find_first_not_of(" \t\r");
    if (start != std::string_view::npos) return (*line)[start] == '{' || (*line)[start] == '[';
  }
  throw std::move(BadData("is empty").At(path));
}

Kind KindOf(const std::string& path) {
  if (!StartsLikeJson(path)) return Kind::kCsv;
  Kind kind = Kind::kTraces;
  int looked_at = 0;
  (void)trace::ForEachRecord(path, [&](const trace::RecordText& record) {
    const trace::JsonSlices members = trace::SliceObject(record.text);
    if (IsMatrixRow(members)) kind = Kind::kMatrix;
    // AgentDojo and tau-bench have neither `success` nor `score`, but some have `error`.
    if (IsPlainOutcome(members) && trace::FindSlice(members, "messages") == nullptr &&
        trace::FindSlice(members, "traj") == nullptr) {
      kind = Kind::kPlain;
    }
    return kind == Kind::kTraces && ++looked_at < kRecordsLookedAt;
  });
  return kind;
}

// The name without folders and known endings, for files that do not name their agent.
std::string StemOf(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (const std::string_view ending : {".gz", ".zst", ".jsonl", ".json", ".csv"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
    }
  }
  return name;
}

RecordedOutcomes ReadFileOutcomes(const RecordedSpec& spec, std::vector<std::string>& picks,
                                  const trace::ReadOptions& options) {
  RecordedOutcomes out;
  switch (KindOf(spec.path)) {
    case Kind::kMatrix:
      return ReadMatrix(spec.path, picks);
    case Kind::kCsv:
      out.format = "csv";
      out.runs = ReadCsvOutcomes(ReadFile(spec.path), spec.path, options);
      break;
    case Kind::kPlain:
      out.format = "jsonl";
      out.runs = ReadJsonlOutcomes(spec.path, options);
      break;
    case Kind::kTraces:
      out.runs = ReadTraceOutcomes(spec.path, options);
      out.format = ToString(trace::DetectTraceFormat(spec.path).value());
      break;
  }
  return out;
}

void NoteWhatCounts(RecordedOutcomes& out) {
  out.binary = std::all_of(out.runs.begin(), out.runs.end(), [](const RecordedRun& run) {
    return run.record.outcome.score == 0 || run.record.outcome.score == 1;
  });
  const bool sampled = std::any_of(out.runs.begin(), out.runs.end(), [](const RecordedRun& run) {
    return run.record.inclusion_probability < 1;
  });
  if (sampled) {
    out.notes.emplace_back(
        "the traces are a sample with unequal probabilities; the figures here are about the listed "
        "tasks and do not weigh them");
  }
}

}  // namespace

RecordedSpec ParseRecordedSpec(const std::string& spec) {
  RecordedSpec out{spec, {}};
  std::error_code ignored;
  while (!std::filesystem::exists(out.path, ignored)) {
    const std::size_t hash = out.path.rfind('#');
    if (hash == std::string::npos) break;
    out.picks.insert(out.picks.begin(), out.path.substr(hash + 1));
    out.path.resize(hash);
  }
  return out;
}

RecordedOutcomes ReadRecorded(const std::string& spec, const trace::ReadOptions& options) {
  const RecordedSpec where = ParseRecordedSpec(spec);
  std::vector<std::string> picks = where.picks;
  RecordedOutcomes out = ReadFileOutcomes(where, picks, options);
  for (const std::string& pick : picks) ApplyPick(where.path, pick, out.runs);
  if (out.runs.empty()) throw std::move(BadData("holds no outcomes").At(where.path));
  out.source = spec;
  out.subject = OnlySubject(where.path, out.runs);
  if (out.subject.empty()) out.subject = StemOf(where.path);
  RefuseRepeats(where.path, out.runs);
  NoteWhatCounts(out);
  return out;
}

}  // namespace kedge::agent
