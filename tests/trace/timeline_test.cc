#include "harness/trace/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trace/trace_diff.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Step Says(const std::string& text) {
  Step step;
  step.actor = "user";
  step.text = text;
  return step;
}

Trace Sample() {
  Trace trace;
  trace.id = "t1";
  trace.steps.push_back(Says("hi\x1b[2J\nthere"));
  trace.steps[0].unix_nanos = 1000000000;
  Step call;
  call.kind = StepKind::kToolCall;
  call.actor = "agent";
  call.unix_nanos = 2500000000;
  call.call = {"c1", "get", {{"id", "U1"}}};
  trace.steps.push_back(call);
  Step error;
  error.kind = StepKind::kObservation;
  error.actor = "tool";
  error.observation = {"c1", true, "not_found", "no U1"};
  trace.steps.push_back(error);
  Step decision;
  decision.kind = StepKind::kDecision;
  decision.decision = {"retry", {"stop", "retry"}, "stop", {"r7"}, "twice is enough"};
  trace.steps.push_back(decision);
  Step guard;
  guard.kind = StepKind::kGuard;
  guard.guard = {"pii", "redact", "an e-mail address"};
  trace.steps.push_back(guard);
  return trace;
}

TEST(Timeline, ShowsEveryKindOfStep) {
  const std::string text = Timeline(Sample(), {});
  EXPECT_THAT(text, HasSubstr("trace t1\n"));
  EXPECT_THAT(text, HasSubstr("    1     0.000s  user    says hi\\u{1B}[2J ⏎ there\n"));
  EXPECT_THAT(text, HasSubstr("    2     1.500s  agent   call get {\"id\":\"U1\"}\n"));
  EXPECT_THAT(text, HasSubstr("ERROR not_found: no U1"));
  EXPECT_THAT(text,
              HasSubstr("decision retry: stop of [stop, retry] by r7 because twice is enough"));
  EXPECT_THAT(text, HasSubstr("GUARD pii redact: an e-mail address"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Timeline, ColoursOnRequestAndNamesWhatIsCut) {
  TimelineOptions options;
  options.colour = true;
  EXPECT_THAT(Timeline(Sample(), options), HasSubstr("\x1b[31mERROR"));
  options.max_bytes = 10;
  EXPECT_THAT(StepLine(Says(std::string(50, 'x')), options), HasSubstr("(50 bytes)"));
}

TEST(Timeline, FoldsToTheWidthOfATerminal) {
  Trace trace;
  trace.id = "t1";
  trace.steps = {
      Says("twenty words " + std::string(70, 'x') + " h\u00e9h\u00e9 and some more of them"),
      Says("short")};
  TimelineOptions options;
  options.columns = 60;
  for (const bool colour : {false, true}) {
    options.colour = colour;
    const std::string text = Timeline(trace, options);
    std::string joined;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      std::string line = text.substr(at, end - at);
      for (std::size_t esc = 0; (esc = line.find('\x1b')) != std::string::npos;) {
        line.erase(esc, line.find('m', esc) - esc + 1);
      }
      std::size_t width = 0;
      for (const char c : line) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
      EXPECT_LE(width, 60U) << line;
      joined += line.substr(line.find_first_not_of(' ')) + "|";
      at = end + 1;
    }
    EXPECT_THAT(joined, HasSubstr("says twenty words|x"));
    EXPECT_THAT(joined, HasSubstr("xx h\u00e9h\u00e9 and some more of them|"));
    EXPECT_THAT(joined, HasSubstr("says short|"));
  }
  options.columns = 30;
  EXPECT_THAT(Timeline(trace, options), HasSubstr(std::string(70, 'x'))) << "too narrow to fold";
}

Trace Words(const std::string& letters) {
  Trace trace;
  for (const char c : letters) trace.steps.push_back(Says(std::string(1, c)));
  return trace;
}

std::string Shape(const TraceDiff& diff) {
  std::string out;
  for (const DiffRow& row : diff.rows) out += row.is_same() ? '=' : row.a ? '-' : '+';
  return out;
}

TEST(TraceDiff, AlignsByTheLongestCommonSubsequence) {
  EXPECT_EQ(Shape(Diff(Words("abcd"), Words("abcd"))), "====");
  EXPECT_FALSE(Diff(Words("abcd"), Words("abcd")).first_divergence);
  EXPECT_EQ(Shape(Diff(Words("abcd"), Words("abxcd"))), "==+==");
  EXPECT_EQ(Shape(Diff(Words("axbycz"), Words("aubvcz"))), "=-+=-+==");
  EXPECT_EQ(Diff(Words("axbycz"), Words("aubvcz")).first_divergence, 1u);
  EXPECT_EQ(Shape(Diff(Words(""), Words("ab"))), "++");
  EXPECT_EQ(Shape(Diff(Words("aab"), Words("ab"))), "=-=");
}

TEST(TraceDiff, EveryStepStandsOnceInOrder) {
  const TraceDiff diff = Diff(Words("abcabba"), Words("cbabac"));
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t same = 0;
  for (const DiffRow& row : diff.rows) {
    EXPECT_EQ(row.a.value_or(a), a);
    EXPECT_EQ(row.b.value_or(b), b);
    a += row.a ? 1 : 0;
    b += row.b ? 1 : 0;
    same += row.is_same() ? 1 : 0;
  }
  EXPECT_EQ(a, 7u);
  EXPECT_EQ(b, 6u);
  EXPECT_EQ(same, 4u) << "Myers 1986: the longest common subsequence has four";
}

TEST(TraceDiff, IdsTimesAndTokensDoNotCount) {
  Trace a = Sample();
  Trace b = Sample();
  b.steps[1].call.id = "other";
  b.steps[2].observation.call_id = "other";
  b.steps[0].unix_nanos = 7;
  b.steps[0].input_tokens = 9;
  b.steps[0].extra = {{"x", 1}};
  EXPECT_FALSE(Diff(a, b).first_divergence);
  b.steps[1].call.arguments = {{"id", "U2"}};
  EXPECT_EQ(Diff(a, b).first_divergence, 1u);
}

}  // namespace
}  // namespace kedge::trace
