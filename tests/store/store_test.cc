#include "harness/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::store {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class FixedClock : public Clock {
 public:
  std::int64_t UnixNanos() const override { return 1'700'000'000'000'000'000; }
  std::int64_t SteadyNanos() const override { return 0; }
};

const FixedClock kFixedClock;

// What the sqlite3 command line program, an outside reader, prints.
std::string Sqlite3(const std::string& file, const std::string& sql) {
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

VerdictRow SampleVerdict(const std::string& verdict) {
  VerdictRow row;
  row.suite = "retail";
  row.champion_hash = "aa";
  row.candidate_hash = "bb";
  row.verdict = verdict;
  row.digest = "dd";
  row.document = Json{{"delta", 0.1}, {"why", "Zoë's \"gain\"\n"}};
  return row;
}

Error OpenError(const std::string& path) {
  try {
    Store::Open(path);
  } catch (const Error& error) {
    return error;
  }
  return InternalError("the store was opened");
}

TEST(StoreTest, VerdictsComeBackNewestFirst) {
  testing::TempFolder folder;
  const std::string path = folder.File("kedge.db");
  {
    const auto store = Store::Open(path, kFixedClock);
    EXPECT_EQ(store->AddVerdict(SampleVerdict("BLOCK")), 1);
    VerdictRow second = SampleVerdict("PROMOTE");
    second.unix_nanos = 42;
    EXPECT_EQ(store->AddVerdict(second), 2);
  }
  const auto store = Store::Open(path, kFixedClock);
  const std::vector<VerdictRow> rows = store->Verdicts(10);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].verdict, "PROMOTE");
  EXPECT_EQ(rows[0].unix_nanos, 42);
  EXPECT_EQ(rows[1].verdict, "BLOCK");
  EXPECT_EQ(rows[1].unix_nanos, kFixedClock.UnixNanos());
  EXPECT_EQ(rows[1].document, SampleVerdict("BLOCK").document);
  EXPECT_EQ(store->Verdicts(1).size(), 1u);
}

TEST(StoreTest, RunsComeBackWhole) {
  testing::TempFolder folder;
  const auto store = Store::Open(folder.File("kedge.db"), kFixedClock);
  RunRow row;
  row.suite = "retail";
  row.strategy_hash = "abc";
  row.episodes = 480;
  row.successes = 200;
  row.missing = 3;
  row.seconds = 1.25;
  EXPECT_EQ(store->AddRun(row), 1);
  const std::vector<RunRow> rows = store->Runs(5);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].strategy_hash, "abc");
  EXPECT_EQ(rows[0].episodes, 480);
  EXPECT_EQ(rows[0].successes, 200);
  EXPECT_EQ(rows[0].missing, 3);
  EXPECT_EQ(rows[0].seconds, 1.25);
}

TEST(StoreTest, AnotherProgramReadsTheFile) {
  if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
  testing::TempFolder folder;
  const std::string path = folder.File("kedge.db");
  const auto store = Store::Open(path, kFixedClock);
  store->AddVerdict(SampleVerdict("PROMOTE"));
  EXPECT_EQ(Sqlite3(path, "PRAGMA journal_mode; PRAGMA user_version; PRAGMA integrity_check;"),
            "wal\n3\nok\n");
  EXPECT_EQ(Sqlite3(path, "SELECT verdict, json_extract(document, '$.delta') FROM verdict"),
            "PROMOTE|0.1\n");
}

TEST(StoreTest, RefusesWhatIsNotItsOwn) {
  if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
  testing::TempFolder folder;
  const std::string foreign = folder.File("foreign.db");
  Sqlite3(foreign, "CREATE TABLE t(x); INSERT INTO t VALUES(1);");
  const std::string newer = folder.File("newer.db");
  Store::Open(newer);
  Sqlite3(newer, "PRAGMA user_version = 4;");
  const std::string text = folder.File("notes.txt");
  testing::WriteFile(text, std::string(4096, 'x'));

  struct Case {
    std::string path;
    ErrorKind kind;
    std::string words;
  };
  const std::vector<Case> cases = {
      {foreign, ErrorKind::kBadData, "another program"},
      {newer, ErrorKind::kBadData, "schema version 4"},
      {text, ErrorKind::kBadData, "not a database"},
      {folder.File("absent/kedge.db"), ErrorKind::kMissingInput, "absent"},
  };
  for (const Case& c : cases) {
    const bool existed = std::filesystem::exists(c.path);
    const std::string before = existed ? testing::ReadWholeFile(c.path) : "";
    const Error error = OpenError(c.path);
    EXPECT_EQ(error.kind(), c.kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(c.words));
    EXPECT_EQ(std::filesystem::exists(c.path), existed);
    if (existed) {
      EXPECT_EQ(testing::ReadWholeFile(c.path), before) << c.path;
    }
  }
}

TEST(StoreTest, AnEmptyFileBecomesAStore) {
  testing::TempFolder folder;
  const std::string path = folder.File("empty.db");
  testing::WriteFile(path, "");
  EXPECT_TRUE(Store::Open(path)->Verdicts(1).empty());
}

TEST(StoreTest, ALockHeldTooLongIsTemporary) {
  if (testing::FindProgram("sqlite3").empty()) GTEST_SKIP() << "no sqlite3 program";
  testing::TempFolder folder;
  const std::string path = folder.File("kedge.db");
  const auto store = Store::Open(path, kFixedClock);
  // Holds the write lock until its standard input is closed.
  FILE* holder = popen(("sqlite3 '" + path + "' > /dev/null").c_str(), "w");
  fputs("BEGIN IMMEDIATE;\n.shell touch '", holder);
  fputs((folder.File("locked") + "'\n").c_str(), holder);
  fflush(holder);
  while (!std::filesystem::exists(folder.File("locked"))) {
  }
  try {
    store->AddVerdict(SampleVerdict("BLOCK"));
    ADD_FAILURE() << "wrote through a lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kTemporary) << error.what();
  }
  pclose(holder);
  EXPECT_TRUE(store->Verdicts(10).empty());
  EXPECT_EQ(store->AddVerdict(SampleVerdict("BLOCK")), 1);
}

// A child adds verdicts until it is killed; whatever it was doing, the next opening finds whole
// rows.
TEST(StoreTest, AKilledWriterLeavesWholeRows) {
  testing::TempFolder folder;
  const std::string path = folder.File("kedge.db");
  std::int64_t rows = 0;
  for (int round = 0; round < 10; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = Store::Open(path);
      while (true) store->AddVerdict(SampleVerdict("BLOCK"));
    }
    usleep(static_cast<useconds_t>(40'000 + 5'000 * round));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto store = Store::Open(path);
    const std::vector<VerdictRow> found = store->Verdicts(1'000'000);
    ASSERT_GE(static_cast<std::int64_t>(found.size()), rows);
    rows = static_cast<std::int64_t>(found.size());
    if (rows > 0) {
      EXPECT_EQ(found.front().id, rows);
      EXPECT_EQ(found.front().document, SampleVerdict("BLOCK").document);
    }
  }
  EXPECT_GT(rows, 0);
}

}  // namespace
}  // namespace kedge::store
