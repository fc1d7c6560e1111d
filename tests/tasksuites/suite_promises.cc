#include "tests/tasksuites/suite_promises.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <set>

#include "harness/core/document.h"
#include "harness/suite/oracle.h"
#include "tests/testing/needs.h"

namespace kedge::testing {
namespace {

std::string Bytes(const suite::Suite& suite) {
  std::string bytes;
  for (const suite::Task& task : suite.tasks()) bytes += CanonicalJson(suite::ToJson(task)) + "\n";
  return bytes;
}

std::set<std::string> Subjects(const suite::Suite& suite, const std::set<std::string>& also) {
  std::set<std::string> subjects;
  for (const suite::Task& task : suite.tasks()) {
    for (const suite::ExpectedCall& call : task.solution) {
      for (const auto& [name, value] : call.arguments.items()) {
        const bool names = name.ends_with("_id") || also.contains(name);
        if (names && value != "-") subjects.insert(value.get<std::string>());
      }
    }
  }
  return subjects;
}

}  // namespace

void ExpectNoTwoFamiliesSayTheSame(const BundledSuite& suite) {
  std::set<std::string> said;
  const Document document = Document::Load(suite.Path("families.yaml"));
  for (const Node& family : document.root()["families"].Items()) {
    const std::string name = family["family"].String();
    EXPECT_GE(family["say"].Items().size(), 3u) << name;
    for (const Node& phrasing : family["say"].Items()) {
      EXPECT_TRUE(said.insert(phrasing.String()).second) << name << ": " << phrasing.String();
    }
  }
}

void ExpectSolvable(const BundledSuite& bundled, std::uint64_t seed, std::uint64_t variant) {
  const auto suite = bundled.Load("all", seed, variant);
  world::Session session(suite->world());
  std::size_t impossible = 0;
  for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
    const suite::OracleRun run = suite::RunOracle(*suite, i, &session, seed);
    const suite::Task& task = suite->tasks()[i];
    EXPECT_EQ(run.judgement.success, !task.impossible)
        << "seed " << seed << " variant " << variant << " " << task.id;
    impossible += task.impossible ? 1 : 0;
  }
  EXPECT_GT(impossible, 0u);
  EXPECT_GT(suite->tasks().size(), 400u + impossible);
}

void ExpectNoSubjectInTwoSplits(const BundledSuite& suite, const std::set<std::string>& also) {
  std::map<std::string, std::string> split_of;
  for (const std::string split : {"dev", "gate", "vault"}) {
    for (const std::string& subject : Subjects(*suite.Load(split), also)) {
      const auto [known, fresh] = split_of.emplace(subject, split);
      EXPECT_TRUE(fresh) << subject << " is in " << split << " and in " << known->second;
    }
  }
}

void ExpectTasksToFollowTheSeed(const BundledSuite& suite) {
  const std::string first = Bytes(*suite.Load("all", 7));
  EXPECT_EQ(first, Bytes(*suite.Load("all", 7)));
  EXPECT_NE(first, Bytes(*suite.Load("all", 8)));
}

void ExpectFreshTasksInASecond(const BundledSuite& suite) {
  if (IsSlowBuild()) GTEST_SKIP() << "[timing] not an optimised build";
  double best = 1e9;
  std::size_t tasks = 0;
  for (const std::uint64_t seed : {101, 102, 103}) {
    const std::clock_t start = std::clock();
    tasks = suite.Load("gate", seed)->tasks().size();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    EXPECT_GE(tasks, 400u);
  }
  ::testing::Test::RecordProperty("seconds", std::to_string(best));
  std::cout << tasks << " fresh tasks in " << best << " s of processor time\n";
  EXPECT_LT(best, 1.0);
}

void ExpectMadeByTheScript(const BundledSuite& suite, const std::vector<std::string>& strategies) {
  const TempFolder folder;
  const char* build = std::getenv("KEDGE_BUILD_DIR");
  ASSERT_NE(build, nullptr) << "set by ctest";
  const std::string command = "KEDGE='" + std::string(build) + "/kedge' '" +
                              suite.Path("make_candidates") + "' '" + folder.path() + "' >'" +
                              folder.File("log") + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << ReadWholeFile(folder.File("log"));
  const std::string champion = suite.Strategy("champion").hash();
  for (const std::string& name : strategies) {
    const strategy::Strategy made = strategy::Strategy::Load(folder.File(name));
    const strategy::Strategy bundled = suite.Strategy(name);
    EXPECT_EQ(made.hash(), bundled.hash()) << name << ": run make_candidates and commit";
    EXPECT_EQ(made.name(), bundled.name());
    EXPECT_EQ(made.provenance(), bundled.provenance()) << name;
    EXPECT_EQ(bundled.parents(), std::vector<std::string>{champion}) << name;
  }
}

void ExpectLearnedOnDevFamiliesAlone(const BundledSuite& bundled,
                                     const std::vector<std::string>& strategies,
                                     std::int64_t least) {
  std::set<std::string> dev;
  const auto suite = bundled.Load("dev");
  for (const suite::Task& task : suite->tasks()) dev.insert(task.family);
  for (const std::string& name : strategies) {
    std::int64_t learned = 0;
    const strategy::Strategy candidate = bundled.Strategy(name);
    for (const strategy::Guideline& guideline : candidate.guidelines()) {
      learned += guideline.sources.empty() ? 0 : 1;
      for (const strategy::GuidelineSource& source : guideline.sources) {
        EXPECT_TRUE(dev.contains(source.family)) << name << " " << guideline.id;
      }
    }
    EXPECT_GE(learned, least) << name;
  }
}

TwoRuns RunTwice(const BundledSuite& bundled, const std::string& name) {
  TwoRuns runs;
  const strategy::Strategy strategy = bundled.Strategy(name);
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const auto suite = bundled.Load("gate", seed);
    const auto first = bundled.RunOnce(suite, strategy, 1);
    const auto second = bundled.RunOnce(suite, strategy, 2);
    for (std::size_t i = 0; i < first.size(); ++i) {
      const bool a = first[i].outcome->success;
      const bool b = second[i].outcome->success;
      const int passed = (a ? 1 : 0) + (b ? 1 : 0);
      runs.tasks += 1;
      runs.successes += passed;
      runs.differ += a != b ? 1 : 0;
      runs.successes_by_family[first[i].key.family] += passed;
      if (suite->tasks()[i].impossible) runs.impossible_passed += passed;
    }
  }
  const double of_family = 2 * runs.tasks / static_cast<double>(runs.successes_by_family.size());
  std::cout << name << ": rate " << runs.rate() << ", A/A discordance " << runs.discordance()
            << " over " << runs.tasks << " tasks\n";
  for (const auto& [family, successes] : runs.successes_by_family) {
    std::cout << "  " << family << " " << successes / of_family << "\n";
  }
  return runs;
}

void ExpectChampion(const BundledSuite& suite, Bounds rate, Bounds discordance,
                    const std::string& impossible_family) {
  const TwoRuns runs = RunTwice(suite, "champion");
  ::testing::Test::RecordProperty("champion_rate", std::to_string(runs.rate()));
  ::testing::Test::RecordProperty("aa_discordance", std::to_string(runs.discordance()));
  EXPECT_GE(runs.rate(), rate.low);
  EXPECT_LE(runs.rate(), rate.high);
  EXPECT_GE(runs.discordance(), discordance.low);
  EXPECT_LE(runs.discordance(), discordance.high);
  EXPECT_EQ(runs.impossible_passed, 0);
  const double of_family = 2 * runs.tasks / static_cast<double>(runs.successes_by_family.size());
  for (const auto& [family, successes] : runs.successes_by_family) {
    if (family == impossible_family) continue;
    EXPECT_GT(successes, 0) << family;
    EXPECT_LT(successes, of_family) << family << ": nothing is left to learn or to lose";
  }
}

void ExpectNoImpossiblePassed(const BundledSuite& bundled,
                              const std::vector<std::string>& strategies) {
  const auto suite = bundled.Load("gate");
  for (const std::string& name : strategies) {
    const auto traces = bundled.RunOnce(suite, bundled.Strategy(name), 1);
    for (std::size_t i = 0; i < traces.size(); ++i) {
      if (!suite->tasks()[i].impossible) continue;
      EXPECT_FALSE(traces[i].outcome->success) << name << " " << suite->tasks()[i].id;
    }
  }
}

}  // namespace kedge::testing
