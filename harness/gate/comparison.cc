#include "harness/gate/comparison.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/gate/comparison_decision.h"
#include "harness/gate/comparison_figures.h"
#include "harness/gate/comparison_pairing.h"
#include "harness/stats/mcnemar.h"

namespace kedge::gate {
namespace {

// Two specifications of the same outcomes, however the path is written.
bool IsSameSource(const std::string& a, const std::string& b) {
  const agent::RecordedSpec x = agent::ParseRecordedSpec(a);
  const agent::RecordedSpec y = agent::ParseRecordedSpec(b);
  std::error_code error;
  const bool same_file = x.path == y.path || std::filesystem::equivalent(x.path, y.path, error);
  return same_file && x.picks == y.picks;
}

std::string SuiteName(const Pairing& pairing) {
  std::set<std::string> suites;
  for (const PairedTask& task : pairing.tasks) suites.insert(task.suite);
  return suites.size() == 1 ? *suites.begin() : std::string();
}

// Of the tasks that were compared, so that verdicts over other tasks are told apart.
std::string TaskDigest(const Pairing& pairing) {
  Sha256 hash;
  for (const PairedTask& task : pairing.tasks) {
    for (const auto* part : {&task.suite, &task.stratum, &task.task_id, &task.version}) {
      hash.Update(*part);
      hash.Update(std::string_view("\0", 1));
    }
  }
  return hash.Hex();
}

std::string EstimandOf(const Pairing& pairing) {
  std::string text = fmt::format(
      "mean over {} common tasks of candidate minus champion, trials averaged within tasks",
      pairing.tasks.size());
  if (pairing.clustered) text += fmt::format("; {} clusters are the units", pairing.clusters);
  return text;
}

Json UnpairedJson(const UnpairedRuns& unpaired) {
  return {{"champion_runs", unpaired.champion_runs},
          {"champion_runs_without_pair", unpaired.champion_without_pair},
          {"version_mismatches", unpaired.version_mismatches},
          {"champion_tasks", unpaired.champion_tasks},
          {"candidate_tasks", unpaired.candidate_tasks},
          {"champion_strata", unpaired.champion_strata},
          {"candidate_strata", unpaired.candidate_strata}};
}

Json DropsJson(const Pairing& pairing) {
  return {{"pairs", pairing.table.dropped},
          {"champion", pairing.drops.champion_missing},
          {"candidate", pairing.drops.candidate_missing},
          {"tasks_without_outcome", pairing.tasks_lost}};
}

Json NotesJson(const agent::RecordedOutcomes& champion, const agent::RecordedOutcomes& candidate) {
  std::set<std::string> notes(champion.notes.begin(), champion.notes.end());
  notes.insert(candidate.notes.begin(), candidate.notes.end());
  return notes;
}

Json DetailsOf(const Pairing& pairing, const agent::RecordedOutcomes& champion,
               const agent::RecordedOutcomes& candidate, const ComparisonOptions& options) {
  const stats::FixedGateDesign design = FixedDesignOf(options);
  const stats::PairedScores scores = ScoresOf(pairing);
  Json guards = Json::object();
  for (const auto& [name, guard] : pairing.guards) guards[name] = TableFigures(guard.table, true);
  Json details = {
      {"arms", {{"champion", ArmFigures(champion)}, {"candidate", ArmFigures(candidate)}}},
      {"formats", {{"champion", champion.format}, {"candidate", candidate.format}}},
      {"summary", SummaryFigures(pairing, design)},
      {"table", TableFigures(pairing.table, pairing.table_of_trials)},
      {"table_unit", pairing.table_of_trials ? "pairs of trials" : "tasks, by who scored higher"},
      {"permutation", PermutationFigures(scores, design)},
      {"guards", std::move(guards)},
      {"unpaired", UnpairedJson(pairing.unpaired)},
      {"missing", DropsJson(pairing)},
      {"notes", NotesJson(champion, candidate)}};
  if (options.bootstrap > 0) {
    details["bootstrap"] = BootstrapFigures(scores, options.bootstrap, options.seed);
  }
  return details;
}

std::int64_t MissingRuns(const agent::RecordedOutcomes& outcomes) {
  std::int64_t missing = 0;
  for (const agent::RecordedRun& run : outcomes.runs) {
    missing += run.record.outcome.status == trace::EpisodeStatus::kMissing ? 1 : 0;
  }
  return missing;
}

}  // namespace

Verdict CompareRecorded(const agent::RecordedOutcomes& champion,
                        const agent::RecordedOutcomes& candidate,
                        const ComparisonOptions& options) {
  if (options.policy.objective.promote_for != PromoteFor::kGain) {
    throw BadData(options.policy.file +
                  ": `objective`: recorded outcomes are compared for a gain only; expected "
                  "`promote_for: gain` or no objective");
  }
  const Pairing pairing = PairRecorded(champion, candidate);
  Verdict verdict;
  verdict.mode = "fixed";
  verdict.estimand = EstimandOf(pairing);
  verdict.champion = {champion.subject, "", champion.source};
  verdict.candidate = {candidate.subject, "", candidate.source};
  verdict.suite = SuiteName(pairing);
  verdict.suite_digest = TaskDigest(pairing);
  verdict.alpha = options.policy.alpha;
  verdict.alpha_block = options.policy.alpha_block;
  verdict.beta = options.policy.beta;
  verdict.pairs = pairing.table;
  verdict.flips = pairing.flips;
  verdict.families = FamilyFigures(pairing);
  verdict.resources = ResourceFigures(pairing);
  verdict.episodes = static_cast<std::int64_t>(champion.runs.size() + candidate.runs.size());
  verdict.missing_episodes = MissingRuns(champion) + MissingRuns(candidate);
  const stats::McnemarResult mcnemar =
      stats::McnemarTest(pairing.table.only_champion, pairing.table.only_candidate);
  verdict.mcnemar_exact_p = mcnemar.exact_two_sided;
  verdict.mcnemar_mid_p = mcnemar.midp_two_point;
  verdict.details = DetailsOf(pairing, champion, candidate, options);
  DecideComparison(pairing, candidate, options, IsSameSource(champion.source, candidate.source),
                   verdict);
  return verdict;
}

}  // namespace kedge::gate
