#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <stdexcept>

#include "harness/core/error.h"
#include "harness/process/run_once.h"
#include "reports/html_writer.h"
#include "tests/reports/samples.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Html(const gate::Verdict& verdict, const ReportContext& context) {
  const testing::TempFolder folder;
  WriteGateHtml(folder.File("r.html"), verdict, context);
  return testing::ReadWholeFile(folder.File("r.html"));
}

struct KindCase {
  gate::VerdictKind kind;
  const char* word;  ///< of the banner
  const char* style;
  int failures, skipped;  ///< JUnit: harm shown and the hard guard fail in every case
};

class GateReportsTest : public ::testing::TestWithParam<KindCase> {};

TEST_P(GateReportsTest, EveryFormNamesTheVerdictAndItsReasons) {
  const KindCase& expected = GetParam();
  const gate::Verdict verdict = SampleVerdict(expected.kind);
  const std::string html = Html(verdict, SampleContext());
  EXPECT_THAT(html, HasSubstr(expected.word));
  EXPECT_THAT(html, HasSubstr(expected.style));
  EXPECT_LT(html.find("regression:after_sale"), html.find("<h2>"));
  EXPECT_EQ(Unbalanced(html), "");
  const std::string word(ToString(expected.kind));
  EXPECT_THAT(GateMarkdown(verdict), HasSubstr("## " + word + ": steady → bold"));
  EXPECT_EQ(GateText(verdict).rfind(word + "  steady -> bold on retail\n", 0), 0u);
  const std::string junit = GateJUnit(verdict);
  EXPECT_THAT(junit, HasSubstr(" failures=\"" + std::to_string(expected.failures) + "\""));
  EXPECT_THAT(junit, HasSubstr(" skipped=\"" + std::to_string(expected.skipped) + "\""));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, GateReportsTest,
    ::testing::Values(KindCase{gate::VerdictKind::kPromote, "▲ PROMOTE", "verdict good", 2, 0},
                      KindCase{gate::VerdictKind::kBlock, "■ BLOCK", "verdict bad", 3, 0},
                      KindCase{gate::VerdictKind::kHoldNoDifference, "● HOLD: no difference",
                               "verdict hold", 2, 0},
                      KindCase{gate::VerdictKind::kHoldInconclusive, "◆ HOLD: inconclusive",
                               "verdict hold", 2, 1}),
    [](const auto& info) { return std::string(ToString(info.param.kind)); });

TEST(GateHtmlTest, ShowsLossesFirstWithWhereTheTracesPart) {
  const std::string html = Html(SampleVerdict(gate::VerdictKind::kBlock), SampleContext());
  EXPECT_LT(html.find("exchange_item-030, pass 2"), html.find("cancel_pending-001"));
  EXPECT_THAT(html, HasSubstr("The first 2 steps are the same in both"));
  const std::size_t mark = html.find("the traces part here");
  ASSERT_NE(mark, std::string::npos);
  // The champion goes straight on, the candidate holds the order first; both places are marked.
  EXPECT_LT(mark, html.find("cancel_order", mark));
  const std::size_t second = html.find("the traces part here", mark + 1);
  EXPECT_LT(second, html.find("hold_order", mark));
}

TEST(GateHtmlTest, AChangeThatWasBlockedUnseenHasNoEmptySections) {
  gate::Verdict verdict;
  verdict.kind = gate::VerdictKind::kBlock;
  verdict.reasons = {{"change_guard:S5", "too much"}};
  const std::string html = Html(verdict, SampleContext());
  EXPECT_THAT(html, Not(HasSubstr("<h2>Effect")));
  EXPECT_THAT(html, Not(HasSubstr("<h2>Tasks that flipped")));
  EXPECT_THAT(html, HasSubstr("none was run"));
  // When every pair was lost to the infrastructure the page must not say so.
  verdict.kind = gate::VerdictKind::kHoldInconclusive;
  verdict.episodes = verdict.missing_episodes = 40;
  EXPECT_THAT(Html(verdict, SampleContext()), HasSubstr("<dd>40, 40 missing</dd>"));
}

TEST(GateHtmlTest, MoreFlipsThanShownAreListedAndCounted) {
  gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kBlock);
  verdict.flips.assign(10, verdict.flips[0]);
  ReportContext context = SampleContext();
  context.max_flips = 3;
  int lookups = 0;
  const TraceLookup inner = context.traces;
  context.traces = [&](std::string_view arm, std::string_view task, std::int64_t trial) {
    ++lookups;
    return inner(arm, task, trial);
  };
  EXPECT_THAT(Html(verdict, context), HasSubstr("Traces are shown for 3 of 10 flips"));
  EXPECT_EQ(lookups, 6);
}

TEST(GateHtmlTest, TheSameInputsGiveTheSameBytes) {
  const gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kPromote);
  EXPECT_EQ(Html(verdict, SampleContext()), Html(verdict, SampleContext()));
}

TEST(GateHtmlTest, ALookupThatThrowsLeavesTheOldFile) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("r.html"), "old");
  ReportContext context = SampleContext();
  context.traces = [](auto...) -> std::optional<trace::Trace> { throw std::runtime_error("gone"); };
  EXPECT_THROW(
      WriteGateHtml(folder.File("r.html"), SampleVerdict(gate::VerdictKind::kBlock), context),
      std::runtime_error);
  EXPECT_THAT(FilesIn(folder.path()), ElementsAre("r.html"));
  EXPECT_EQ(testing::ReadWholeFile(folder.File("r.html")), "old");
}

/// No file of this process may grow beyond `bytes` while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(GateHtmlTest, AFullDiskIsAnErrorAndLeavesNothing) {
  const testing::TempFolder folder;
  gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kBlock);
  verdict.flips.assign(200, verdict.flips[0]);
  // Every size is tried because the write may fail in a destructor or outside one.
  for (const rlim_t limit : {1u, 65536u, 70000u, 131072u, 200000u}) {
    const FileSizeLimit full(limit);
    EXPECT_THROW(WriteGateHtml(folder.File("r.html"), verdict, SampleContext()), Error) << limit;
  }
  EXPECT_THAT(FilesIn(folder.path()), IsEmpty());
}

TEST(HtmlWriterTest, AFailureInsideADestructorIsReportedLater) {
  bool fail = false;
  HtmlWriter html([&](std::string_view) {
    if (fail) throw std::runtime_error("full");
  });
  {
    const auto element = html.Open("p");
    fail = true;
  }
  EXPECT_THROW(html.Finish(), std::runtime_error);
  EXPECT_THROW(html.Text("more"), std::runtime_error);
}

TEST(GateTextTest, AResourceHasNoEffectInPoints) {
  gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kPromote);
  gate::Component cost;
  cost.name = "resource:cost";
  cost.state = "within the limit";
  verdict.components = {cost};
  EXPECT_THAT(GateText(verdict),
              HasSubstr("\n  overall        +4.3 [-4.0, +12.0]\n"
                        "  resource:cost                      within the limit\n"));
  EXPECT_THAT(GateJUnit(verdict), HasSubstr("<system-out>within the limit</system-out>"));
}

TEST(GateTextTest, AnIntervalThatCoversEverythingIsLeftOut) {
  gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kPromote);
  verdict.components[0].delta = {-0.00001, -1, 1, 0.9};
  EXPECT_THAT(GateMarkdown(verdict), HasSubstr("| stratum:orders | +0.0 | 76 |"));
}

}  // namespace
}  // namespace kedge::reports
