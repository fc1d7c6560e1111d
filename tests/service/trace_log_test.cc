#include "harness/service/trace_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/log.h"
#include "harness/trace/jsonl.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using testing::ErrorOf;

trace::Trace Named(const std::string& id) {
  trace::Trace trace;
  trace.id = id;
  return trace;
}

std::vector<std::string> IdsIn(const std::string& file) {
  std::vector<std::string> ids;
  const auto report =
      trace::ReadJsonl(file, [&](trace::Trace&& trace) { ids.push_back(trace.id); });
  EXPECT_EQ(report.bad, 0);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(TraceLogTest, AppendsAcrossRestarts) {
  const testing::TempFolder folder;
  const std::string file = folder.File("deep/er/traces-00000001.jsonl");
  {
    TraceLog log(folder.File("deep/er"));
    log.Append({});
    log.Append({Named("a"), Named("b")});
    EXPECT_EQ(log.current_file(), file);
    EXPECT_EQ(IdsIn(file), (Ids{"a", "b"}));
  }
  TraceLog(folder.File("deep/er")).Append({Named("c")});
  EXPECT_EQ(IdsIn(file), (Ids{"a", "b", "c"}));
}

TEST(TraceLogTest, BeginsANewFileWhenOneIsFull) {
  const testing::TempFolder folder;
  TraceLog log(folder.path(), 10);
  for (const char* id : {"a", "b", "c"}) log.Append({Named(id)});
  EXPECT_EQ(IdsIn(folder.File("traces-00000001.jsonl")), Ids{"a"});
  EXPECT_EQ(IdsIn(folder.File("traces-00000003.jsonl")), Ids{"c"});
}

TEST(TraceLogTest, GoesOnAfterTheHighestNumberAndIgnoresOtherFiles) {
  const testing::TempFolder folder;
  for (const char* name : {"traces-00000007.jsonl", "traces-x.jsonl", "traces-00000009.jsonl.bak",
                           "traces--0000001.jsonl"}) {
    testing::WriteFile(folder.File(name), "");
  }
  const TraceLog log(folder.path());
  EXPECT_EQ(log.current_file(), folder.File("traces-00000007.jsonl"));
}

TEST(TraceLogTest, CutsOffWhatAKilledProcessLeft) {
  const testing::TempFolder folder;
  const std::string file = folder.File("traces-00000001.jsonl");
  { TraceLog(folder.path()).Append({Named("a")}); }
  const std::string whole = testing::ReadWholeFile(file);
  SetLogLevel(LogLevel::kError);
  for (const std::string left : {"{", "{\"format\":\"kedge-trace/1\",\"id\":\"b"}) {
    testing::WriteFile(file, whole + left);
    TraceLog(folder.path()).Append({Named("c")});
    EXPECT_EQ(IdsIn(file), (Ids{"a", "c"})) << left;
    testing::WriteFile(file, whole);
  }
  testing::WriteFile(file, "never a whole line");
  { const TraceLog log(folder.path()); }
  EXPECT_EQ(testing::ReadWholeFile(file), "");
  SetLogLevel(LogLevel::kInfo);
}

Ids IdsFrom(const TraceLog& log, const loop::ArchivePlace& place) {
  Ids ids;
  log.ReadFrom(place, [&](trace::Trace&& trace) { ids.push_back(trace.id); });
  return ids;
}

TEST(TraceLogTest, ReadsOnFromAnyPlaceThatItWasAt) {
  const testing::TempFolder folder;
  const std::size_t two_lines = trace::ToJsonLine(Named("a")).size() + 2;
  TraceLog log(folder.path(), two_lines);
  const Ids ids = {"a", "b", "c", "d", "e"};
  std::vector<loop::ArchivePlace> places = {log.end()};
  for (const std::string& id : ids) {
    log.Append({Named(id)});
    places.push_back(log.end());
  }
  EXPECT_EQ(log.current_file(), folder.File("traces-00000003.jsonl"));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto rest = ids.begin() + static_cast<std::ptrdiff_t>(i);
    EXPECT_EQ(IdsFrom(log, places[i]), Ids(rest, ids.end())) << i;
  }
  std::filesystem::remove(folder.File("traces-00000002.jsonl"));
  EXPECT_EQ(IdsFrom(log, places[1]), (Ids{"b", "e"})) << "what was taken away is not there";
}

TEST(TraceLogTest, AnotherPlaceGivesNothing) {
  const testing::TempFolder folder;
  TraceLog log(folder.path());
  log.Append({Named("a"), Named("b")});
  SetLogLevel(LogLevel::kError);
  for (const loop::ArchivePlace place :
       {loop::ArchivePlace{1, 5}, {1, log.end().bytes + 1}, {1, 1 << 20}, {2, 0}, {0, 0}}) {
    EXPECT_EQ(IdsFrom(log, place), Ids{}) << place.file << ":" << place.bytes;
  }
  SetLogLevel(LogLevel::kInfo);
}

TEST(TraceLogTest, BelongsToOneProcess) {
  const testing::TempFolder folder;
  const TraceLog log(folder.path());
  EXPECT_EQ(ErrorOf([&] { const TraceLog second(folder.path()); }).kind(), ErrorKind::kTemporary);
}

TEST(TraceLogTest, AFullDiskLeavesNoHalfTrace) {
  const testing::TempFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.File("traces-00000001.jsonl"));
  EXPECT_EQ(ErrorOf([&] { TraceLog(folder.path()).Append({Named("a")}); }).kind(), ErrorKind::kIo);
}

}  // namespace
}  // namespace kedge::service
