#include "harness/run/paired_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/run/fixture.h"
#include "tests/run/house.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

const Json kFingerprint = {{"test", "paired run"}};

class PairedRunTest : public ::testing::Test {
 protected:
  // The digest of what a caller sees that visits the strata in turn and closes one midway.
  std::string Walk(const agent::AgentFactory& agents, unsigned threads, const std::string& journal,
                   Observer* observer = nullptr) {
    Journal file(folder_.File(journal), kFingerprint);
    PairedRunOptions options;
    options.threads = threads;
    options.lookahead = 5;
    PairedRun run(suite_, champion_, candidate_, agents, nullptr, schedule_, file, options,
                  SystemClock(), observer);
    Sha256 digest;
    for (int n = 0; n < 30; ++n) Take(run.Get(0, n, {0, 1}), digest);
    for (int n = 0; n < 25; ++n) Take(run.Get(1, n, {1}), digest);
    return digest.Hex();
  }
  void Take(const PairOutcome& pair, Sha256& digest) {
    digest.Update(std::to_string(pair.spec.task_index) + "/" + std::to_string(pair.spec.trial) +
                  "/" + std::to_string(pair.spec.seed) + "\n");
    digest.Update(Fingerprint(pair.champion) + "\n" + Fingerprint(pair.candidate) + "\n");
    champion_wins_ += pair.champion.success;
    candidate_wins_ += pair.candidate.success;
  }

  testing::TempFolder folder_;
  std::shared_ptr<const suite::Suite> suite_ = FixtureSuite(folder_.File("suite"), 8);
  strategy::Strategy champion_ = NamedStrategy("champion");
  strategy::Strategy candidate_ = NamedStrategy("candidate");
  PairSchedule schedule_{suite_, candidate_.hash(), 3};
  int champion_wins_ = 0;
  int candidate_wins_ = 0;
};

TEST_F(PairedRunTest, ThreadsDoNotShowInWhatTheCallerSees) {
  const FakeAgents agents(CoinAgent);
  const std::string expected = Walk(agents, 1, "one");
  EXPECT_GT(champion_wins_, 15);
  EXPECT_GT(candidate_wins_, champion_wins_);
  EXPECT_LT(candidate_wins_, 55);
  EXPECT_EQ(Walk(agents, 2, "two"), expected);
  EXPECT_EQ(Walk(agents, 8, "eight"), expected);
}

TEST_F(PairedRunTest, WhatIsInTheJournalIsNotRunAgain) {
  std::atomic<int> episodes = 0;
  const FakeAgents agents(
      [&](const std::string& name, const agent::EpisodeStart& start, agent::EpisodeIo& io) {
        ++episodes;
        return CoinAgent(name, start, io);
      });
  const std::string first = Walk(agents, 2, "journal");
  const int first_episodes = episodes;
  EXPECT_GE(first_episodes, 110);
  EXPECT_EQ(Walk(agents, 2, "journal"), first);
  // Only pairs ahead of the last one asked for may be new.
  EXPECT_LE(episodes, first_episodes + 2 * 2 * 5);
}

TEST_F(PairedRunTest, BothArmsShareTaskTrialAndSeed) {
  std::mutex mutex;
  std::map<std::string, std::multiset<std::uint64_t>> seeds;
  const FakeAgents agents(
      [&](const std::string& name, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        const std::lock_guard lock(mutex);
        seeds[name].insert(start.seed);
        return Answered(start.instruction + " yes");
      });
  Walk(agents, 1, "journal");
  // A pair begun at the end may have run one arm only.
  std::vector<std::uint64_t> odd;
  std::set_symmetric_difference(seeds["champion"].begin(), seeds["champion"].end(),
                                seeds["candidate"].begin(), seeds["candidate"].end(),
                                std::back_inserter(odd));
  EXPECT_LE(odd.size(), 1u);
  EXPECT_GE(seeds["champion"].size(), 55u);
}

TEST_F(PairedRunTest, ArmsAreInterleavedInTime) {
  std::mutex mutex;
  std::vector<std::string> order;
  const FakeAgents agents(
      [&](const std::string& name, const agent::EpisodeStart&, agent::EpisodeIo&) {
        const std::lock_guard lock(mutex);
        order.push_back(name);
        return Answered("yes");
      });
  Walk(agents, 1, "journal");
  int first_champion = 0;
  for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
    EXPECT_NE(order[i], order[i + 1]) << i;
    first_champion += order[i] == "champion" ? 1 : 0;
  }
  EXPECT_NEAR(first_champion, static_cast<double>(order.size()) / 4, 4);
}

TEST_F(PairedRunTest, WorksNoFurtherAheadThanAsked) {
  std::atomic<int> episodes = 0;
  const FakeAgents agents([&](const std::string&, const agent::EpisodeStart&, agent::EpisodeIo&) {
    ++episodes;
    return Answered("yes");
  });
  Journal journal(folder_.File("journal"), kFingerprint);
  PairedRunOptions options;
  options.threads = 4;
  options.lookahead = 3;
  PairedRun run(suite_, champion_, candidate_, agents, nullptr, schedule_, journal, options,
                SystemClock(), nullptr);
  run.Get(0, 0, {0, 1});
  for (int i = 0; i < 200 && episodes < 14; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(episodes, 2 * (1 + 3 + 3));  // the pair asked for and three ahead in each open stratum
  run.Get(0, 0, {});                     // asked again: from the journal
  EXPECT_EQ(episodes, 14);
}

TEST_F(PairedRunTest, ADefectReachesTheCaller) {
  const FakeAgents agents(
      [](const std::string&, const agent::EpisodeStart&, agent::EpisodeIo&) -> agent::EpisodeEnd {
        throw InternalError("defect of the engine");
      });
  try {
    Walk(agents, 2, "journal");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("defect of the engine"));
  }
}

class UnreachableAgents : public agent::AgentFactory {
 public:
  std::unique_ptr<agent::Agent> Make(const strategy::Strategy&) const override {
    throw Error(ErrorKind::kUnavailable, "the agent cannot be reached");
  }
  std::string fingerprint() const override { return "unreachable"; }
};

TEST_F(PairedRunTest, AnAgentThatCannotBeMadeEndsTheRun) {
  try {
    Walk(UnreachableAgents(), 2, "journal");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

TEST_F(PairedRunTest, MissingEpisodesMakeAMissingPair) {
  const FakeAgents agents(
      [](const std::string& name, const agent::EpisodeStart&, agent::EpisodeIo&) {
        return name == "champion" ? Unavailable() : Answered("yes");
      });
  Journal journal(folder_.File("journal"), kFingerprint);
  PairedRun run(suite_, champion_, candidate_, agents, nullptr, schedule_, journal, {},
                SystemClock(), nullptr);
  const PairOutcome pair = run.Get(0, 0, {});
  EXPECT_TRUE(pair.missing());
  EXPECT_EQ(pair.champion.status, trace::EpisodeStatus::kMissing);
  EXPECT_TRUE(pair.candidate.success);
}

class StopTest : public PairedRunTest {
 protected:
  ~StopTest() override { ClearStop(); }
};

TEST_F(StopTest, AStopEndsTheRunAndALaterOneGoesOn) {
  std::atomic<int> episodes = 0;
  const FakeAgents agents(
      [&](const std::string& name, const agent::EpisodeStart& start, agent::EpisodeIo& io) {
        if (++episodes == 40) RequestStop();
        return CoinAgent(name, start, io);
      });
  try {
    Walk(agents, 2, "journal");
    ADD_FAILURE() << "did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kTemporary);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("run the same command again"));
  }
  EXPECT_LE(episodes, 42);
  EXPECT_EQ(Journal(folder_.File("journal"), kFingerprint).size(), episodes);
  ClearStop();
  const FakeAgents same(CoinAgent);
  const std::string resumed = Walk(same, 2, "journal");
  EXPECT_EQ(resumed, Walk(same, 1, "unbroken"));
}

TEST_F(StopTest, WhatGoesMissingDuringAStopIsTriedAgain) {
  const FakeAgents agents([](const std::string&, const agent::EpisodeStart&, agent::EpisodeIo&) {
    RequestStop();
    return Unavailable();
  });
  EXPECT_THROW(Walk(agents, 2, "journal"), Error);
  EXPECT_EQ(Journal(folder_.File("journal"), kFingerprint).size(), 0);
}

// Sessions and monitors are one per worker; what they leave behind must not reach the next episode.
TEST_F(PairedRunTest, WorldsAndGuardsDoNotShowTheThreadsEither) {
  const auto house = HouseSuite(folder_.File("house"));
  const auto policy = HousePolicy(folder_.path());
  const FakeAgents agents(
      [](const std::string&, const agent::EpisodeStart& start, agent::EpisodeIo& io) {
        const Json door = {{"door_id", 1 + static_cast<int>(3 * UniformAt(start.seed, "door"))}};
        for (int i = 0; i < 5; ++i) {
          const double u = UniformAt(start.seed, "tool", static_cast<std::uint64_t>(i));
          io.CallTool(u < 0.3 ? "open" : u < 0.6 ? "break" : "see", door);
        }
        return Answered("done");
      });
  std::set<std::string> digests;
  std::set<std::string> outcomes;
  for (const unsigned threads : {1u, 2u, 8u}) {
    Sha256 digest;
    PairedRunOptions options;
    options.threads = threads;
    RunAll(house, candidate_, agents, policy, 100, 1, nullptr, options, SystemClock(), nullptr,
           [&](const trace::Trace& trace) {
             digest.Update(Fingerprint(*trace.outcome));
             for (const trace::Step& step : trace.steps) digest.Update(step.observation.content);
             outcomes.insert(Fingerprint(*trace.outcome));
           });
    digests.insert(digest.Hex());
  }
  EXPECT_EQ(digests.size(), 1u);
  EXPECT_GT(outcomes.size(), 20u);  // the episodes differ from one another
}

// --- RunAll ---

class RunAllTest : public PairedRunTest {
 protected:
  std::vector<std::string> Collect(const agent::AgentFactory& agents, unsigned threads,
                                   Journal* journal, Observer* observer = nullptr) {
    PairedRunOptions options;
    options.threads = threads;
    std::vector<std::string> seen;
    RunAll(suite_, candidate_, agents, nullptr, 3, 11, journal, options, SystemClock(), observer,
           [&](const trace::Trace& trace) {
             seen.push_back(trace.id + " " + std::to_string(trace.seed) + " " +
                            std::to_string(trace.steps.size()) + " " + Fingerprint(*trace.outcome));
           });
    return seen;
  }
};

TEST_F(RunAllTest, HandsOutTracesInPlanOrderWhateverTheThreads) {
  const FakeAgents agents(CoinAgent);
  const std::vector<std::string> expected = Collect(agents, 1, nullptr);
  ASSERT_EQ(expected.size(), 3u * 24u);
  std::size_t i = 0;
  for (const suite::Task& task : suite_->tasks()) {
    for (int trial = 0; trial < 3; ++trial, ++i) {
      EXPECT_TRUE(expected[i].starts_with("candidate/" + task.id + "/" + std::to_string(trial)));
    }
  }
  EXPECT_EQ(Collect(agents, 2, nullptr), expected);
  EXPECT_EQ(Collect(agents, 8, nullptr), expected);
}

TEST_F(RunAllTest, GoesOnFromAJournal) {
  std::atomic<int> episodes = 0;
  const FakeAgents agents(
      [&](const std::string& name, const agent::EpisodeStart& start, agent::EpisodeIo& io) {
        ++episodes;
        return CoinAgent(name, start, io);
      });
  const std::vector<std::string> expected = Collect(agents, 2, nullptr);
  episodes = 0;
  Journal journal(folder_.File("journal"), kFingerprint);
  EXPECT_EQ(Collect(agents, 2, &journal), expected);
  EXPECT_EQ(episodes, 72);
  EXPECT_EQ(Collect(agents, 2, &journal), expected);
  EXPECT_EQ(episodes, 72);
}

class CountingObserver : public Observer {
 public:
  using Observer::On;
  void On(const EpisodeFinished& event) override {
    const std::lock_guard lock(mutex);
    ++results[event.arm + "/" + event.stratum + "/" + event.result];
  }
  void On(const ProgressMade& event) override {
    const std::lock_guard lock(mutex);
    last = event;
  }
  std::mutex mutex;
  std::map<std::string, int> results;
  ProgressMade last;
};

TEST_F(RunAllTest, ReportsEpisodesAndProgress) {
  const FakeAgents agents(
      [](const std::string&, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        if (start.instruction.find("f3") != std::string::npos) return Unavailable();
        return Answered(start.instruction.find("f1") != std::string::npos ? "yes" : "no");
      });
  CountingObserver observer;
  Collect(agents, 2, nullptr, &observer);
  EXPECT_EQ(observer.results, (std::map<std::string, int>{{"candidate/one/success", 24},
                                                          {"candidate/one/failure", 24},
                                                          {"candidate/two/missing", 24}}));
  EXPECT_EQ(observer.last.phase, "episodes");
  EXPECT_EQ(observer.last.done, 72);
  EXPECT_EQ(observer.last.total, 72);
}

TEST_F(RunAllTest, AFailingSinkStopsTheRun) {
  std::atomic<int> episodes = 0;
  const FakeAgents agents([&](const std::string&, const agent::EpisodeStart&, agent::EpisodeIo&) {
    ++episodes;
    return Answered("yes");
  });
  PairedRunOptions options;
  options.lookahead = 2;
  EXPECT_THROW(RunAll(suite_, candidate_, agents, nullptr, 100, 1, nullptr, options, SystemClock(),
                      nullptr, [](const trace::Trace&) { throw IoError("disk full"); }),
               Error);
  EXPECT_LE(episodes, 12);  // no more than the window
}

TEST_F(RunAllTest, NoTrialsIsAnError) {
  const FakeAgents agents(CoinAgent);
  EXPECT_THROW(RunAll(suite_, candidate_, agents, nullptr, 0, 1, nullptr, {}, SystemClock(),
                      nullptr, [](const trace::Trace&) {}),
               Error);
}

}  // namespace
}  // namespace kedge::run
