#include <gtest/gtest.h>

#include "harness/core/document.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

/// What an agent did: "tool {arguments}" per call, failed when it starts with '!'.
trace::Trace Did(const std::vector<std::string>& calls) {
  trace::Trace trace;
  for (std::string text : calls) {
    const bool failed = text.starts_with('!');
    if (failed) text.erase(0, 1);
    const std::size_t blank = text.find(' ');
    trace::Step call;
    call.kind = trace::StepKind::kToolCall;
    call.call = {std::to_string(trace.steps.size()), text.substr(0, blank),
                 Json::parse(blank == std::string::npos ? "{}" : text.substr(blank))};
    trace::Step seen;
    seen.kind = trace::StepKind::kObservation;
    seen.observation.call_id = call.call.id;
    seen.observation.is_error = failed;
    trace.steps.push_back(call);
    trace.steps.push_back(seen);
  }
  return trace;
}

trace::Score Score(const std::string& match, const std::string& calls,
                   const std::vector<std::string>& did, const std::string& more = "") {
  const std::string spec =
      R"({"type":"calls","match":")" + match + R"(","calls":)" + calls + more + "}";
  const trace::Trace trace = Did(did);
  EpisodeEvidence evidence;
  evidence.trace = &trace;
  return MakeScorer(Document::FromJson(spec, "spec").root(), ".")->Run(Task{}, evidence);
}

constexpr char kTwo[] = R"([{"tool":"a","arguments":{"x":1}},{"tool":"b"}])";

TEST(CallsScorer, ModesDifferInOrderAndExtras) {
  const struct {
    std::vector<std::string> did;
    bool ordered, unordered, subset;
  } cases[] = {
      {{"a {\"x\":1}", "b"}, true, true, true},
      {{"b", "a {\"x\":1}"}, false, true, true},
      {{"b", "c", "a {\"x\":1}"}, false, false, true},
      {{"a {\"x\":1}", "b", "b"}, false, false, true},
      {{"a {\"x\":1}"}, false, false, false},
      {{"a {\"x\":2}", "b"}, false, false, false},
      {{"a {\"x\":1.0}", "b"}, true, true, true},
      {{"a {\"x\":\"1\"}", "b"}, false, false, false},
      {{"a {\"x\":1,\"y\":2}", "b"}, false, false, false},
      {{"a", "b"}, false, false, false},
      {{}, false, false, false},
  };
  for (const auto& c : cases) {
    const std::string shown = DumpJson(Json(c.did));
    EXPECT_EQ(Score("ordered", kTwo, c.did).pass, c.ordered) << shown;
    EXPECT_EQ(Score("unordered", kTwo, c.did).pass, c.unordered) << shown;
    EXPECT_EQ(Score("subset", kTwo, c.did).pass, c.subset) << shown;
  }
}

TEST(CallsScorer, FailedCallsCountOnlyAsAttempts) {
  EXPECT_FALSE(Score("subset", R"([{"tool":"b"}])", {"!b"}).pass);
  EXPECT_TRUE(Score("subset", R"([{"tool":"b"}])", {"!b"}, R"(,"attempts":true)").pass);
  EXPECT_TRUE(Score("ordered", R"([{"tool":"b"}])", {"!b", "b"}).pass);
}

TEST(CallsScorer, OtherToolsCanBeLeftOut) {
  EXPECT_TRUE(
      Score("ordered", R"([{"tool":"b"}])", {"read", "b", "read"}, R"(,"tools":["a","b"])").pass);
  EXPECT_TRUE(Score("ordered", "[]", {"read"}, R"(,"tools":["a"])").pass);
  EXPECT_FALSE(Score("ordered", "[]", {"a"}, R"(,"tools":["a"])").pass);
}

TEST(CallsScorer, ArgumentsCanHaveSeveralValuesOrAny) {
  const char* const expected =
      R"([{"tool":"go","one_of":{"to":["SF","San Francisco"]},"any":["note"]}])";
  EXPECT_TRUE(Score("ordered", expected, {R"(go {"to":"SF"})"}).pass);
  EXPECT_TRUE(Score("ordered", expected, {R"(go {"to":"San Francisco","note":3})"}).pass);
  EXPECT_FALSE(Score("ordered", expected, {R"(go {"to":"LA"})"}).pass);
  EXPECT_FALSE(Score("ordered", expected, {R"(go {"note":3})"}).pass);
}

TEST(CallsScorer, AlternativesAreMatchedAsWellAsPossible) {
  // A greedy match would give the first pattern the only call that the second can take.
  const char* const expected =
      R"([{"tool":"t","one_of":{"x":[1,2]}},{"tool":"t","arguments":{"x":1}}])";
  EXPECT_TRUE(Score("unordered", expected, {R"(t {"x":1})", R"(t {"x":2})"}).pass);
  EXPECT_TRUE(Score("subset", expected, {R"(t {"x":2})", R"(t {"x":1})"}).pass);
  EXPECT_FALSE(Score("unordered", expected, {R"(t {"x":2})", R"(t {"x":2})"}).pass);
}

TEST(CallsScorer, GivesPartOfTheScoreAndSaysWhy) {
  const trace::Score missing = Score("unordered", kTwo, {"b"});
  EXPECT_DOUBLE_EQ(missing.score, 0.5);
  EXPECT_EQ(missing.why, "no call matches the expected a");
  const trace::Score extra = Score("unordered", kTwo, {"b", "a {\"x\":1}", "c"});
  EXPECT_DOUBLE_EQ(extra.score, 2.0 / 3);
  EXPECT_EQ(extra.why, "unexpected call c{}");
  EXPECT_EQ(Score("ordered", kTwo, {"b", "a {\"x\":1}"}).why, "call 1 is b{}, expected a");
  EXPECT_EQ(Score("ordered", kTwo, {"a {\"x\":1}"}).why, "call 2 is missing, expected b");
  EXPECT_DOUBLE_EQ(Score("subset", kTwo, {"b", "c", "d"}).score, 0.5);
}

TEST(CallsScorer, WithoutATraceThereAreNoCalls) {
  const std::string spec = R"({"type":"calls","match":"subset","calls":[{"tool":"a"}]})";
  EXPECT_FALSE(MakeScorer(Document::FromJson(spec, "spec").root(), ".")
                   ->Run(Task{}, EpisodeEvidence{})
                   .pass);
}

}  // namespace
}  // namespace kedge::suite
