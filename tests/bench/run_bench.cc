// What an episode costs apart from its agent: runner, guards, world, scorers and journal.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "harness/run/paired_run.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

constexpr int kDecisions = 20;
constexpr int kCalls = 10;

agent::EpisodeEnd AnswersAtOnce(const std::string&, const agent::EpisodeStart&, agent::EpisodeIo&) {
  return Answered("yes, done");
}

agent::EpisodeEnd DecidesOften(const std::string&, const agent::EpisodeStart&,
                               agent::EpisodeIo& io) {
  for (int i = 0; i < kDecisions; ++i) {
    trace::Step step;
    step.kind = trace::StepKind::kDecision;
    step.decision.point = "tool";
    step.decision.options = {"get_order", "cancel_order", "ask"};
    step.decision.chosen = "get_order";
    step.decision.reason = "the goal needs an order";
    io.Record(std::move(step));
  }
  return Answered("yes, done");
}

agent::EpisodeEnd CallsTools(const std::string&, const agent::EpisodeStart&, agent::EpisodeIo& io) {
  for (int i = 0; i < kCalls; ++i) io.CallTool(i % 2 == 0 ? "see" : "open", {{"door_id", 3}});
  return Answered("yes, done");
}

// Episodes per second of a whole run with a journal, on `state.range(0)` threads.
void RunWhole(benchmark::State& state, std::shared_ptr<const suite::Suite> suite,
              std::shared_ptr<const guards::Policy> policy, Behaviour behaviour) {
  const testing::TempFolder folder;
  const FakeAgents agents(std::move(behaviour));
  PairedRunOptions options;
  options.threads = static_cast<unsigned>(state.range(0));
  std::int64_t episodes = 0;
  for (auto _ : state) {
    Journal journal(folder.File(std::to_string(episodes)), Json{{"bench", "run"}});
    RunAll(suite, NamedStrategy("bench"), agents, policy, 5'000 / std::ssize(suite->tasks()), 1,
           &journal, options, SystemClock(), nullptr, [&](const trace::Trace&) { ++episodes; });
  }
  state.SetItemsProcessed(episodes);
}

void BM_EmptyEpisode(benchmark::State& state) {
  const testing::TempFolder folder;
  RunWhole(state, FixtureSuite(folder.path(), 100), nullptr, AnswersAtOnce);
}
BENCHMARK(BM_EmptyEpisode)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_EpisodeOfTwentyDecisions(benchmark::State& state) {
  const testing::TempFolder folder;
  RunWhole(state, FixtureSuite(folder.path(), 100), nullptr, DecidesOften);
}
BENCHMARK(BM_EpisodeOfTwentyDecisions)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_EpisodeOfTenGuardedCalls(benchmark::State& state) {
  const testing::TempFolder folder;
  RunWhole(state, HouseSuite(folder.path()), HousePolicy(folder.path()), CallsTools);
}
BENCHMARK(BM_EpisodeOfTenGuardedCalls)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kedge::run
