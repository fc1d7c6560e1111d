#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "harness/core/error.h"
#include "tests/reports/samples.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

trace::Trace Episode(int i) {
  trace::Trace t = SampleTrace("candidate", "task-" + std::to_string(i), i % 2 == 0);
  t.key.family = "family-" + std::to_string(i % 12);
  return t;
}

struct Files {
  testing::TempFolder folder;
  RunReport::Paths paths{folder.File("r.html"), folder.File("r.xml"), folder.File("r.jsonl")};
  RunReport::Header header{"retail: bold", "retail", "bold", "2026-11-22T12:00:00Z", "1.0"};
};

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(RunReportTest, CountsAgreeInAllThreeFiles) {
  const Files files;
  RunReport report(files.paths, files.header);
  for (int i = 0; i < 9; ++i) report.Add(Episode(i));
  trace::Trace missing = Episode(9);
  missing.outcome->status = trace::EpisodeStatus::kMissing;
  missing.outcome->end = "spawn_failed";
  missing.outcome->end_detail = "no such program";
  report.Add(missing);
  report.Finish();
  const std::string html = testing::ReadWholeFile(files.paths.html);
  EXPECT_THAT(html, HasSubstr("5 of 10 episodes succeeded"));
  EXPECT_THAT(html, HasSubstr("1 episodes are missing"));
  EXPECT_EQ(CountOf(html, "<details>"), 5u);
  EXPECT_EQ(Unbalanced(html), "");
  const std::string junit = testing::ReadWholeFile(files.paths.junit);
  EXPECT_THAT(junit, HasSubstr("tests=\"10\" failures=\"4\" errors=\"1\""));
  EXPECT_EQ(CountOf(junit, "<testcase"), 10u);
  EXPECT_EQ(CountOf(junit, "<failure"), 4u);
  EXPECT_EQ(CountOf(junit, "<error message=\"spawn_failed: no such program\""), 1u);
  // A failure names every scorer that said no.
  EXPECT_THAT(junit, HasSubstr(">end_state: not cancelled\nno_change: stock changed</failure>"));
  const std::string results = testing::ReadWholeFile(files.paths.json);
  EXPECT_EQ(CountOf(results, "\n"), 11u);
  EXPECT_EQ(CountOf(results, "\"result\":\"success\""), 5u);
  EXPECT_EQ(CountOf(results, "\"result\":\"missing\""), 1u);
}

TEST(RunReportTest, NothingIsVisibleBeforeFinishAndNothingStaysWithoutIt) {
  const Files files;
  testing::WriteFile(files.paths.junit, "old");
  {
    RunReport report(files.paths, files.header);
    for (int i = 0; i < 2000; ++i) report.Add(Episode(i));
    EXPECT_THAT(FilesIn(files.folder.path()), ElementsAre("r.xml"));
  }
  EXPECT_THAT(FilesIn(files.folder.path()), ElementsAre("r.xml"));
  EXPECT_EQ(testing::ReadWholeFile(files.paths.junit), "old");
}

TEST(RunReportTest, AFileThatCannotBeReplacedLeavesTheOthersAsTheyWere) {
  Files files;
  files.paths.json = files.folder.path();
  RunReport report({files.paths.html, files.paths.junit, files.folder.path() + "/."}, files.header);
  report.Add(Episode(1));
  EXPECT_THROW(report.Finish(), Error);
  EXPECT_THAT(FilesIn(files.folder.path()), IsEmpty());
}

TEST(RunReportTest, AFolderThatIsNotThereIsReportedBeforeTheRun) {
  const Files files;
  EXPECT_THROW(RunReport({files.folder.File("no/r.html"), "", ""}, files.header), Error);
  EXPECT_THROW(RunReport({"", files.folder.File("no/r.xml"), ""}, files.header), Error);
  EXPECT_THROW(RunReport({"", "", files.folder.File("no/r.jsonl")}, files.header), Error);
}

TEST(RunReportTest, OnlyTheFilesAskedForAppear) {
  const Files files;
  RunReport report({"", files.paths.junit, ""}, files.header);
  report.Add(Episode(1));
  report.Finish();
  EXPECT_THAT(FilesIn(files.folder.path()), ElementsAre("r.xml"));
}

TEST(RunReportTest, FailuresAreLimitedInNumberAndInBytes) {
  const Files files;
  RunReport report({files.paths.html, "", ""}, files.header);
  for (int i = 0; i < 10'500; ++i) report.Add(Episode(1));
  report.Finish();
  const std::string html = testing::ReadWholeFile(files.paths.html);
  EXPECT_EQ(CountOf(html, "<details>"), 200u);
  EXPECT_THAT(html, HasSubstr("300 more are in the results file"));

  trace::Trace big = Episode(1);
  big.steps.assign(200, big.steps[0]);
  for (trace::Step& step : big.steps) step.text.assign(1000, '<');
  RunReport large({files.paths.html, "", ""}, files.header);
  for (int i = 0; i < 100; ++i) large.Add(big);
  large.Finish();
  const std::string page = testing::ReadWholeFile(files.paths.html);
  EXPECT_LT(page.size(), std::size_t{10} << 20);
  EXPECT_LT(CountOf(page, "<details>"), 20u);
  EXPECT_EQ(Unbalanced(page), "");
}

TEST(RunReportTest, FiveThousandEpisodesTakeLittleTimeAndMemory) {
  const Files files;
  const auto start = std::chrono::steady_clock::now();
  RunReport report(files.paths, files.header);
  const std::size_t before = mallinfo2().uordblks;
  std::size_t most = before;
  double cpu = 0;
  for (int i = 0; i < 5000; ++i) {
    const trace::Trace episode = Episode(i);
    const std::clock_t from = std::clock();
    report.Add(episode);
    cpu += static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
    most = std::max(most, mallinfo2().uordblks);
  }
  const std::clock_t from = std::clock();
  report.Finish();
  cpu += static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  RecordProperty("cpu_seconds", std::to_string(cpu));
  RecordProperty("wall_seconds", std::to_string(wall));
  RecordProperty("heap_growth_bytes", std::to_string(most - before));
  EXPECT_LT(most - before, std::size_t{2} << 20);
  // Processor time; ten times the figure of the README, for builds with checks on.
  EXPECT_LT(cpu, 3.0);
}

}  // namespace
}  // namespace kedge::reports
