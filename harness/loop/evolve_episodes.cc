#include "harness/loop/evolve_episodes.h"

#include <functional>

#include "harness/core/file.h"
#include "harness/loop/session_context.h"
#include "harness/run/journal.h"
#include "harness/run/paired_run.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/trace/archive_writer.h"

namespace kedge::loop {
namespace {

constexpr double kHeldOutLevel = 0.95;

void RunOnce(const EvolutionEpisodes& episodes, const std::shared_ptr<const suite::Suite>& suite,
             const strategy::Strategy& strategy, std::uint64_t seed,
             const std::string& journal_file,
             const std::function<void(const trace::Trace&)>& sink) {
  const std::string guards = episodes.guard_policy ? episodes.guard_policy->digest() : "";
  run::Journal journal(journal_file, {{"kind", "evolve"},
                                      {"suite", suite->digest()},
                                      {"strategy", strategy.hash()},
                                      {"guards", guards},
                                      {"agent", episodes.agents.fingerprint()},
                                      {"seed", seed}});
  run::PairedRunOptions options;
  options.threads = episodes.threads;
  options.episode = EpisodeOptionsUnder(episodes.policy, *suite);
  run::RunAll(suite, strategy, episodes.agents, episodes.guard_policy, 1, seed, &journal, options,
              episodes.clock, &episodes.observer, sink);
}

gate::Interval Difference(const std::vector<bool>& now, const std::vector<bool>& before) {
  stats::PairedCounts counts;
  for (std::size_t i = 0; i < now.size(); ++i) {
    std::int64_t& cell = before[i] ? (now[i] ? counts.both : counts.only_champion)
                                   : (now[i] ? counts.only_candidate : counts.neither);
    ++cell;
  }
  const stats::PairedDifference difference = stats::Newcombe10(counts, kHeldOutLevel);
  return {difference.difference, difference.interval.low, difference.interval.high, kHeldOutLevel};
}

}  // namespace

void RecordTasks(const EvolutionEpisodes& episodes, std::shared_ptr<const suite::Suite> suite,
                 const strategy::Strategy& strategy, std::uint64_t seed, const std::string& folder,
                 const std::string& prefix) {
  MakeFolders(folder);
  trace::ArchiveWriter archive(folder + "/traces.jsonl");
  RunOnce(episodes, suite, strategy, seed, folder + "/journal.jsonl",
          [&](const trace::Trace& episode) {
            trace::Trace named = episode;
            named.id = prefix + episode.id;
            archive.Write(named);
          });
  archive.Finish();
}

std::vector<bool> SolveTasks(const EvolutionEpisodes& episodes,
                             std::shared_ptr<const suite::Suite> suite,
                             const strategy::Strategy& strategy, std::uint64_t seed,
                             const std::string& journal_file) {
  std::vector<bool> solved;
  RunOnce(episodes, suite, strategy, seed, journal_file,
          [&](const trace::Trace& episode) { solved.push_back(episode.outcome->success); });
  return solved;
}

reports::HeldOutScore CompareSolved(const std::vector<bool>& now, const std::vector<bool>& last,
                                    const std::vector<bool>& start) {
  reports::HeldOutScore score;
  score.tasks = static_cast<std::int64_t>(now.size());
  for (const bool success : now) score.successes += success ? 1 : 0;
  const stats::Interval interval =
      stats::WilsonInterval(score.successes, score.tasks, kHeldOutLevel);
  score.rate = {static_cast<double>(score.successes) / static_cast<double>(score.tasks),
                interval.low, interval.high, kHeldOutLevel};
  score.over_last = Difference(now, last);
  score.over_start = Difference(now, start);
  return score;
}

}  // namespace kedge::loop
