#include "harness/loop/run_session.h"

#include <memory>

#include "guards/monitor.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/open_store.h"
#include "harness/run/journal.h"
#include "harness/run/paired_run.h"
#include "harness/store/store.h"
#include "harness/trace/archive_writer.h"
#include "reports/report.h"

namespace kedge::loop {
namespace {

strategy::Strategy LoadStrategy(const std::string& folder) {
  if (folder.empty()) return strategy::Strategy::FromLayers("none", {}, {});
  return strategy::Strategy::Load(folder);
}

// A run tells what became of every task, which is more than the one bit that sealed tasks may say.
void RequireOpenSplit(const std::string& split) {
  if (split != "vault" && split != "all") return;
  throw Error(ErrorKind::kNotPermitted,
              "--split " + split +
                  ": sealed tasks are asked by `kedge gate` alone, on a budget; "
                  "choose dev or gate");
}

Json RunFingerprint(const RunSessionOptions& options, const suite::Suite& suite,
                    const strategy::Strategy& strategy, const guards::Policy* guard_policy,
                    const agent::AgentFactory& agents) {
  return {{"kind", "run"},
          {"suite", suite.digest()},
          {"strategy", strategy.hash()},
          {"guards", guard_policy == nullptr ? "" : guard_policy->digest()},
          {"agent", agents.fingerprint()},
          {"trials", options.trials},
          {"seed", options.run_seed},
          {"deadline_ms", options.deadline_ms}};
}

}  // namespace

RunSessionResult RunRunSession(const RunSessionOptions& options, const agent::AgentFactory& agents,
                               const Clock& clock, Observer& observer) {
  const std::int64_t start = clock.SteadyNanos();
  RequireOpenSplit(options.split);
  const strategy::Strategy strategy = LoadStrategy(options.strategy_folder);
  std::shared_ptr<const guards::Policy> guard_policy;
  if (!options.guard_policy.empty()) guard_policy = guards::Policy::Load(options.guard_policy);
  const auto suite = suite::Suite::Load(options.suite_folder, {.seed = options.suite_seed,
                                                               .split = options.split,
                                                               .variant = options.variant,
                                                               .data = options.data});

  MakeFolders(options.output_folder);
  const std::string& folder = options.output_folder;
  RunSessionResult result{0,
                          0,
                          0,
                          0,
                          folder + "/traces.jsonl",
                          folder + "/report.html",
                          folder + "/junit.xml",
                          folder + "/results.jsonl"};
  reports::RunReport report({result.html, result.junit, result.json},
                            {suite->name() + ": " + strategy.name(), suite->name(), strategy.name(),
                             FormatTimestamp(clock.UnixNanos()), options.version});
  trace::ArchiveWriter archive(result.traces);
  run::Journal journal(folder + "/journal.jsonl",
                       RunFingerprint(options, *suite, strategy, guard_policy.get(), agents));
  run::PairedRunOptions run_options;
  run_options.threads = options.threads;
  run_options.episode.user_noise = suite->user_noise();
  run_options.episode.limits.deadline = std::chrono::milliseconds(options.deadline_ms);
  run::RunAll(suite, strategy, agents, guard_policy, options.trials, options.run_seed, &journal,
              run_options, clock, &observer, [&](const trace::Trace& episode) {
                ++result.episodes;
                result.successes += episode.outcome->success ? 1 : 0;
                result.missing += episode.outcome->status == trace::EpisodeStatus::kMissing ? 1 : 0;
                report.Add(episode);
                archive.Write(episode);
              });
  archive.Finish();
  report.Finish();
  result.seconds = static_cast<double>(clock.SteadyNanos() - start) / 1e9;
  if (!options.store_file.empty()) {
    OpenStore(options.store_file, clock)
        ->AddRun({0, clock.UnixNanos(), suite->name(), strategy.hash(), result.episodes,
                  result.successes, result.missing, result.seconds});
  }
  return result;
}

}  // namespace kedge::loop
