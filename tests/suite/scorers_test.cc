#include <gtest/gtest.h>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/suite/scorers/numbers.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/suite/scorers/token_f1.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

std::shared_ptr<const Scorer> Make(const std::string& spec, const std::string& folder = ".") {
  return MakeScorer(Document::FromJson(spec, "spec").root(), folder);
}

trace::Score Score(const std::string& spec, const std::string& answer) {
  EpisodeEvidence evidence;
  evidence.final_text = answer;
  return Make(spec)->Run(Task{}, evidence);
}

TEST(Scorers, ContainsLooksIntoMessagesAndDropsCharacters) {
  trace::Trace trace;
  const auto add = [&](const char* actor, trace::StepKind kind, const char* text) {
    trace::Step& step = trace.steps.emplace_back();
    step.kind = kind;
    step.actor = actor;
    step.text = text;
  };
  add("user", trace::StepKind::kMessage, "Is it 400?");
  add("agent", trace::StepKind::kModelCall, "500, I guess");
  add("agent", trace::StepKind::kMessage, "It is $1,786.");
  EpisodeEvidence evidence;
  evidence.trace = &trace;
  evidence.final_text = "Goodbye.";
  const auto pass = [&](const char* spec) { return Make(spec)->Run(Task{}, evidence).pass; };
  EXPECT_FALSE(pass(R"({"type":"contains","value":"1,786"})"));
  EXPECT_TRUE(pass(R"({"type":"contains","value":"1,786","in":"messages"})"));
  EXPECT_TRUE(pass(R"({"type":"contains","value":"1786","in":"messages","drop":","})"));
  EXPECT_FALSE(pass(R"({"type":"contains","value":"1786","in":"messages"})"));
  EXPECT_TRUE(
      pass(R"({"type":"contains","values":["goodbye","1786"],"in":"messages","drop":","})"));
  EXPECT_FALSE(pass(R"({"type":"contains","value":"400","in":"messages"})")) << "the user said it";
  EXPECT_FALSE(pass(R"({"type":"contains","value":"500","in":"messages"})")) << "nobody heard it";
  EXPECT_FALSE(pass(R"({"type":"contains","value":"goodbye","in":"messages","negate":true})"));
  EXPECT_THROW(Make(R"({"type":"contains","value":"a","in":"thoughts"})"), Error);
}

struct TextCase {
  const char* spec;
  const char* answer;
  bool pass;
  const char* why;  ///< part of it
};

void CheckAll(const std::vector<TextCase>& cases) {
  for (const TextCase& c : cases) {
    const trace::Score score = Score(c.spec, c.answer);
    EXPECT_EQ(score.pass, c.pass) << c.spec << " / " << c.answer << " / " << score.why;
    EXPECT_NE(score.why.find(c.why), std::string::npos) << score.why;
    EXPECT_EQ(score.why.empty(), score.pass) << score.why;
  }
}

TEST(Scorers, Texts) {
  CheckAll({
      {R"({"type":"contains","value":"Yes"})", "well, YES", true, ""},
      {R"({"type":"contains","value":"Yes"})", "no", false, "'yes'"},
      {R"({"type":"contains","value":12})", "it is 12.", true, ""},
      {R"({"type":"contains","values":["a","b"]})", "b and a", true, ""},
      {R"({"type":"contains","values":["a","b"]})", "only a", false, "'b'"},
      {R"({"type":"contains","value":"secret","negate":true})", "nothing", true, ""},
      {R"({"type":"contains","value":"secret","negate":true})", "a Secret", false, "must not"},
      {R"({"type":"equal","value":"Paris"})", " paris\n", true, ""},
      {R"({"type":"equal","value":"Paris","exact":true})", "paris", false, "expected 'paris'"},
      {R"({"type":"equal","values":["Paris","Paname"]})", "paname", true, ""},
      {R"({"type":"equal","value":"Paris"})", "Paris!", false, "paris!"},
      {R"({"type":"regex","pattern":"^R-[0-9]{3}$"})", "R-123", true, ""},
      {R"({"type":"regex","pattern":"^R-[0-9]{3}$"})", "r-123", false, "R-"},
      {R"({"type":"regex","pattern":"^R-[0-9]{3}$","ignore_case":true})", "r-123", true, ""},
      {R"({"type":"regex","pattern":"sorry","negate":true})", "I am sorry", false, "must not"},
  });
}

TEST(Scorers, Numbers) {
  CheckAll({
      {R"({"type":"numeric","value":4})", "2 + 2 = 4", true, ""},
      {R"({"type":"numeric","value":4})", "4, not 5", false, "last number of the answer is 5"},
      {R"({"type":"numeric","value":4,"which":"first"})", "4, not 5", true, ""},
      {R"({"type":"numeric","value":4,"which":"any"})", "3 4 5", true, ""},
      {R"({"type":"numeric","value":4,"which":"any"})", "3 5", false, "near 4"},
      {R"({"type":"numeric","value":"12.30"})", "12.3", true, ""},
      {R"({"type":"numeric","value":0.3})", "0.30000000000000004", true, ""},
      {R"({"type":"numeric","value":0.3})", "0.3001", false, "0.3001"},
      {R"({"type":"numeric","value":100,"tolerance":1})", "99", true, ""},
      {R"({"type":"numeric","value":100,"tolerance":1})", "98.9", false, ""},
      {R"({"type":"numeric","value":200,"relative_tolerance":0.01})", "202", true, ""},
      {R"({"type":"numeric","value":-5})", "-5", true, ""},
      {R"({"type":"numeric","value":1234.5})", "$1,234.50", true, ""},
      {R"({"type":"numeric","value":1})", "one", false, "no number"},
  });
}

TEST(NumbersIn, FindsNumbersAndNothingElse) {
  const struct {
    const char* text;
    std::vector<double> numbers;
  } cases[] = {
      {"", {}},
      {"1,234,567.89 and 1,23", {1234567.89, 1, 23}},
      {"W000123 x2 3rd", {}},
      {"-3 3-5 (-7) A-9", {-3, 3, 5, -7, 9}},
      {"2.5e3 1E-2 4e", {2500, 0.01}},
      {"12.", {12}},
      {".5", {5}},
      {"50% of $20", {50, 20}},
      {"10:30", {10, 30}},
      {"1e999", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(NumbersIn(c.text), c.numbers) << c.text;
}

TEST(Scorers, JsonAnswers) {
  CheckAll({
      {R"({"type":"json_equal","value":{"a":[1,2]}})", R"({"a": [1.0, 2]})", true, ""},
      {R"({"type":"json_equal","value":{"a":[1,2]}})",
       "Here:\n```json\n{\"a\": [1, 2]}\n```\nDone.", true, ""},
      {R"({"type":"json_equal","value":{"a":[1,2]}})", R"({"a": [1, 3]})", false, "/a/1 differs"},
      {R"({"type":"json_equal","value":{"a":1}})", "{}", false, "/a is missing"},
      {R"({"type":"json_equal","value":{}})", R"({"b": 1})", false, "/b is not expected"},
      {R"({"type":"json_equal","value":1})", "not JSON", false, "not JSON"},
      {R"({"type":"json_equal","value":1})", "```", false, "not JSON"},
      {R"({"type":"json_equal","value":{"a":1}})", R"({"a":1,"a":1})", false, "not JSON"},
      {R"({"type":"json_schema","schema":{"type":"object","required":["a"]}})", R"({"a": 0})", true,
       ""},
      {R"({"type":"json_schema","schema":{"type":"object","required":["a"]}})", "{}", false, "a"},
      {R"({"type":"json_schema","schema":{"properties":{"a":{"minimum":3}}}})", R"({"a": 2})",
       false, "/a"},
  });
}

TEST(Scorers, TokenF1HasAThreshold) {
  const trace::Score score =
      Score(R"({"type":"token_f1","value":"the cat sat down","threshold":0.9})", "A cat sat.");
  EXPECT_FALSE(score.pass);
  EXPECT_DOUBLE_EQ(score.score, 0.8);
  EXPECT_TRUE(
      Score(R"({"type":"token_f1","values":["x","cat sat"],"threshold":1})", "A cat sat.").pass);
}

// Worked out by hand from SQuAD's definition.
TEST(TokenF1, AgreesWithSquad) {
  EXPECT_DOUBLE_EQ(TokenF1("Denver Broncos", "the Denver Broncos."), 1);
  EXPECT_DOUBLE_EQ(TokenF1("Santa Clara, California", "Levi's Stadium in Santa Clara"), 0.5);
  EXPECT_DOUBLE_EQ(TokenF1("gold", "gold gold gold"), 0.5);
  EXPECT_DOUBLE_EQ(TokenF1("one", "two"), 0);
  EXPECT_DOUBLE_EQ(TokenF1("the", "a"), 1);  // nothing is left of either
  EXPECT_DOUBLE_EQ(TokenF1("", "x"), 0);
}

TEST(Scorers, BrokenSpecsNameTheField) {
  const struct {
    const char* spec;
    const char* says;
  } cases[] = {
      {R"({"type":"contains"})", "value"},
      {R"({"type":"contains","value":"a","values":["b"]})", "either"},
      {R"({"type":"contains","values":[]})", "values"},
      {R"({"type":"contains","value":""})", "value"},
      {R"({"type":"contains","value":"a","negated":true})", "negate"},
      {R"({"type":"equal","value":["a"]})", "value"},
      {R"({"type":"regex","pattern":"("})", "pattern"},
      {R"x({"type":"regex","pattern":"(?=a)"})x", "pattern"},
      {R"({"type":"regex"})", "pattern"},
      {R"({"type":"numeric","value":"many"})", "value"},
      {R"({"type":"numeric","value":1,"tolerance":-1})", "tolerance"},
      {R"({"type":"numeric","value":1,"which":"all"})", "which"},
      {R"({"type":"json_equal"})", "value"},
      {R"({"type":"json_schema","schema":{"tpye":"object"}})", "tpye"},
      {R"({"type":"token_f1","value":"a"})", "threshold"},
      {R"({"type":"token_f1","value":"a","threshold":0})", "threshold"},
      {R"({"type":"calls","calls":[]})", "match"},
      {R"({"type":"calls","match":"subset","calls":[]})", "calls"},
      {R"({"type":"calls","match":"some","calls":[{"tool":"a"}]})", "match"},
      {R"({"type":"calls","match":"subset","calls":[{"tol":"a"}]})", "tol"},
      {R"({"type":"calls","match":"subset","calls":[{"tool":"a","one_of":{"x":[]}}]})", "x"},
      {R"({"type":"calls","match":"subset","calls":[{"tool":"a","arguments":{"x":1},"one_of":{"x":[2]}}]})",
       "x"},
      {R"({"type":"program","command":[]})", "command"},
      {R"({"type":"program","command":["true"],"timeout_seconds":0})", "timeout_seconds"},
      {R"({"type":"judge"})", "judge"},
      {R"({"value":"a"})", "type"},
  };
  for (const auto& c : cases) {
    try {
      Make(c.spec);
      ADD_FAILURE() << c.spec;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData) << c.spec;
      EXPECT_NE(std::string(error.what()).find(c.says), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace kedge::suite
