#include <gmock/gmock.h>

#include "harness/process/run_once.h"
#include "tests/reports/samples.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The page as headless Chromium holds it after loading, and what it logged.
process::RunResult Load(const testing::TempFolder& folder, const std::string& page) {
  process::ProcessOptions options;
  options.argv = {"chromium",
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--enable-logging=stderr",
                  "--log-level=0",
                  "--user-data-dir=" + folder.File("profile"),
                  "--dump-dom",
                  "file://" + page};
  options.limits.stderr_tail = 1 << 20;
  return process::RunOnce(options, "", std::chrono::seconds(120));
}

TEST(BrowserTest, ChromiumShowsTheGatePageWithoutRunningItsText) {
  KEDGE_NEED("chromium", !testing::FindProgram("chromium").empty(), "chromium is not installed");
  const testing::TempFolder folder;
  const std::string page = folder.File("gate.html");
  ReportContext context = SampleContext();
  context.title = "<script>document.title='owned'</script>";
  context.traces = [](auto...) {
    return TraceSaying("<img src=x onerror=\"document.title='owned'\">");
  };
  WriteGateHtml(page, SampleVerdict(gate::VerdictKind::kBlock), context);
  const process::RunResult result = Load(folder, page);
  ASSERT_TRUE(result.status.ok()) << result.stderr_tail;
  EXPECT_THAT(result.output, HasSubstr("■ BLOCK"));
  EXPECT_THAT(result.output, HasSubstr("<polygon"));
  EXPECT_THAT(result.output, HasSubstr("&lt;img src=x onerror="));
  EXPECT_THAT(result.output, Not(HasSubstr("<title>owned")));
  EXPECT_THAT(result.output, Not(HasSubstr("<img")));
  // The policy of the page refuses nothing, because the page asks for nothing.
  EXPECT_THAT(result.stderr_tail, Not(HasSubstr("CONSOLE")));
}

TEST(BrowserTest, ChromiumShowsTheRunPage) {
  KEDGE_NEED("chromium", !testing::FindProgram("chromium").empty(), "chromium is not installed");
  const testing::TempFolder folder;
  const std::string page = folder.File("run.html");
  RunReport report({page, "", ""}, {"retail: bold", "retail", "bold", "", "1.0"});
  report.Add(SampleTrace("candidate", "t1", true));
  report.Add(SampleTrace("candidate", "t2", false));
  report.Finish();
  const process::RunResult result = Load(folder, page);
  ASSERT_TRUE(result.status.ok()) << result.stderr_tail;
  EXPECT_THAT(result.output, HasSubstr("1 of 2 episodes succeeded"));
  EXPECT_THAT(result.output, HasSubstr("</footer>"));
  EXPECT_THAT(result.stderr_tail, Not(HasSubstr("CONSOLE")));
}

}  // namespace
}  // namespace kedge::reports
