#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "harness/core/digest.h"
#include "harness/core/json.h"
#include "harness/core/log.h"
#include "harness/core/random.h"
#include "harness/run/paired_run.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

constexpr int kKills = 20;
constexpr unsigned kThreads = 2;

/// A run in a child process that is killed again and again. Every episode leaves a line in a side
/// file when it starts, so the file says how often each was run.
class KillTest : public ::testing::Test {
 protected:
  KillTest() { SetLogLevel(LogLevel::kWarning); }

  std::string SideFile() const { return folder_.File("episodes.txt"); }
  std::string JournalFile() const { return folder_.File("run.journal"); }
  std::string DigestFile() const { return folder_.File("digest.txt"); }

  agent::EpisodeEnd LoggedEpisode(const agent::EpisodeStart& start, agent::EpisodeIo& io) const {
    const std::string line = start.episode_id + "\n";
    const int fd = open(SideFile().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(3);
    close(fd);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return CoinAgent(start.episode_id.substr(0, start.episode_id.find('/')), start, io);
  }

  // Runs the whole plan and returns the digest of what its caller saw.
  std::string RunPlan(const std::string& journal_path) const {
    const auto suite = FixtureSuite(folder_.File("suite"), 30);
    const strategy::Strategy champion = NamedStrategy("champion");
    const strategy::Strategy candidate = NamedStrategy("candidate");
    const FakeAgents agents([this](const std::string&, const agent::EpisodeStart& start,
                                   agent::EpisodeIo& io) { return LoggedEpisode(start, io); });
    Journal journal(journal_path, Json{{"suite", suite->digest()}});
    PairedRunOptions options;
    options.threads = kThreads;
    options.lookahead = 4;
    PairedRun run(suite, champion, candidate, agents, nullptr,
                  PairSchedule(suite, candidate.hash(), 5), journal, options, SystemClock(),
                  nullptr);
    Sha256 digest;
    for (int n = 0; n < 300; ++n) {
      for (const std::size_t stratum : {0u, 1u}) {
        const PairOutcome pair = run.Get(stratum, n, {0, 1});
        digest.Update(Fingerprint(pair.champion) + Fingerprint(pair.candidate));
      }
    }
    return digest.Hex();
  }

  pid_t StartChild() const {
    const pid_t child = fork();
    if (child != 0) return child;
    try {
      testing::WriteFile(DigestFile(), RunPlan(JournalFile()));
      _exit(0);
    } catch (const std::exception& error) {
      fprintf(stderr, "child: %s\n", error.what());
      _exit(1);
    }
  }

  std::vector<std::string> SideLines() const {
    std::istringstream lines(testing::ReadWholeFile(SideFile()));
    std::vector<std::string> ids;
    for (std::string line; std::getline(lines, line);) ids.push_back(line);
    return ids;
  }

  // So that half of the kills hit a run in full swing, however slow the machine is at starting.
  void WaitForEpisodeAfter(std::size_t lines) const {
    for (int i = 0; i < 10'000 && SideLines().size() <= lines; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // The ids in the journal as any JSON reader finds them: whole lines after the header.
  std::multiset<std::string> JournalIds() const {
    const std::string bytes = testing::ReadWholeFile(JournalFile());
    std::multiset<std::string> ids;
    std::size_t start = 0;
    for (std::size_t end = bytes.find('\n'); end != std::string::npos;
         start = end + 1, end = bytes.find('\n', start)) {
      const Json line = ParseJson(bytes.substr(start, end - start));
      if (line.contains("id")) ids.insert(line.at("id").get<std::string>());
    }
    return ids;
  }

  testing::TempFolder folder_;
};

TEST_F(KillTest, TwentyKillsLoseNothingAndRunNothingFinishedTwice) {
  Random random(20);
  std::size_t lines_before = 0;
  std::set<std::string> finished;
  int kills = 0;
  while (kills < kKills) {
    const pid_t child = StartChild();
    ASSERT_GT(child, 0);
    if (kills % 2 == 0) WaitForEpisodeAfter(lines_before);
    std::this_thread::sleep_for(std::chrono::microseconds(2'000 + random.Below(25'000)));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the run ended after " << kills << " kills: make it longer";
    ++kills;
    const std::vector<std::string> lines = SideLines();
    for (std::size_t i = lines_before; i < lines.size(); ++i) {
      EXPECT_FALSE(finished.contains(lines[i])) << lines[i] << " was finished and ran again";
    }
    lines_before = lines.size();
    const std::multiset<std::string> ids = JournalIds();
    for (const std::string& id : finished) EXPECT_EQ(ids.count(id), 1u) << id << " was lost";
    finished = {ids.begin(), ids.end()};
    EXPECT_EQ(finished.size(), ids.size());
  }
  EXPECT_GT(finished.size(), 20u);

  const pid_t child = StartChild();
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::map<std::string, int> runs;
  for (const std::string& id : SideLines()) ++runs[id];
  int repeated = 0;
  for (const auto& [id, count] : runs) repeated += count - 1;
  EXPECT_LE(repeated, kKills * static_cast<int>(kThreads)) << "more than was under way";
  EXPECT_EQ(testing::ReadWholeFile(DigestFile()), RunPlan(folder_.File("unbroken.journal")));
}

}  // namespace
}  // namespace kedge::run
