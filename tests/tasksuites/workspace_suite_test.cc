#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/core/document.h"
#include "harness/suite/oracle.h"
#include "tests/tasksuites/workspace.h"

namespace kedge {
namespace {

using workspace_testing::Load;
using workspace_testing::WorkspacePath;

std::string Bytes(const suite::Suite& suite) {
  std::string bytes;
  for (const suite::Task& task : suite.tasks()) bytes += CanonicalJson(suite::ToJson(task)) + "\n";
  return bytes;
}

TEST(WorkspaceSuite, IsAsLargeAsPromised) {
  const auto suite = Load("gate");
  EXPECT_GE(suite->world()->tools().size(), 18u);
  EXPECT_GE(suite->world()->quirk_ids().size(), 10u);
  EXPECT_EQ(suite->strata().size(), 4u);
  std::map<std::string, std::set<std::string>> families;
  for (const char* split : {"dev", "gate", "vault"}) {
    for (const suite::Task& task : Load(split)->tasks()) families[split].insert(task.family);
  }
  EXPECT_GE(families["dev"].size(), 16u);
  EXPECT_GE(families["gate"].size(), 12u);
  EXPECT_EQ(families["vault"].size(), 4u);
}

// No phrasing may be shared between splits, or what is learned would be the wording.
TEST(WorkspaceSuite, NoTwoFamiliesSayTheSame) {
  std::set<std::string> said;
  const Document document = Document::Load(WorkspacePath("families.yaml"));
  for (const Node& family : document.root()["families"].Items()) {
    EXPECT_GE(family["say"].Items().size(), 3u) << family["family"].String();
    for (const Node& phrasing : family["say"].Items()) {
      const bool new_words = said.insert(phrasing.String()).second;
      EXPECT_TRUE(new_words) << family["family"].String() << ": " << phrasing.String();
    }
  }
}

TEST(WorkspaceSuite, TheOracleSolvesAllThatCanBeSolved) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = Load("all", seed);
    world::Session session(suite->world());
    std::size_t impossible = 0;
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      const suite::OracleRun run = suite::RunOracle(*suite, i, &session, seed);
      const suite::Task& task = suite->tasks()[i];
      EXPECT_EQ(run.judgement.success, !task.impossible) << "seed " << seed << " " << task.id;
      impossible += task.impossible ? 1 : 0;
    }
    EXPECT_GT(impossible, 0u);
    EXPECT_GT(suite->tasks().size(), 400u + impossible);
  }
}

TEST(WorkspaceSuite, TheSameSeedMakesTheSameTasksAndAnotherSeedOthers) {
  const std::string first = Bytes(*Load("all", 7));
  EXPECT_EQ(first, Bytes(*Load("all", 7)));
  EXPECT_NE(first, Bytes(*Load("all", 8)));
}

}  // namespace
}  // namespace kedge
