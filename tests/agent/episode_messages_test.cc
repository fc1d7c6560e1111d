#include "harness/agent/episode_messages.h"

#include <gmock/gmock.h>

#include "harness/core/error.h"

namespace kedge::agent {
namespace {

using ::testing::HasSubstr;

template <typename Read>
std::string Complaint(Read read, const std::string& text) {
  try {
    read(ParseJson(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    return error.what();
  }
  return "accepted " + text;
}

TEST(EpisodeMessages, BrokenResultsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"7", "result: expected an object"},
      {"[]", "result: expected an object"},
      {"{}", "result.text: is missing"},
      {R"({"text":null})", "result.text: expected text"},
      {R"({"text":"x","output_tokens":-1})", "result.output_tokens: expected 0 or more"},
      {R"({"text":"x","cost":"1"})", "result.cost: expected a number"},
      {R"({"text":"x","Text":"y"})", "Text"},
  };
  for (const auto& [text, says] : cases) {
    EXPECT_THAT(Complaint(ReadEpisodeResult, text), HasSubstr(says));
  }
}

TEST(EpisodeMessages, BrokenEventsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"null", "params: expected an object"},
      {R"({"episode":"e"})", "params.kind: is missing"},
      {R"({"kind":"message"})", "params.episode: is missing"},
      {R"({"episode":"e","kind":"tool_call"})", "params.kind: expected message"},
      {R"({"episode":"e","kind":"decision"})", "params.decision: is missing"},
      {R"({"episode":"e","kind":"decision","decision":[]})", "params.decision: expected an object"},
      {R"({"episode":"e","kind":"decision","decision":{"point":"p"}})",
       "params.decision.chosen: is missing"},
      {R"({"episode":"e","kind":"decision","decision":{"point":"p","chosen":"c","options":[1]}})",
       "params.decision.options"},
      {R"({"episode":"e","kind":"message","decision":{"point":"p","chosen":"c"}})", "decision"},
      {R"({"episode":"e","kind":"message","cost":-0.5})", "params.cost: expected 0 or more"},
      {R"({"episode":"e","kind":"message","time":1})", "time"},
  };
  for (const auto& [text, says] : cases) {
    EXPECT_THAT(Complaint(ReadTraceEventParams, text), HasSubstr(says));
  }
}

TEST(EpisodeMessages, BrokenInitializeResultsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "result.protocol: is missing"},
      {R"({"protocol":"kedge-agent/2"})", "result.protocol: expected \"kedge-agent/1\""},
      {R"({"protocol":"kedge-agent/1","name":3})", "result.name: expected text"},
      {R"({"protocol":"kedge-agent/1","nmae":"x"})", "nmae"},
  };
  for (const auto& [text, says] : cases) {
    EXPECT_THAT(Complaint(CheckInitializeResult, text), HasSubstr(says));
  }
}

TEST(EpisodeMessages, ToolResultsKeepTheirShape) {
  EXPECT_EQ(ToJson(world::ToolResult::Ok(nullptr)), (Json{{"ok", true}, {"content", nullptr}}));
  EXPECT_EQ(ToJson(world::ToolResult::Failure("denied", "no")),
            (Json{{"ok", false}, {"error_class", "denied"}, {"message", "no"}}));
}

TEST(EpisodeMessages, ArgumentsMayBeLeftOut) {
  const ToolCallParams call = ReadToolCallParams(ParseJson(R"({"episode":"e","name":"n"})"));
  EXPECT_EQ(call.arguments, Json::object());
}

}  // namespace
}  // namespace kedge::agent
