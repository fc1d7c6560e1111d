// SIGKILL at any moment of a gate, then the same command again.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>

#include "harness/core/random.h"
#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ReadJsonFile;
using testing::ReadWholeFile;
using testing::RetailGate;
using testing::RunAndKillKedge;
using testing::RunKedge;
using testing::TempFolder;

constexpr int kKills = 20;

/// Finished episodes in a journal, by their id, with how often each is there.
std::map<std::string, int> JournalledEpisodes(const std::string& path) {
  std::map<std::string, int> episodes;
  std::istringstream lines(ReadWholeFile(path));
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    const std::size_t at = line.find("\"trace_id\":\"");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + 12;
    ++episodes[line.substr(begin, line.find('"', begin) - begin)];
  }
  return episodes;
}

TEST(ResumeTest, KilledAtTwentyRandomPointsTheVerdictIsThatOfAnUnbrokenRun) {
  const TempFolder unbroken;
  const auto whole = RunKedge(RetailGate("candidate-tradeoff", unbroken.path()));
  ASSERT_EQ(whole.code, 1) << whole.err;
  const Json expected = ReadJsonFile(unbroken.File("out/verdict.json"));
  const auto all = JournalledEpisodes(unbroken.File("out/journal.jsonl"));
  ASSERT_GE(all.size(), expected["episodes"].get<std::size_t>());

  Random random(20261122);
  int kills = 0, chains = 0;
  std::size_t resumed_with = 0;
  while (kills < kKills) {
    const TempFolder broken;
    const auto arguments = RetailGate("candidate-tradeoff", broken.path());
    for (int i = 0; i < 6 && kills < kKills; ++i) {
      const auto delay = std::chrono::microseconds(
          static_cast<std::int64_t>(random.Uniform() * whole.seconds * 0.8e6));
      if (!RunAndKillKedge(arguments, delay)) break;
      ++kills;
    }
    for (const char* journal : {"out/journal-probes.jsonl", "out/journal.jsonl"}) {
      resumed_with += JournalledEpisodes(broken.File(journal)).size();
    }
    const auto last = RunKedge(arguments);
    ASSERT_EQ(last.code, 1) << last.err;
    const Json verdict = ReadJsonFile(broken.File("out/verdict.json"));
    EXPECT_EQ(verdict["digest"], expected["digest"]);
    EXPECT_EQ(verdict["episodes"], expected["episodes"]);
    for (const auto& [id, count] : JournalledEpisodes(broken.File("out/journal.jsonl"))) {
      EXPECT_EQ(count, 1) << id << " was run again";
    }
    ++chains;
  }
  // The kills must have hit runs that had something to lose.
  EXPECT_GT(resumed_with, 0U);
  std::printf("%d kills in %d chains; %zu finished episodes were there to be taken up\n", kills,
              chains, resumed_with);
}

TEST(ResumeTest, TheSameCommandAgainGivesTheSameVerdictAndRunsNothing) {
  const TempFolder folder;
  const auto arguments = RetailGate("candidate-better", folder.path());
  ASSERT_EQ(RunKedge(arguments).code, 0);
  const Json first = ReadJsonFile(folder.File("out/verdict.json"));
  const auto episodes = JournalledEpisodes(folder.File("out/journal.jsonl"));
  ASSERT_EQ(RunKedge(arguments).code, 0);
  EXPECT_EQ(ReadJsonFile(folder.File("out/verdict.json"))["digest"], first["digest"]);
  const auto log = RunKedge({"log", "--store", folder.File("kedge.db"), "--json"});
  EXPECT_EQ(std::count(log.out.begin(), log.out.end(), '\n'), 1) << "recorded twice";
  for (const auto& [id, count] : episodes) EXPECT_EQ(count, 1) << id;
}

TEST(ResumeTest, ThreadsDoNotChangeTheVerdict) {
  std::set<std::string> digests;
  for (const char* threads : {"1", "2", "5"}) {
    const TempFolder folder;
    auto arguments = RetailGate("candidate-better", folder.path());
    arguments.insert(arguments.end(), {"--threads", threads});
    ASSERT_EQ(RunKedge(arguments).code, 0);
    digests.insert(ReadJsonFile(folder.File("out/verdict.json"))["digest"].get<std::string>());
  }
  EXPECT_EQ(digests.size(), 1U);
}

}  // namespace
}  // namespace kedge
