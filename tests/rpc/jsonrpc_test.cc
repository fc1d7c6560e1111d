#include "harness/rpc/jsonrpc.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace kedge::rpc {
namespace {

using ::testing::HasSubstr;
using DecodeKind = DecodeError::Kind;

Message Decoded(const std::string& text) {
  auto message = DecodeMessage(text);
  if (!message) {
    ADD_FAILURE() << text << ": " << message.error().text;
    return Notification{};
  }
  return *message;
}

// The examples of the JSON-RPC 2.0 specification, section 7 (batches left out).
TEST(JsonRpc, ReadsTheExamplesOfTheSpecification) {
  const auto positional = std::get<Request>(
      Decoded(R"({"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1})"));
  EXPECT_EQ(positional.id, Id(1));
  EXPECT_EQ(positional.method, "subtract");
  EXPECT_EQ(positional.params, Json::array({42, 23}));

  const auto named = std::get<Request>(Decoded(
      R"({"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3})"));
  EXPECT_EQ(named.params, (Json{{"subtrahend", 23}, {"minuend", 42}}));

  const auto result = std::get<Response>(Decoded(R"({"jsonrpc": "2.0", "result": 19, "id": 1})"));
  EXPECT_EQ(result.id, Id(1));
  EXPECT_EQ(*result.outcome, 19);

  const auto notification =
      std::get<Notification>(Decoded(R"({"jsonrpc": "2.0", "method": "foobar"})"));
  EXPECT_EQ(notification.method, "foobar");
  EXPECT_TRUE(notification.params.is_null());

  const auto error = std::get<Response>(Decoded(
      R"({"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":"1"})"));
  EXPECT_EQ(error.id, Id("1"));
  EXPECT_EQ(error.outcome.error().code, kMethodNotFound);
  EXPECT_EQ(error.outcome.error().message, "Method not found");

  const auto null_id = std::get<Response>(Decoded(
      R"({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null})"));
  EXPECT_EQ(null_id.id, std::nullopt);
  EXPECT_EQ(null_id.outcome.error().code, kParseError);
}

TEST(JsonRpc, RefusesTheBrokenExamplesOfTheSpecification) {
  EXPECT_EQ(
      DecodeMessage(R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])").error().kind,
      DecodeKind::kNotJson);
  EXPECT_EQ(DecodeMessage(R"({"jsonrpc": "2.0", "method": 1, "params": "bar"})").error().kind,
            DecodeKind::kNotMessage);
  EXPECT_EQ(DecodeMessage("[]").error().kind, DecodeKind::kNotMessage);
  EXPECT_EQ(DecodeMessage("[1]").error().kind, DecodeKind::kNotMessage);
}

struct Broken {
  const char* text;
  DecodeKind kind;
  const char* says;
};

class BrokenMessage : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenMessage, IsRefusedWithAReason) {
  const auto message = DecodeMessage(GetParam().text, {200, 8});
  ASSERT_FALSE(message) << GetParam().text;
  EXPECT_EQ(message.error().kind, GetParam().kind) << GetParam().text;
  EXPECT_THAT(message.error().text, HasSubstr(GetParam().says)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    JsonRpc, BrokenMessage,
    ::testing::Values(
        Broken{"", DecodeKind::kNotJson, ""}, Broken{"hello", DecodeKind::kNotJson, ""},
        Broken{"{\"jsonrpc\":\"2.0\",\"method\":\"m\"} {}", DecodeKind::kNotJson, ""},
        Broken{R"({"jsonrpc":"2.0","method":"m","method":"n"})", DecodeKind::kNotJson, "method"},
        Broken{R"({"jsonrpc":"2.0","method":"m","params":[NaN]})", DecodeKind::kNotJson, ""},
        Broken{R"({"jsonrpc":"2.0","method":"m","params":[[[[[[[[[1]]]]]]]]]})",
               DecodeKind::kNotJson, ""},
        Broken{"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}", DecodeKind::kInvalidUtf8, "UTF-8"},
        Broken{"\xc0\xaf", DecodeKind::kInvalidUtf8, "UTF-8"},
        Broken{"{\"jsonrpc\":\"2.0\",\"method\":\"\xed\xa0\x80\"}", DecodeKind::kInvalidUtf8,
               "UTF-8"},
        Broken{"{                                                                              "
               "                                                                               "
               "                                                             }",
               DecodeKind::kTooLong, "200"},
        Broken{"null", DecodeKind::kNotMessage, "object"},
        Broken{"7", DecodeKind::kNotMessage, "object"},
        Broken{"{}", DecodeKind::kNotMessage, "jsonrpc"},
        Broken{R"({"method":"m"})", DecodeKind::kNotMessage, "jsonrpc"},
        Broken{R"({"jsonrpc":2.0,"method":"m"})", DecodeKind::kNotMessage, "jsonrpc"},
        Broken{R"({"jsonrpc":"1.0","method":"m"})", DecodeKind::kNotMessage, "jsonrpc"},
        Broken{R"({"jsonrpc":"2.0"})", DecodeKind::kNotMessage, "no method"},
        Broken{R"({"jsonrpc":"2.0","id":1})", DecodeKind::kNotMessage, "no method"},
        Broken{R"({"jsonrpc":"2.0","method":null})", DecodeKind::kNotMessage, "method"},
        Broken{R"({"jsonrpc":"2.0","method":"m","params":1})", DecodeKind::kNotMessage, "params"},
        Broken{R"({"jsonrpc":"2.0","method":"m","params":null})", DecodeKind::kNotMessage,
               "params"},
        Broken{R"({"jsonrpc":"2.0","method":"m","parms":{}})", DecodeKind::kNotMessage, "parms"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":null})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":1.5})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":true})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":[1]})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":9223372036854775808})",
               DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","method":"m","id":1,"result":2})", DecodeKind::kNotMessage,
               "result"},
        Broken{R"({"jsonrpc":"2.0","result":1})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","result":1,"id":null})", DecodeKind::kNotMessage, "id"},
        Broken{R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}})",
               DecodeKind::kNotMessage, "both"},
        Broken{R"({"jsonrpc":"2.0","id":1,"result":1,"error":null})", DecodeKind::kNotMessage,
               "both"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":null})", DecodeKind::kNotMessage, "error"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":"x"})", DecodeKind::kNotMessage, "error"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":{"message":"x"}})", DecodeKind::kNotMessage,
               "code"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}})",
               DecodeKind::kNotMessage, "code"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})", DecodeKind::kNotMessage,
               "message"},
        Broken{R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x","extra":1}})",
               DecodeKind::kNotMessage, "extra"},
        Broken{R"({"jsonrpc":"2.0","id":1,"resutl":1})", DecodeKind::kNotMessage, "resutl"}));

TEST(JsonRpc, KeepsTheIdOfABrokenMessageForTheReply) {
  const auto message = DecodeMessage(R"({"jsonrpc":"2.0","id":"q7","method":5})");
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().id, Id("q7"));
}

TEST(JsonRpc, DoesNotEchoControlCharactersOfAKey) {
  const auto message = DecodeMessage("{\"jsonrpc\":\"2.0\",\"id\":1,\"a\\u001b[31m\":1}");
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().text.find('\x1b'), std::string::npos);
}

TEST(JsonRpc, SurvivesDeepNesting) {
  const std::string deep(2'000'000, '[');
  EXPECT_EQ(DecodeMessage(deep).error().kind, DecodeKind::kNotJson);
}

TEST(JsonRpc, WritesWhatItReads) {
  const std::vector<std::string> lines = {
      R"({"id":1,"jsonrpc":"2.0","method":"m","params":{"a":[1,2.5,"x"]}})",
      R"({"id":"a","jsonrpc":"2.0","method":"m"})",
      R"({"jsonrpc":"2.0","method":"m","params":[]})",
      R"({"id":1,"jsonrpc":"2.0","result":null})",
      R"({"error":{"code":-1,"data":{"k":1},"message":"no\nno"},"id":2,"jsonrpc":"2.0"})",
      R"({"error":{"code":-32700,"message":"x"},"id":null,"jsonrpc":"2.0"})",
  };
  for (const std::string& line : lines) {
    const Message message = Decoded(line);
    EXPECT_EQ(std::visit([](const auto& m) { return Encode(m); }, message), line);
  }
}

TEST(JsonRpc, AnEncodedMessageIsOneLine) {
  const std::string line =
      Encode(Request{Id("x\ny"), "a\nb", Json{{"text", "one\r\ntwo\xe2\x80\xa8three\xff"}}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\r'), std::string::npos);
  EXPECT_TRUE(DecodeMessage(line)) << "invalid UTF-8 must have been replaced";
}

TEST(JsonRpc, ShowsIds) {
  EXPECT_EQ(ToString(Id(-5)), "-5");
  EXPECT_EQ(ToString(Id("five")), "\"five\"");
}

}  // namespace
}  // namespace kedge::rpc
