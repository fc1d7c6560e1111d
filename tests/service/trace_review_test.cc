// What happens to a trace between the wire and the disk.

#include "harness/service/trace_review.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "harness/core/log.h"
#include "harness/service/service.h"
#include "harness/service/trace_ingest.h"
#include "harness/service/trace_log.h"
#include "harness/trace/archive_writer.h"
#include "harness/trace/jsonl.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPolicy = R"(version: guards/v1
tools:
  delete_account: {effect: write}
  get_account: {effect: read}
rules:
- id: no-delete
  severity: high
  message: Nothing may be deleted.
  match: {tool: delete_account}
  forbid: {args: {}}
  examples:
    deny:
    - [{call: delete_account, args: {}}]
    allow:
    - [{call: get_account, args: {}}]
)";

// Planted in every place that a client may fill. The token is made of two halves, so that it is
// nobody's and no scanner's finding.
const std::string kToken = "ghp_" + std::string("16C7e42F292c6912E7710c838347Ae178B4a");
const std::vector<std::string> kPlanted = {"ada.lovelace@example.org", kToken,
                                           "4111 1111 1111 1111", "536-22-1847"};

trace::Trace Planted() {
  trace::Trace trace;
  trace.id = "session of ada.lovelace@example.org";
  trace.principal = "ada.lovelace@example.org";
  trace.extra = {{"user.email", "ada.lovelace@example.org"}, {"note", "key " + kToken}};
  trace::Step& said = trace.steps.emplace_back();
  said.actor = "user";
  said.text = "I am ada.lovelace@example.org, card 4111 1111 1111 1111, SSN 536-22-1847";
  trace::Step& call = trace.steps.emplace_back();
  call.kind = trace::StepKind::kToolCall;
  call.actor = "agent";
  call.call = {"1", "delete_account", {{"email", "ada.lovelace@example.org"}, {"token", kToken}}};
  call.extra = {{"span", {{"attributes", {{"enduser", "ada.lovelace@example.org"}}}}}};
  trace::Step& seen = trace.steps.emplace_back();
  seen.kind = trace::StepKind::kObservation;
  seen.actor = "tool";
  seen.observation = {"1", false, "",
                      R"({"card": "4111111111111111", "mail": "ada.lovelace@example.org"})"};
  return trace;
}

trace::Trace Graded(int number, bool success) {
  trace::Trace trace;
  trace.id = std::to_string(number);
  trace.outcome.emplace();
  trace.outcome->success = success;
  trace.outcome->score = success ? 1 : 0;
  return trace;
}

class TraceReviewTest : public ::testing::Test {
 protected:
  void SetUp() override { testing::WriteFile(File("policy.yaml"), kPolicy); }
  std::string File(const std::string& name) const { return folder_.File(name); }

  const testing::TempFolder folder_;
  metrics::IngestMetrics metrics_;
};

TEST_F(TraceReviewTest, NothingPlantedIsInWhatIsWritten) {
  TraceReviewOptions options;
  options.guard_policy_file = File("policy.yaml");
  TraceReview review(options, metrics_);
  const trace::Trace written = review.Review(Planted());
  const std::string line = trace::ToJsonLine(written);
  for (const std::string& secret : kPlanted) EXPECT_THAT(line, Not(HasSubstr(secret)));
  EXPECT_THAT(line, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(written.steps[1].call.arguments["email"], written.principal)
      << "equal values stay equal";
  EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_ingest_redacted_values_total{rule=\"email\"}"));
  EXPECT_THAT(review.Loggable("trace of ada.lovelace@example.org", "t"),
              Not(HasSubstr("lovelace")));
}

TEST_F(TraceReviewTest, NoneLeavesTracesAlone) {
  TraceReviewOptions options;
  options.redaction.packs = {"none"};
  TraceReview review(options, metrics_);
  EXPECT_EQ(review.Review(Planted()), Planted());
}

TEST_F(TraceReviewTest, GuardsSeeTheTraceAsItCameAndMarkIt) {
  TraceReviewOptions options;
  options.redaction.packs = {"none"};
  options.guard_policy_file = File("policy.yaml");
  TraceReview review(options, metrics_);
  const trace::Trace written = review.Review(Planted());
  ASSERT_EQ(written.steps.size(), 4U);
  EXPECT_EQ(written.steps[2].kind, trace::StepKind::kGuard) << "behind the call";
  EXPECT_EQ(written.steps[2].guard.guard, "no-delete");
  EXPECT_EQ(written.steps[2].guard.verdict, "deny");
  EXPECT_EQ(written.extra["guards"]["violations"], Json({{"no-delete", 1}}));
  EXPECT_EQ(written.extra["user.email"], "ada.lovelace@example.org") << "the rest stays";
  EXPECT_FALSE(written.outcome) << "guards grade nothing";
  EXPECT_THAT(
      metrics_.Text(),
      HasSubstr("kedge_ingest_guard_findings_total{guard=\"no-delete\",verdict=\"deny\"} 1"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_ingest_guarded_traces_total{result=\"broken\"} 1"));

  trace::Trace graded = Planted();
  graded.outcome.emplace();
  const trace::Trace counted = review.Review(std::move(graded));
  EXPECT_EQ(counted.outcome->violations.at("no-delete"), 1);
  EXPECT_THAT(counted.outcome->watched_guards, ::testing::Contains("no-delete"));
}

TEST_F(TraceReviewTest, TheAlarmGoesOffAndIsRememberedAcrossARestart) {
  trace::ArchiveWriter baseline(File("baseline.jsonl"));
  for (int i = 0; i < 400; ++i) baseline.Write(Graded(i, i % 10 != 0));
  baseline.Finish();
  TraceReviewOptions options;
  options.watch.emplace();
  options.watch->baseline = File("baseline.jsonl");
  options.watch->state_file = File("watch.json");
  options.watch->threshold = 1000;
  {
    TraceReview review(options, metrics_);
    EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_watch_alarm 0"));
    std::vector<trace::Trace> good, bad;
    for (int i = 0; i < 200; ++i) good.push_back(Graded(i, i % 10 != 0));
    review.Written(good, {});
    EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_watch_alarm 0"));
    EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_watch_traces 200"));
    for (int i = 0; i < 60; ++i) bad.push_back(Graded(i, i % 2 != 0));
    SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
    review.Written(bad, {});
    SetLogLevel(LogLevel::kInfo);
    EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_watch_alarm 1"));
  }
  options.watch->baseline.clear();
  metrics::IngestMetrics after;
  TraceReview again(options, after);
  EXPECT_THAT(after.Text(), HasSubstr("kedge_watch_alarm 1"));
  EXPECT_THAT(after.Text(), HasSubstr("kedge_watch_traces 260"));
}

TEST_F(TraceReviewTest, WhereNobodyGradesTheGuardsDo) {
  trace::ArchiveWriter baseline(File("baseline.jsonl"));
  for (int i = 0; i < 200; ++i) {
    trace::Trace clean = Graded(i, true);
    clean.outcome->watched_guards = {"no-delete"};
    if (i % 20 == 0) clean.outcome->violations["no-delete"] = 1;
    baseline.Write(clean);
  }
  baseline.Finish();
  TraceReviewOptions options;
  options.guard_policy_file = File("policy.yaml");
  options.watch.emplace();
  options.watch->baseline = File("baseline.jsonl");
  options.watch->threshold = 100;
  TraceReview review(options, metrics_);
  SetLogLevel(static_cast<LogLevel>(static_cast<int>(LogLevel::kError) + 1));
  for (int i = 0; i < 30; ++i) review.Written({review.Review(Planted())}, {});
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(metrics_.Text(), HasSubstr("kedge_watch_alarm 1"));
}

TEST_F(TraceReviewTest, MistakesAreFoundAtTheStart) {
  const auto kind = [this](TraceReviewOptions options) {
    return testing::ErrorOf([&] { TraceReview(options, metrics_); }).kind();
  };
  TraceReviewOptions options;
  options.guard_policy_file = File("missing.yaml");
  EXPECT_EQ(kind(options), ErrorKind::kMissingInput);
  options = {};
  options.redaction.packs = {"none", "pii/v1"};
  EXPECT_EQ(kind(options), ErrorKind::kUsage);
  options.redaction = {{"no-such-pack"}, ""};
  EXPECT_EQ(kind(options), ErrorKind::kBadData);
  options.redaction = {{"pii/v1"}, File("policy.yaml")};
  EXPECT_EQ(kind(options), ErrorKind::kBadData) << "no key";
  options = {};
  options.watch.emplace();
  EXPECT_EQ(kind(options), ErrorKind::kUsage);
}

// From the wire to the disk: no byte of the folder holds what was planted, ever.
TEST_F(TraceReviewTest, NoFileOfTheServiceHoldsWhatWasPlanted) {
  const std::string said = "mail ada.lovelace@example.org, card 4111 1111 1111 1111, key " + kToken;
  const Json messages = Json::array(
      {{{"role", "user"}, {"parts", Json::array({{{"type", "text"}, {"content", said}}})}}});
  const auto attribute = [](const char* key, const std::string& value) {
    return Json{{"key", key}, {"value", {{"stringValue", value}}}};
  };
  const Json span = {
      {"traceId", std::string(32, 'a')},
      {"spanId", std::string(16, '1')},
      {"name", "chat of ada.lovelace@example.org"},
      {"startTimeUnixNano", "1000"},
      {"endTimeUnixNano", "2000"},
      {"attributes", Json::array({attribute("gen_ai.operation.name", "chat"),
                                  attribute("gen_ai.conversation.id", "ada.lovelace@example.org"),
                                  attribute("enduser.id", "ada.lovelace@example.org"),
                                  attribute("gen_ai.input.messages", DumpJson(messages))})}};
  const Json resource = {{"attributes", Json::array({attribute("api.key", kToken)})}};
  const Json body = {
      {"resourceSpans",
       Json::array({{{"resource", resource},
                     {"scopeSpans", Json::array({{{"spans", Json::array({span})}}})}}})}};
  TraceLog log(File("traces"));
  TraceReview review({}, metrics_);
  TraceIngest ingest(log, review, metrics_, SystemClock(), {});
  EXPECT_EQ(
      ingest
          .Post({"POST", "/v1/traces", "", {{"Content-Type", "application/json"}}, DumpJson(body)})
          .status,
      200);
  ingest.Flush();
  std::size_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(File("traces"))) {
    if (!entry.is_regular_file()) continue;
    const std::string content = testing::ReadWholeFile(entry.path().string());
    bytes += content.size();
    for (const std::string& secret : kPlanted) EXPECT_THAT(content, Not(HasSubstr(secret)));
  }
  EXPECT_GT(bytes, 300U);
}

}  // namespace
}  // namespace kedge::service
