#include "guards/redact/redactor.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "tests/core/expect_error.h"
#include "tests/guards/detect/real_text.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

constexpr char kKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

Redactor Make(const char* key = kKey) {
  return Redactor(DetectorPack::Combine({"secrets/v1", "pii/v1"}), DigestKey::FromHex(key));
}

TEST(RedactorTest, EqualValuesGetEqualPlaceholdersInsideOneTraceOnly) {
  const Redactor redactor = Make();
  const std::string text = "from ada@example.org to ada@example.org, cc bob@example.org";
  const std::string one = redactor.RedactText(text, "trace 1");
  const std::string address = one.substr(5, one.find('>') - 4);
  EXPECT_TRUE(address.starts_with("<email:")) << one;
  EXPECT_EQ(address.size(), std::string("<email:>").size() + 12);
  EXPECT_NE(one.find("to " + address), std::string::npos) << one;
  EXPECT_EQ(one.find("cc " + address), std::string::npos) << one;
  EXPECT_NE(redactor.RedactText(text, "trace 2"), one);
  EXPECT_NE(Make("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
                .RedactText(text, "trace 1"),
            one);
}

TEST(RedactorTest, WritingsOfOneCardAreEqual) {
  const Redactor redactor = Make();
  EXPECT_EQ(redactor.RedactText("4111 1111 1111 1111", "t"),
            redactor.RedactText("4111-1111-1111-1111", "t"));
}

// An address has a longest form in bytes, which may begin inside a character.
TEST(RedactorTest, NoCharacterIsCutInTwo) {
  std::string text = "a";
  for (int i = 0; i < 22; ++i) text += "\xEF\xBF\xBD";
  const std::string redacted = Make().RedactText(text + "Xex@sample.com", "t");
  EXPECT_EQ(ReplaceInvalidUtf8(redacted), redacted);
  EXPECT_NE(redacted.find("<email:"), std::string::npos);
}

TEST(RedactorTest, JsonStaysJsonAndNumbersBecomeStrings) {
  const Redactor redactor = Make();
  const std::string out = redactor.RedactText(
      R"({"card": 4111111111111111, "n": 5, "who": ["ada@example.org"], "ok": "yes"})", "t");
  const Json json = ParseJson(out);
  EXPECT_TRUE(json["card"].is_string()) << out;
  EXPECT_EQ(json["n"], 5);
  EXPECT_EQ(json["ok"], "yes");
  EXPECT_EQ(out.find("ada@"), std::string::npos);
}

TEST(RedactorTest, APasswordShowsItselfByItsName) {
  const Json out = Make().RedactJson(ParseJson(R"({"password": "Tr0ub4dor-and-3"})"), "t");
  EXPECT_TRUE(out["password"].get<std::string>().starts_with("<generic-password:")) << out.dump();
}

TEST(RedactorTest, EveryPlaceOfATraceIsRead) {
  const std::string mail = "eve@example.org";
  trace::Trace trace;
  trace.id = "t";
  trace.agent = trace.key.task_id = trace.key.cluster_id = mail;
  trace.principal = mail;
  trace.extra = Json{{"a", mail}};
  trace.steps.resize(1);
  trace::Step& step = trace.steps[0];
  step.text = mail;
  step.decision.options = {mail};
  step.decision.chosen = step.decision.reason = mail;
  step.call.arguments = Json{{mail, Json::array({mail})}};
  step.observation.content = "{\"x\": \"" + mail + "\"}";
  step.guard.message = mail;
  step.extra = Json{{"b", mail}};
  trace.outcome.emplace();
  trace.outcome->end_detail = mail;
  trace.outcome->scores.push_back({"s", false, 0, mail});
  Redactor::Counts counts;
  const trace::Trace out = Make().Redact(trace, &counts);
  EXPECT_EQ(counts["email"], 16);
  EXPECT_EQ(out.steps[0].text, out.principal);
  EXPECT_EQ(out.steps[0].call.arguments.begin().key(), out.principal);
  EXPECT_EQ(out.agent, out.principal);
  EXPECT_EQ(Make().Redact(out), out);
}

TEST(RedactorTest, TracesThatAreNamedAfterPeopleStayApart) {
  trace::Trace one, two;
  one.id = "ada@example.org";
  two.id = "bob@example.org";
  EXPECT_TRUE(Make().Redact(one).id.starts_with("<email:"));
  EXPECT_NE(Make().Redact(one).id, Make().Redact(two).id);
}

TEST(RedactorTest, NothingIsFoundAfterwardsAndASecondTimeChangesNothing) {
  KEDGE_NEED_DATA();
  const auto pack = DetectorPack::Combine({"secrets/v1", "pii/v1"});
  const Redactor redactor = Make();
  std::size_t changed = 0;
  for (const char* folder :
       {"data/agentdojo", "data/tau-bench", "data/guard-pii", "data/guard-secrets"}) {
    for (const std::string& text : RealMessages(testing::SharedPath(folder), 1500)) {
      const std::string once = redactor.RedactText(text, "t");
      changed += once == text ? 0 : 1;
      EXPECT_FALSE(pack->Matches(once)) << once;
      EXPECT_EQ(redactor.RedactText(once, "t"), once);
      if (!Json::parse(text, nullptr, false).is_discarded()) {
        EXPECT_FALSE(Json::parse(once, nullptr, false).is_discarded()) << once;
      }
    }
  }
  EXPECT_GT(changed, 100U);
}

TEST(DigestKeyTest, IsSixtyFourDigits) {
  EXPECT_EQ(kedge::testing::ErrorOf([] { DigestKey::FromHex("abc"); }).kind(), ErrorKind::kBadData);
  // RFC 7693's algorithm as Python's hashlib computes it, 32-byte key and digest.
  EXPECT_EQ(DigestKey::FromHex(kKey).Hex("abc", 16), "d63a32d3e44738d7");
}

}  // namespace
}  // namespace kedge::guards
