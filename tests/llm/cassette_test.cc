#include "harness/llm/cassette.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/llm/fakes.h"
#include "tests/testing/needs.h"

namespace kedge::llm {
namespace {

using Kind = ChatFailure::Kind;

ChatResponse Answer(std::string text) {
  return {
      "m-1", std::move(text), {{"c", "open", {{"door", 1}}, ""}}, StopReason::kToolUse, {3, 1, 2}};
}

class CassetteTest : public ::testing::Test {
 protected:
  testing::TempFolder folder_;
  std::string path_ = folder_.File("calls.jsonl");
};

TEST_F(CassetteTest, ReplaysWhatWasRecordedWithoutAskingAgain) {
  auto script = std::make_unique<ScriptedModel>(
      std::vector<tl::expected<ChatResponse, ChatFailure>>{Answer("one"), Answer("two")});
  const ScriptedModel& asked = *script;
  const auto recording = MakeCassetteModel(Cassette::Open(path_, true), std::move(script));
  EXPECT_EQ(*recording->Complete(Question("a"), {}), Answer("one"));
  EXPECT_EQ(*recording->Complete(Question("b"), {}), Answer("two"));
  EXPECT_EQ(*recording->Complete(Question("a"), {}), Answer("one"));
  EXPECT_EQ(asked.requests.size(), 2U);

  const auto cassette = Cassette::Open(path_, false);
  EXPECT_EQ(cassette->size(), 2U);
  const auto replay = MakeCassetteModel(cassette, nullptr);
  EXPECT_EQ(*replay->Complete(Question("b"), {}), Answer("two"));
  const auto missing = replay->Complete(Question("c"), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Kind::kNotRecorded);
}

TEST_F(CassetteTest, KeepsNoFailure) {
  const auto model = MakeCassetteModel(
      Cassette::Open(path_, true),
      std::make_unique<ScriptedModel>(std::vector<tl::expected<ChatResponse, ChatFailure>>{
          tl::unexpected(ChatFailure{Kind::kTimeout, "late", 1}), Answer("now")}));
  EXPECT_FALSE(model->Complete(Question(), {}));
  EXPECT_TRUE(model->Complete(Question(), {}));
  EXPECT_EQ(Cassette::Open(path_, false)->size(), 1U);
}

TEST_F(CassetteTest, EverythingThatIsAskedIsInTheHash) {
  const std::string base = RequestHash(Question());
  std::vector<ChatRequest> others(8, Question());
  others[0].model = "n";
  others[1].system = "Be long.";
  others[2].messages[0].text += " ";
  others[3].max_tokens = 101;
  others[4].temperature = 0.0;
  others[5].seed = 1;
  others[6].tools = {{"open", "", Json::object()}};
  others[7].messages[0].role = Role::kAssistant;
  for (const ChatRequest& other : others) EXPECT_NE(RequestHash(other), base);
}

TEST_F(CassetteTest, TheHashIsThatOfTheFile) {
  // SHA-256 of the canonical JSON, as `sha256sum` gives it for these bytes.
  const std::string canonical =
      R"({"max_tokens":100,"messages":[{"role":"user","text":"Open the door."}],"model":"m",)"
      R"("system":"Be brief."})";
  EXPECT_EQ(CanonicalJson(ToJson(Question())), canonical);
  EXPECT_EQ(RequestHash(Question()),
            "593012b388bd1771c50301666b1848624f407880d86e6e71338429cb448e3acd");
}

TEST_F(CassetteTest, RefusesBrokenFilesWithTheirLine) {
  Cassette::Open(path_, true)->Record(Question(), Answer("one"));
  const std::string good = testing::ReadWholeFile(path_);
  const std::string header = good.substr(0, good.find('\n') + 1);
  const std::string line = good.substr(header.size());
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = line;
    text.replace(text.find(from), from.size(), to);
    return header + text;
  };
  const std::vector<std::pair<std::string, int>> broken = {
      {"", 1},
      {line, 1},
      {"{\"format\":\"kedge-cassette/9\"}\n", 1},
      {header + line.substr(0, line.size() / 2), 2},
      {header + "\n", 2},
      {replaced("Open the door.", "Open the gate."), 2},
      {replaced("\"stop\":\"tool_use\"", "\"stop\":\"maybe\""), 2},
      {replaced("\"input_tokens\":3", "\"input_tokens\":-3"), 2},
      {replaced("\"text\":\"one\"", "\"text\":null"), 2},
      {replaced("\"response\":", "\"extra\":1,\"response\":"), 2},
      {good + replaced("\"text\":\"one\"", "\"text\":\"two\"").substr(header.size()), 3}};
  for (const auto& [text, number] : broken) {
    testing::WriteFile(path_, text);
    try {
      Cassette::Open(path_, false);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData) << text;
      EXPECT_EQ(error.line(), number) << error.what();
    }
  }
}

TEST_F(CassetteTest, AnAbsentFileIsOnlyMadeForRecording) {
  EXPECT_THROW(Cassette::Open(path_, false), Error);
  EXPECT_THROW(Cassette::Open(folder_.File("no/folder.jsonl"), true), Error);
}

}  // namespace
}  // namespace kedge::llm
