// The hash chain against an outside editor of the file, and the upgrade of old files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "harness/core/error.h"
#include "harness/store/store.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const LedgerKey kWatchedAccount{"retail", "suite", "champion", "policy"};

std::string Edit(const std::string& file, const std::string& sql) {
  const std::string command = "sqlite3 '" + file + "' \"" + sql + "\" 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), got);
  }
  pclose(pipe);
  return output;
}

VerdictRow Verdict(const std::string& candidate, const std::string& verdict,
                   const std::string& digest) {
  VerdictRow row;
  row.suite = "retail";
  row.champion_hash = "champion";
  row.candidate_hash = candidate;
  row.verdict = verdict;
  row.digest = digest;
  row.document = Json{{"verdict", verdict}};
  return row;
}

// At least one row in every table that is watched.
void Fill(Store& store) {
  store.AddVerdict(Verdict("candidate", "PROMOTE", "digest"));
  store.AddRun(RunRow());
  store.registry().KeepFiles("champion", {{"strategy.yaml", "a"}});
  store.registry().KeepFiles("candidate", {{"strategy.yaml", "b"}});
  store.Reserve(kWatchedAccount, "candidate", "agent", 0.1, 20, 0.05);
  store.AddEvidence(kWatchedAccount, "candidate", 1, Json{{"pair", 1}});
  store.Settle(kWatchedAccount, "candidate", {true, "digest"});
  store.vaults().Ask({"retail", "sealed", 100, 0.2, 0.05, 10, 2}, "champion", "candidate");
  store.vaults().Answer("sealed", "champion", "candidate", true);
  store.registry().Promote({"retail", "champion", "candidate", "", "", ""});
}

class AuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
    Fill(*Store::Open(path_));
  }
  AuditReport Verify(const std::string& head = {}) {
    return Store::Open(path_)->audit().Verify(head);
  }
  testing::TempFolder folder_;
  std::string path_ = folder_.File("kedge.db");
};

TEST_F(AuditTest, AnUntouchedStoreVerifies) {
  const AuditReport report = Verify();
  EXPECT_THAT(report.findings, ElementsAre());
  EXPECT_EQ(report.problems, 0);
  EXPECT_EQ(report.rows, 11);
  EXPECT_EQ(report.entries, 13);  // the entry and the question were written twice
  EXPECT_EQ(report.head.size(), 64u);
  EXPECT_EQ(Verify(report.head).problems, 0);
}

TEST_F(AuditTest, AnyChangedRowIsNamed) {
  struct Case {
    std::string sql;
    std::string finding;
  };
  const std::vector<Case> cases = {
      {"UPDATE verdict SET verdict = 'BLOCK'", "verdict 1: the row was changed"},
      {"UPDATE verdict SET document = '{}'", "verdict 1: the row was changed"},
      {"UPDATE run SET successes = 9", "run 1: the row was changed"},
      {"UPDATE strategy SET files = '{}' WHERE id = 2", "strategy 2: the row was changed"},
      {"UPDATE ledger_season SET fdr = 0.9", "ledger_season 1: the row was changed"},
      {"UPDATE ledger_entry SET alpha = 0.05", "ledger_entry 1/1: the row was changed"},
      {"UPDATE ledger_entry SET promoted = NULL", "ledger_entry 1/1: the row was changed"},
      {"UPDATE evidence SET document = '{}'", "evidence 1/1/1: the row was changed"},
      {"UPDATE vault SET fails = 9", "vault sealed: the row was changed"},
      {"UPDATE vault_query SET passed = 0", "vault_query sealed/1: the row was changed"},
      {"UPDATE champion_change SET to_hash = 'x' WHERE id = 2",
       "champion_change 2: the row was changed"},
      {"DELETE FROM run", "run 1: the row is gone"},
      {"DELETE FROM evidence", "evidence 1/1/1: the row is gone"},
      {"DELETE FROM champion_change WHERE id = 2", "champion_change 2: the row is gone"},
      {"INSERT INTO run(unix_nanos, suite, strategy_hash, episodes, successes, missing, seconds)"
       " VALUES(1, 'a', 'b', 1, 1, 0, 1.0)",
       "run 2: the row is not in the audit log"},
      {"UPDATE audit SET action = 'x' WHERE id = 4", "audit 4: the entry was changed"},
      {"UPDATE audit SET unix_nanos = 1 WHERE id = 4", "audit 4: the entry was changed"},
      {"DELETE FROM audit WHERE id = 4", "audit 4: the entry is gone"},
  };
  const std::string whole = testing::ReadWholeFile(path_);
  for (const Case& c : cases) {
    ASSERT_EQ(Edit(path_, c.sql), "") << c.sql;
    const AuditReport report = Verify();
    EXPECT_GE(report.problems, 1) << c.sql;
    ASSERT_FALSE(report.findings.empty()) << c.sql;
    EXPECT_THAT(report.findings, ::testing::Contains(HasSubstr(c.finding))) << c.sql;
    testing::WriteFile(path_, whole);
  }
}

TEST_F(AuditTest, ACutTailShowsAgainstANotedHead) {
  const std::string head = Verify().head;
  Edit(path_, "DELETE FROM audit WHERE id = 13; DELETE FROM champion_change WHERE id = 2");
  EXPECT_EQ(Verify().problems, 0);
  EXPECT_THAT(Verify(head).findings, ElementsAre(HasSubstr("is not in the chain")));
}

TEST_F(AuditTest, ChangedStrategyFilesAreNotHandedOut) {
  Edit(path_, "UPDATE strategy SET files = '{}'");
  EXPECT_THROW(Store::Open(path_)->registry().Files("candidate"), Error);
}

// The tables exactly as schema version 1 had them, written by another program.
constexpr const char* kVersion1 =
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE verdict(id INTEGER PRIMARY KEY AUTOINCREMENT, unix_nanos INTEGER NOT NULL,"
    " suite TEXT NOT NULL, champion_hash TEXT NOT NULL, candidate_hash TEXT NOT NULL,"
    " verdict TEXT NOT NULL, digest TEXT NOT NULL, document TEXT NOT NULL) STRICT;"
    "CREATE TABLE run(id INTEGER PRIMARY KEY AUTOINCREMENT, unix_nanos INTEGER NOT NULL,"
    " suite TEXT NOT NULL, strategy_hash TEXT NOT NULL, episodes INTEGER NOT NULL,"
    " successes INTEGER NOT NULL, missing INTEGER NOT NULL, seconds REAL NOT NULL) STRICT;"
    "CREATE TABLE ledger_season(id INTEGER PRIMARY KEY, suite TEXT NOT NULL,"
    " suite_digest TEXT NOT NULL, champion_hash TEXT NOT NULL, policy_digest TEXT NOT NULL,"
    " fdr REAL NOT NULL, size INTEGER NOT NULL, alpha_cap REAL NOT NULL,"
    " opened_unix_nanos INTEGER NOT NULL,"
    " UNIQUE(suite, suite_digest, champion_hash, policy_digest)) STRICT;"
    "CREATE TABLE ledger_entry(season INTEGER NOT NULL REFERENCES ledger_season(id),"
    " number INTEGER NOT NULL, candidate_hash TEXT NOT NULL, alpha REAL NOT NULL,"
    " reserved_unix_nanos INTEGER NOT NULL, promoted INTEGER CHECK(promoted IN (0, 1)),"
    " settled_unix_nanos INTEGER, PRIMARY KEY(season, number),"
    " UNIQUE(season, candidate_hash)) STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1801806951; PRAGMA user_version = 1;"
    "INSERT INTO verdict VALUES(1, 5, 'retail', 'champion', 'old', 'PROMOTE', 'd1',"
    " '{\\\"policy_digest\\\":\\\"policy\\\"}');"
    "INSERT INTO ledger_season VALUES(1, 'retail', 'suite', 'champion', 'policy', 0.1, 20, 0.05, "
    "4);"
    "INSERT INTO ledger_entry VALUES(1, 1, 'old', 0.005, 4, 1, 6);"
    "INSERT INTO ledger_entry VALUES(1, 2, 'open', 0.01, 7, NULL, NULL);";

TEST(UpgradeTest, AStoreOfVersionOneKeepsItsHistoryAndItsBudget) {
  if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
  testing::TempFolder folder;
  const std::string path = folder.File("old.db");
  ASSERT_EQ(Edit(path, kVersion1), "wal\n");
  const auto store = Store::Open(path);
  EXPECT_EQ(store->Verdicts(10).size(), 1u);
  const auto decided = store->Reserve(kWatchedAccount, "old", "agent", 0.1, 20, 0.05);
  ASSERT_TRUE(decided && decided->settled);
  EXPECT_TRUE(decided->settled->promoted);
  EXPECT_EQ(decided->settled->verdict_digest, "d1");
  const auto open = store->Reserve(kWatchedAccount, "open", "agent", 0.1, 20, 0.05);
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->settled);
  EXPECT_EQ(open->alpha, 0.01);
  EXPECT_EQ(store->Reserve(kWatchedAccount, "new", "agent", 0.1, 20, 0.05)->index, 3);
  EXPECT_EQ(store->audit().Verify().problems, 0);
  Edit(path, "UPDATE verdict SET verdict = 'BLOCK'");
  EXPECT_THAT(store->audit().Verify().findings, ElementsAre("verdict 1: the row was changed"));
}

// A column that a later version brings must not make old rows look changed.
TEST(UpgradeTest, AStoreOfVersionTwoKeepsItsChampionsAndItsChain) {
  if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
  testing::TempFolder folder;
  const std::string path = folder.File("old.db");
  {
    const auto store = Store::Open(path);
    for (const char* hash : {"a", "b", "c"}) {
      store->registry().KeepFiles(hash, {{"strategy.yaml", hash}});
    }
    store->registry().Promote({"retail", "a", "b", "", "ada", "why"});
  }
  Edit(path, "ALTER TABLE champion_change DROP COLUMN tested_hash; PRAGMA user_version = 2");
  const auto store = Store::Open(path);
  EXPECT_EQ(store->registry().Champion("retail")->to_hash, "b");
  store->registry().Promote({"retail", "b", "c", "", "ada", "why"});
  EXPECT_EQ(store->registry().Changes("retail", 10).size(), 3u);
  EXPECT_EQ(store->audit().Verify().problems, 0);
}

}  // namespace
}  // namespace kedge::store
