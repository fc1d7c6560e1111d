#include "harness/loop/planted/later_alarm.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "harness/core/random.h"
#include "harness/loop/trace_archive.h"
#include "harness/loop/watch_session.h"
#include "harness/stats/change_detection.h"
#include "harness/trace/archive_writer.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kWindowTasks = 80, kStreamTasks = 40;  // a family
constexpr int kCusumRuns = 200;
constexpr std::uint64_t kNewWorld = 1;  // variant

// Success of each trace in the mixed archive that was written.
std::vector<bool> WriteStream(const LaterChange& change, const EvolutionEpisodes& episodes,
                              const std::string& phase, std::int64_t tasks_per_family) {
  const bool changed = phase == "changed";
  const auto suite = suite::Suite::Load(change.suite_folder,
                                        {.seed = DeriveSeed(change.seed, phase),
                                         .tasks_per_family = tasks_per_family,
                                         .variant = changed && change.new_world ? kNewWorld : 0});
  const std::string folder = change.folder + "/" + phase;
  RecordTasks(episodes, suite, changed ? change.acting : change.promoted,
              DeriveSeed(change.seed, phase + " episodes"), folder, phase + "/");
  std::vector<trace::Trace> traces;
  ReadArchive(folder + "/traces.jsonl", [&](trace::Trace&& trace) {
    // How long an episode takes depends on the machine; the alarm must not.
    if (trace.outcome) trace.outcome->latency_seconds = 0;
    traces.push_back(std::move(trace));
  });
  Random random(DeriveSeed(change.seed, phase + " order"));
  random.Shuffle(traces);
  std::vector<bool> solved;
  trace::ArchiveWriter archive(change.folder + "/" + phase + ".jsonl");
  for (const trace::Trace& trace : traces) {
    archive.Write(trace);
    solved.push_back(trace.outcome && trace.outcome->success);
  }
  archive.Finish();
  return solved;
}

double Share(const std::vector<bool>& solved) {
  const auto count = std::count(solved.begin(), solved.end(), true);
  return static_cast<double>(count) / static_cast<double>(solved.size());
}

// The mean of the strata's own in-control means: a stratum has as many tasks as another.
double InControlMean(const Json& report) {
  double sum = 0;
  std::size_t count = 0;
  for (const Json& metric : report["metrics"]) {
    if (metric["metric"] != "success") continue;
    for (const Json& m0 : metric["m0"]) sum += m0.get<double>(), ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

double MeanRunLength(double p, double p0, double p1, double threshold, double longest) {
  double sum = 0;
  for (int run = 0; run < kCusumRuns; ++run) {
    Random random(11, static_cast<std::uint64_t>(run));
    stats::BernoulliCusum cusum(p0, p1, threshold);
    double length = 1;
    while (!cusum.Update(random.Bernoulli(p)) && length < longest) ++length;
    sum += length;
  }
  return sum / kCusumRuns;
}

}  // namespace

LaterAlarm WatchLaterChange(const LaterChange& change, const EvolutionEpisodes& episodes) {
  std::filesystem::remove_all(change.folder);
  std::filesystem::create_directories(change.folder);
  LaterAlarm result;
  result.before = Share(WriteStream(change, episodes, "window", kWindowTasks));
  WriteStream(change, episodes, "unchanged", kStreamTasks);
  const std::vector<bool> changed = WriteStream(change, episodes, "changed", kStreamTasks);
  result.after = Share(changed);

  WatchSessionOptions watch;
  watch.baseline = change.folder + "/window.jsonl";
  watch.state_file = change.folder + "/watch.json";
  watch.threshold = kAlarmRunLength;
  watch.stream = change.folder + "/unchanged.jsonl";
  const WatchSessionResult quiet = RunWatchSession(watch);
  result.false_alarm = quiet.alarm;
  result.in_control = InControlMean(quiet.json);
  watch.stream = change.folder + "/changed.jsonl";
  const WatchSessionResult loud = RunWatchSession(watch);
  result.alarm = loud.alarm && !quiet.alarm;
  result.delay = static_cast<std::int64_t>(changed.size());
  if (result.alarm) {
    const Json& event = loud.json["alarm_event"];
    result.delay =
        event["at"].get<std::int64_t>() - quiet.json["traces_in_all"].get<std::int64_t>();
    result.metric = event["metric"].get<std::string>();
  }
  return result;
}

double BestDelay(double p0, double p1, double run_length) {
  // The threshold at which a run in control is as long as asked for, by halving.
  double low = 0, high = 12;
  for (int i = 0; i < 20; ++i) {
    const double middle = (low + high) / 2;
    const double length = MeanRunLength(p0, p0, p1, middle, 4 * run_length);
    (length < run_length ? low : high) = middle;
  }
  return MeanRunLength(p1, p0, p1, high, 4 * run_length);
}

}  // namespace kedge::loop
