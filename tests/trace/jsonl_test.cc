#include "harness/trace/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/random.h"
#include "harness/trace/trace_json.h"
#include "tests/testing/needs.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

Step StepOf(StepKind kind, const char* actor) {
  Step step;
  step.kind = kind;
  step.actor = actor;
  return step;
}

// Draws every field of the model at random, the defaults included, so that a member that the codec
// forgets or mangles is found.
class TraceMaker {
 public:
  explicit TraceMaker(std::uint64_t seed) : random_(seed) {}

  Trace Make() {
    Trace trace;
    trace.id = Text();
    trace.agent = Text();
    trace.strategy = Text();
    trace.key = {Text(), Text(), Text(), Text(), Text(), static_cast<std::int64_t>(Below(4))};
    trace.split = Text();
    if (Coin()) trace.seed = random_.Next64();
    trace.principal = Text();
    if (Coin()) trace.inclusion_probability = 1 - random_.Uniform();
    for (std::uint64_t i = Below(6); i > 0; --i) trace.steps.push_back(MakeStep());
    if (Coin()) trace.outcome = MakeOutcome();
    trace.extra = MakeExtra();
    return trace;
  }

 private:
  Step MakeStep() {
    Step step;
    step.kind = static_cast<StepKind>(Below(6));
    step.actor = Text();
    step.text = Text();
    if (Coin()) step.decision = {Text(), Texts(), Text(), Texts(), Text()};
    if (Coin()) step.call = {Text(), Text(), Json{{"k", Text()}, {"n", {1, 2.5, nullptr}}}};
    if (Coin()) step.observation = {Text(), Coin(), Text(), Text()};
    if (Coin()) step.guard = {Text(), Text(), Text()};
    step.unix_nanos = static_cast<std::int64_t>(random_.Next64() >> 2);
    step.input_tokens = static_cast<std::int64_t>(Below(3));
    step.output_tokens = static_cast<std::int64_t>(Below(3));
    if (Coin()) step.cost = Coin() ? 0.0 : random_.Uniform();
    step.extra = MakeExtra();
    return step;
  }

  Outcome MakeOutcome() {
    Outcome outcome;
    outcome.status = Coin() ? EpisodeStatus::kScored : EpisodeStatus::kMissing;
    outcome.success = Coin();
    outcome.score = random_.Uniform();
    for (std::uint64_t i = Below(3); i > 0; --i) {
      outcome.scores.push_back({Text(), Coin(), random_.Uniform(), Text()});
    }
    outcome.end = Coin() ? "answered" : Text();
    outcome.end_detail = Text();
    if (Coin()) outcome.violations[Text()] = static_cast<int>(Below(3));
    if (Coin()) outcome.shadow_findings[Text()] = static_cast<int>(Below(3));
    outcome.watched_guards = Texts();
    outcome.has_cost = Coin();
    if (outcome.has_cost) outcome.cost = Coin() ? 0.0 : random_.Uniform() * 1e3;
    outcome.input_tokens = static_cast<std::int64_t>(Below(100));
    outcome.output_tokens = static_cast<std::int64_t>(Below(100));
    outcome.steps = static_cast<std::int64_t>(Below(100));
    outcome.tool_calls = static_cast<std::int64_t>(Below(100));
    outcome.latency_seconds = Coin() ? 0.0 : random_.Uniform();
    return outcome;
  }

  Json MakeExtra() {
    if (Coin()) return nullptr;
    return Json{{Text() + "k", Text()}, {"list", {true, false, nullptr, -3}}};
  }

  std::string Text() {
    static const std::vector<std::string> kPieces = {
        "",         "a",      "\"quoted\"", "back\\slash", "new\nline", "tab\t",
        "\x01\x1f", "\u00e9", "\u20ac",     "\U0001F600",  "null",      std::string(1, '\0')};
    std::string text;
    for (std::uint64_t i = Below(4); i > 0; --i) text += kPieces[Below(kPieces.size())];
    return text;
  }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (std::uint64_t i = Below(3); i > 0; --i) texts.push_back(Text());
    return texts;
  }

  std::uint64_t Below(std::uint64_t n) { return random_.Below(n); }
  bool Coin() { return random_.Bernoulli(0.5); }

  Random random_;
};

TEST(TraceJsonl, ReadingWhatWasWrittenGivesAnEqualTrace) {
  TraceMaker maker(20261122);
  for (int i = 0; i < 2000; ++i) {
    const Trace trace = maker.Make();
    const std::string line = ToJsonLine(trace);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const Result<Trace> back = FromJsonLine(line, "t.jsonl", 1);
    ASSERT_TRUE(back.has_value()) << back.error().what() << "\n" << line;
    ASSERT_EQ(*back, trace) << line;
    ASSERT_EQ(ToJsonLine(*back), line);
  }
}

TEST(TraceJsonl, MembersFollowTheSpecification) {
  Trace trace;
  trace.id = "t1";
  trace.agent = "shop-agent";
  trace.strategy = "ab12";
  trace.key = {"retail", "orders", "cancel", "cancel-7", "", 2};
  trace.seed = 18446744073709551615ULL;
  Step call = StepOf(StepKind::kToolCall, "agent");
  call.call = {"c1", "cancel_order", Json{{"order_id", "W1"}}};
  Step error = StepOf(StepKind::kObservation, "tool");
  error.observation = {"c1", true, "not_found", "no such order"};
  trace.steps = {call, error};
  EXPECT_EQ(ToJsonLine(trace),
            R"({"family":"cancel","format":"kedge-trace/1","gen_ai.agent.name":"shop-agent",)"
            R"("seed":18446744073709551615,"steps":[{"actor":"agent","kind":"tool_call",)"
            R"("tool_call":{"gen_ai.tool.call.arguments":{"order_id":"W1"},)"
            R"("gen_ai.tool.call.id":"c1","gen_ai.tool.name":"cancel_order"}},)"
            R"({"actor":"tool","kind":"observation","observation":{"error.type":"not_found",)"
            R"("gen_ai.tool.call.id":"c1","gen_ai.tool.call.result":"no such order",)"
            R"("is_error":true}}],"strategy.hash":"ab12","stratum":"orders","suite":"retail",)"
            R"("task_id":"cancel-7","trace_id":"t1","trial":2})");
}

TEST(TraceJsonl, CountsSteps) {
  Trace trace;
  for (int kind = 0; kind < 6; ++kind) {
    trace.steps.push_back(StepOf(static_cast<StepKind>(kind), ""));
  }
  trace.steps[4].observation.is_error = true;
  const TraceCounts expected{.messages = 2, .tool_calls = 1, .tool_errors = 1, .decisions = 1};
  EXPECT_EQ(Count(trace), expected);
}

struct BrokenLine {
  const char* text;
  const char* message;
};

class BrokenTraceLine : public ::testing::TestWithParam<BrokenLine> {};

TEST_P(BrokenTraceLine, IsAnErrorThatNamesFileLineAndField) {
  const Result<Trace> trace = FromJsonLine(GetParam().text, "archive.jsonl", 7);
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind(), ErrorKind::kBadData);
  EXPECT_THAT(trace.error().what(), HasSubstr("archive.jsonl:7: "));
  EXPECT_THAT(trace.error().what(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenTraceLine,
    ::testing::Values(
        BrokenLine{"", ""}, BrokenLine{"[]", "expected an object"}, BrokenLine{"{", ""},
        BrokenLine{"{}", "format: is missing"},
        BrokenLine{R"({"format":"kedge-trace/2","trace_id":"a","steps":[]})",
                   R"(format: expected "kedge-trace/1")"},
        BrokenLine{R"({"format":"kedge-trace/1","steps":[]})", "trace_id: is missing"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a"})", "steps: is missing"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":{}})",
                   "steps: expected an array"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[3]})",
                   "steps[0]: expected an object"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[{"kind":"dance"}]})",
                   "steps[0].kind: expected message"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"sead":1})",
                   "sead: unknown field"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"seed":-1})", "seed: "},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"seed":1.5})", "seed: "},
        BrokenLine{
            R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"inclusion_probability":0})",
            "inclusion_probability: expected a number above 0"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"trial":"one"})",
                   "trial: expected a whole number"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","trace_id":"b","steps":[]})", ""},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[{"kind":"decision",)"
                   R"("decision":{"options":["x",1]}}]})",
                   "steps[0].decision.options: expected an array of text"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[{"kind":"tool_call",)"
                   R"("tool_call":{"gen_ai.tool.name":"f"}}]})",
                   "steps[0].tool_call.gen_ai.tool.call.arguments: is missing"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"outcome":{}})",
                   "outcome.status: is missing"},
        BrokenLine{R"({"format":"kedge-trace/1","trace_id":"a","steps":[],"outcome":)"
                   R"({"status":"scored","success":true,"score":1.5}})",
                   "outcome.score: expected a number in [0, 1]"},
        BrokenLine{"{\"format\":\"kedge-trace/1\",\"trace_id\":\"\xff\",\"steps\":[]}", ""}));

TEST(ReadTraceArchive, CountsBadLinesAndGoesOn) {
  const testing::TempFolder folder;
  const std::string good = R"({"format":"kedge-trace/1","trace_id":"one","steps":[]})";
  testing::WriteFile(folder.File("a.jsonl"), good + "\n\n{broken\n" + good + "\nnot json\n" + good);
  std::vector<std::string> ids;
  const ReadReport report =
      ReadJsonl(folder.File("a.jsonl"), [&ids](Trace&& trace) { ids.push_back(trace.id); });
  EXPECT_EQ(report.read, 3);
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_EQ(report.bad, 2);
  ASSERT_EQ(report.errors.size(), 2u);
  EXPECT_EQ(report.errors[0].line(), 3);
  EXPECT_EQ(report.errors[1].line(), 5);
}

TEST(ReadTraceArchive, KeepsTwentyErrorsButCountsAll) {
  const testing::TempFolder folder;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "x\n";
  testing::WriteFile(folder.File("a.jsonl"), text);
  const ReadReport report = ReadJsonl(folder.File("a.jsonl"), [](Trace&&) {});
  EXPECT_EQ(report.bad, 100);
  EXPECT_EQ(report.errors.size(), 20u);
}

TEST(ReadTraceArchive, AbsentFileIsMissingInput) {
  try {
    (void)ReadJsonl("/nonexistent/x.jsonl", [](Trace&&) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMissingInput);
  }
}

}  // namespace
}  // namespace kedge::trace
