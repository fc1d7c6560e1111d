#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/run/world_replay.h"
#include "harness/suite/oracle.h"
#include "harness/suite/scorer.h"
#include "harness/suite/suite.h"
#include "harness/trace/formats/read_any.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::SharedPath;
using testing::SourcePath;

const char kTrajectories[] = "data/tau-bench/gpt-4o-airline.json.gz";

std::shared_ptr<const suite::Suite> LoadAirline(const std::string& data_folder) {
  return suite::Suite::Load(SourcePath("tasksuites/tau_airline"),
                            {.data = {{"tau-bench", data_folder}}});
}

std::vector<trace::Trace> Trajectories() {
  std::vector<trace::Trace> traces;
  const auto report = trace::ReadTraces(SharedPath(kTrajectories), {}, [&](trace::Trace&& trace) {
    traces.push_back(std::move(trace));
  });
  EXPECT_EQ(report.bad, 0);
  return traces;
}

struct Agreement {
  std::int64_t compared = 0;
  std::int64_t agreeing = 0;
  std::int64_t rewards = 0;
  std::vector<std::string> calls_that_differ;
  std::set<std::string> rewards_that_differ;  ///< "46/3"
};

Agreement ReplayAll(const suite::Suite& suite, const std::vector<trace::Trace>& traces) {
  Agreement all;
  world::Session session(suite.world());
  run::WorldReplayOptions options;
  options.apart = {"think", "transfer_to_human_agents"};
  for (const trace::Trace& trace : traces) {
    const run::WorldReplay replay = run::ReplayOnWorld(trace, session, options);
    all.compared += replay.compared;
    all.agreeing += replay.agreeing;
    const std::string name = trace.key.task_id + "/" + std::to_string(trace.key.trial);
    for (const run::ReplayedCall& call : replay.calls) {
      if (!call.compared || call.agrees) continue;
      all.calls_that_differ.push_back(name + " " + call.tool + ": recorded " +
                                      call.recorded.substr(0, 3000) + " world " +
                                      call.answered.substr(0, 3000));
    }
    const auto task = static_cast<std::size_t>(std::stoi(trace.key.task_id));
    const suite::Judgement judgement =
        suite::ScoreEpisode(suite, task, {&replay.trace, replay.final_text, replay.difference});
    const bool agrees = judgement.success == trace.outcome->success;
    all.rewards += agrees ? 1 : 0;
    if (!agrees) all.rewards_that_differ.insert(name);
  }
  return all;
}

TEST(TauAirline, EveryRecordedCallGetsTheRecordedAnswer) {
  KEDGE_NEED_DATA();
  const auto suite = LoadAirline(SharedPath("data/tau-bench"));
  const std::vector<trace::Trace> traces = Trajectories();
  ASSERT_EQ(traces.size(), 200u);
  const Agreement all = ReplayAll(*suite, traces);
  std::cout << "tau_airline: " << all.agreeing << " of " << all.compared << " results, "
            << all.rewards << " of " << traces.size() << " rewards agree\n";
  for (const std::string& call : all.calls_that_differ) std::cout << "  " << call << "\n";
  EXPECT_EQ(all.compared, 1024);
  EXPECT_EQ(all.agreeing, 1024);
  // Trajectory 46/3 was cut off before the benchmark judged it; tasksuites/tau_airline/README.md.
  EXPECT_EQ(all.rewards_that_differ, (std::set<std::string>{"46/3"}));
}

TEST(TauAirline, OneWrongSeedRowLowersTheFigures) {
  KEDGE_NEED_DATA();
  const std::string original = SharedPath("data/tau-bench");
  testing::TempFolder folder;
  std::filesystem::create_directories(folder.File("airline/data"));
  for (const char* file : {"airline/data/flights.json.gz", "airline/data/users.json.gz",
                           "airline/wiki.md", "gpt-4o-airline.json.gz"}) {
    std::filesystem::create_symlink(original + "/" + file, folder.File(file));
  }
  Json reservations = ParseJson(ReadFile(original + "/airline/data/reservations.json.gz"));
  Json& cabin = reservations.at("JG7FMM").at("cabin");
  ASSERT_EQ(cabin, "business");
  cabin = "economy";
  testing::WriteFile(folder.File("airline/data/reservations.json.gz"), reservations.dump());
  const Agreement all = ReplayAll(*LoadAirline(folder.path()), Trajectories());
  EXPECT_EQ(all.compared, 1024);
  EXPECT_LT(all.agreeing, 1024);
  std::cout << "tau_airline with a wrong row: " << all.agreeing << " of " << all.compared
            << " results, " << all.rewards << " of 200 rewards agree\n";
}

TEST(TauAirline, TheOracleSolvesAllFiftyTasks) {
  KEDGE_NEED_DATA();
  const auto suite = LoadAirline(SharedPath("data/tau-bench"));
  ASSERT_EQ(suite->tasks().size(), 50u);
  std::size_t unchanged = 0;
  world::Session session(suite->world());
  for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
    EXPECT_TRUE(suite::RunOracle(*suite, i, &session, 1).judgement.success) << suite->tasks()[i].id;
    unchanged += suite->tasks()[i].no_change ? 1 : 0;
  }
  // Tasks none of whose expected actions writes, counted by hand in the trajectory file.
  EXPECT_EQ(unchanged, 20u);
}

TEST(TauAirline, WithoutTheDataItSaysWhatToPass) {
  unsetenv("KEDGE_DATA_TAU_BENCH");
  try {
    suite::Suite::Load(SourcePath("tasksuites/tau_airline"), {});
    FAIL() << "it loaded without data";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), 66);
    EXPECT_NE(error.message().find("--data tau-bench=FOLDER"), std::string::npos) << error.what();
    EXPECT_NE(error.message().find("KEDGE_DATA_TAU_BENCH"), std::string::npos) << error.what();
  }
  EXPECT_THROW(LoadAirline("/nowhere/at/all"), Error);
}

}  // namespace
}  // namespace kedge
