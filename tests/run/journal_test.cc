#include "harness/run/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <sstream>
#include <thread>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/run/crc32.h"
#include "harness/run/journal_line.h"
#include "harness/trace/jsonl.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

using ::testing::HasSubstr;

const Json kFingerprint = {{"suite", "abc"}, {"candidate", "def"}, {"options", {{"trials", 3}}}};

trace::Trace SampleTrace(const std::string& id, double score = 0.25) {
  trace::Trace trace;
  trace.id = id;
  trace.strategy = "hash";
  trace.key = {"suite", "stratum", "family", "task", "cluster", 2};
  trace.split = "gate";
  trace.seed = 0xFFFFFFFFFFFFFFFFu;
  trace::Step step;
  step.actor = "user";
  step.text = "line\nbreak, \"quotes\", \x1b and Zoë";
  trace.steps.push_back(step);
  trace::Outcome outcome;
  outcome.score = score;
  outcome.scores.push_back({"contains[0]", false, score, "the answer lacks \"42\""});
  outcome.violations["rule"] = 2;
  outcome.latency_seconds = 0.125;
  trace.outcome = outcome;
  return trace;
}

Error ErrorOf(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return InternalError("nothing was thrown");
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { SetLogLevel(LogLevel::kWarning); }
  void Fill(int episodes) {
    Journal journal(path_, kFingerprint);
    for (int i = 0; i < episodes; ++i) journal.Append(SampleTrace("e/" + std::to_string(i)));
  }
  Error OpenError(const Json& fingerprint = kFingerprint) {
    return ErrorOf([&] { Journal journal(path_, fingerprint); });
  }

  testing::TempFolder folder_;
  std::string path_ = folder_.File("run.journal");
};

TEST_F(JournalTest, GivesBackWhatWasAppended) {
  Journal journal(path_, kFingerprint);
  EXPECT_EQ(journal.size(), 0);
  EXPECT_FALSE(journal.FindOutcome("e/1").has_value());
  const trace::Trace sample = SampleTrace("candidate/odd \"id\"\\/é/0");
  journal.Append(sample);
  journal.Append(SampleTrace("e/2", 0.1));
  EXPECT_EQ(journal.size(), 2);
  ASSERT_TRUE(journal.FindTrace(sample.id).has_value());
  EXPECT_EQ(trace::ToJsonLine(*journal.FindTrace(sample.id)), trace::ToJsonLine(sample));
  EXPECT_EQ(journal.FindOutcome("e/2")->score, 0.1);
  EXPECT_EQ(journal.FindOutcome("e/2")->latency_seconds, 0.125);
  EXPECT_FALSE(journal.FindTrace("e/3").has_value());
}

TEST_F(JournalTest, IsReadBackByTheNextProcess) {
  Fill(50);
  Journal journal(path_, kFingerprint);
  EXPECT_EQ(journal.size(), 50);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(journal.FindOutcome("e/" + std::to_string(i)).has_value()) << i;
  }
  journal.Append(SampleTrace("e/50"));
  EXPECT_EQ(journal.FindTrace("e/50")->id, "e/50");
}

TEST_F(JournalTest, EveryLineIsJson) {
  Fill(3);
  const std::string bytes = testing::ReadWholeFile(path_);
  std::istringstream lines(bytes);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json json = ParseJson(line);
    EXPECT_TRUE(json.contains("crc32"));
    EXPECT_EQ(json.contains("fingerprint"), count == 0);
    EXPECT_EQ(json.contains("trace"), count > 0);
  }
  EXPECT_EQ(count, 4);
  EXPECT_EQ(bytes.back(), '\n');
}

// A kill during a write leaves any prefix of the last line: each must lose that episode only.
TEST_F(JournalTest, CutsOffATornLineWhereverItIsTorn) {
  Fill(3);
  const std::string whole = testing::ReadWholeFile(path_);
  const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last_line + 1; size < whole.size(); size += 7) {
    testing::WriteFile(path_, whole.substr(0, size));
    {
      Journal journal(path_, kFingerprint);
      EXPECT_EQ(journal.size(), 2);
      EXPECT_FALSE(journal.FindOutcome("e/2").has_value());
      journal.Append(SampleTrace("e/2"));
    }
    ASSERT_EQ(testing::ReadWholeFile(path_), whole) << size;
  }
}

TEST_F(JournalTest, ATornHeaderStartsAnew) {
  Fill(0);
  const std::string header = testing::ReadWholeFile(path_);
  for (std::size_t size = 0; size < header.size(); ++size) {
    testing::WriteFile(path_, header.substr(0, size));
    EXPECT_EQ(Journal(path_, kFingerprint).size(), 0);
    ASSERT_EQ(testing::ReadWholeFile(path_), header) << size;
  }
}

TEST_F(JournalTest, ALastLineThatLostBytesOnTheWayToDiskIsRunAgain) {
  Fill(3);
  std::string bytes = testing::ReadWholeFile(path_);
  std::fill(bytes.end() - 40, bytes.end() - 1, '\0');
  testing::WriteFile(path_, bytes);
  Journal journal(path_, kFingerprint);
  EXPECT_EQ(journal.size(), 2);
}

TEST_F(JournalTest, DamagedFilesAreErrorsWithTheirLine) {
  Fill(3);
  const std::string good = testing::ReadWholeFile(path_);
  const std::size_t second = good.find('\n') + 1;
  const std::size_t third = good.find('\n', second) + 1;
  const std::string second_line = good.substr(second, third - second);
  struct Case {
    std::string name;
    std::string bytes;
    std::int64_t line;
    std::string words;
  };
  std::string flipped = good;
  flipped[second + 60] ^= 1;
  std::string flipped_sum = good;
  flipped_sum[second + 12] ^= 1;
  std::string flipped_header = good;
  flipped_header[40] ^= 1;
  const std::vector<Case> cases = {
      {"flipped byte", flipped, 2, "damaged"},
      {"flipped checksum", flipped_sum, 2, "damaged"},
      {"flipped header", flipped_header, 1, "damaged"},
      {"line removed from its middle", good.substr(0, second + 30) + good.substr(second + 31), 2,
       "damaged"},
      {"blank line", good.substr(0, second) + "\n" + good.substr(second), 2, "damaged"},
      {"line twice", good.substr(0, third) + second_line + good.substr(third), 3, "recorded twice"},
      {"another file", "task,success\na,1\n", 1, "not a kedge journal"},
      {"another file without a line end", "precious data", 1, "not a kedge journal"},
      {"header missing", good.substr(second), 1, "not the header"},
  };
  for (const Case& c : cases) {
    testing::WriteFile(path_, c.bytes);
    const Error error = OpenError();
    EXPECT_EQ(error.kind(), ErrorKind::kBadData) << c.name;
    EXPECT_EQ(error.line(), c.line) << c.name;
    EXPECT_EQ(error.file(), path_) << c.name;
    EXPECT_THAT(error.what(), HasSubstr(c.words)) << c.name;
    EXPECT_EQ(testing::ReadWholeFile(path_), c.bytes) << c.name;  // a refused file is not touched
  }
}

TEST_F(JournalTest, AnotherRunsJournalIsRefusedNamingWhatDiffers) {
  Fill(2);
  const std::string before = testing::ReadWholeFile(path_);
  struct Case {
    Json fingerprint;
    std::string field;
    std::string words;
  };
  Json other_candidate = kFingerprint;
  other_candidate["candidate"] = "other";
  Json other_trials = kFingerprint;
  other_trials["options"]["trials"] = 4;
  Json more = kFingerprint;
  more["policy"] = "p";
  Json fewer = kFingerprint;
  fewer.erase("suite");
  const std::vector<Case> cases = {
      {other_candidate, "fingerprint/candidate", "the journal has \"def\", this run has \"other\""},
      {other_trials, "fingerprint/options/trials", "the journal has 3, this run has 4"},
      {more, "fingerprint/policy", "the journal has nothing, this run has \"p\""},
      {fewer, "fingerprint/suite", "the journal has \"abc\", this run has nothing"},
      {Json("text"), "fingerprint", ""},
  };
  for (const Case& c : cases) {
    const Error error = OpenError(c.fingerprint);
    EXPECT_EQ(error.kind(), ErrorKind::kNotPermitted) << error.what();
    EXPECT_EQ(error.field(), c.field);
    EXPECT_THAT(error.what(), HasSubstr(c.words));
  }
  EXPECT_EQ(testing::ReadWholeFile(path_), before);
}

// The file may say anything, as an array here and an object there.
TEST_F(JournalTest, FingerprintsOfAnotherShapeAreCompared) {
  const Json run = {{"arms", {"a", "b"}}};
  const auto difference = [&](const char* journal) {
    return CompareFingerprints(ParseJson(journal), run).value_or(FingerprintDifference{});
  };
  for (const char* index : {"2", "02", "-", "x", "18446744073709551616", "99999999999999999999"}) {
    const auto found =
        difference((std::string(R"({"arms": {"0": "a", "1": "b", ")") + index + "\": 3}}").c_str());
    EXPECT_EQ(found.field, std::string("/arms/") + index);
    EXPECT_EQ(found.message, "the journal has 3, this run has nothing");
  }
  EXPECT_EQ(difference("[1]").field, "/0");
}

TEST_F(JournalTest, AnIdThatIsNoTextIsAnErrorWithItsLine) {
  Fill(1);
  // A record whose checksum is right, as nobody but a program writes it.
  const std::string good = EncodeJournalRecord("e/x", "{}");
  std::string body = good.substr(good.find("\"id\""));
  body.replace(body.find("e/x"), 3, "\\q!");
  char sum[9];
  std::snprintf(sum, sizeof(sum), "%08x", Crc32(body));
  const std::string bad = "{\"crc32\":\"" + std::string(sum) + "\"," + body;
  ASSERT_FALSE(DecodeJournalRecord(bad));
  testing::WriteFile(path_, testing::ReadWholeFile(path_) + bad + "\n" + good + "\n");
  const Error error = OpenError();
  EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  EXPECT_EQ(error.line(), 3);
  EXPECT_THAT(error.what(), HasSubstr("the id"));
}

TEST_F(JournalTest, ASecondUserIsToldToWait) {
  Journal journal(path_, kFingerprint);
  EXPECT_EQ(OpenError().kind(), ErrorKind::kTemporary);
  const pid_t child = fork();
  if (child == 0) _exit(OpenError().exit_code());
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 75);
}

TEST_F(JournalTest, PlacesThatCannotBeOpened) {
  EXPECT_EQ(ErrorOf([&] { Journal(folder_.File("absent/x"), kFingerprint); }).kind(),
            ErrorKind::kIo);
  EXPECT_EQ(ErrorOf([&] { Journal(folder_.path(), kFingerprint); }).kind(), ErrorKind::kIo);
}

TEST_F(JournalTest, AnEpisodeIsNeverRecordedTwice) {
  Journal journal(path_, kFingerprint);
  journal.Append(SampleTrace("e/1"));
  EXPECT_THROW(journal.Append(SampleTrace("e/1")), Error);
  EXPECT_EQ(journal.size(), 1);
}

TEST_F(JournalTest, ThreadsMayAppendAndFindTogether) {
  Journal journal(path_, kFingerprint);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 100; ++i) {
          const std::string id = std::to_string(t) + "/" + std::to_string(i);
          journal.Append(SampleTrace(id));
          EXPECT_EQ(journal.FindTrace(id)->id, id);
          journal.FindTrace(std::to_string((t + 1) % 4) + "/" + std::to_string(i));
        }
      });
    }
  }
  EXPECT_EQ(journal.size(), 400);
}

// A full disk is played by a limit on the size of files.
TEST_F(JournalTest, AFullDiskLeavesNoHalfLine) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4'000, 4'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    Journal journal(path_, kFingerprint);
    int appended = 0;
    try {
      for (; appended < 1'000; ++appended) {
        journal.Append(SampleTrace("e/" + std::to_string(appended)));
      }
    } catch (const Error& error) {
      _exit(error.kind() == ErrorKind::kIo && journal.size() == appended ? appended : 255);
    }
    _exit(254);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int appended = WEXITSTATUS(status);
  ASSERT_LT(appended, 254);
  ASSERT_GT(appended, 0);
  EXPECT_EQ(testing::ReadWholeFile(path_).back(), '\n');
  EXPECT_EQ(Journal(path_, kFingerprint).size(), appended);
}

}  // namespace
}  // namespace kedge::run
