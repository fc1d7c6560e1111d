#include "harness/llm/model_file.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/core/error.h"
#include "tests/llm/fakes.h"
#include "tests/testing/needs.h"

namespace kedge::llm {
namespace {

ModelOptions Read(const std::string& yaml) {
  return ReadModelOptions(Document::FromYaml(yaml, "model.yaml").root(), "/base");
}

const std::string kSmall = "api: messages\nurl: https://example.org/v1/\nmodel: m\n";

TEST(ModelFileTest, ReadsEveryKey) {
  const ModelOptions options = Read(kSmall + R"(
key_variable: SOME_KEY
stream: false
connect_seconds: 1.5
timeout_seconds: 30
idle_seconds: 5
proxy: http://127.0.0.1:3128
ca_file: own.pem
retry: {max_attempts: 2, first_delay_seconds: 0.1, max_delay_seconds: 2, max_retry_after_seconds: 9}
rate: {requests_per_minute: 60, tokens_per_minute: 1000}
price: {input: 3, output: 15}
budget: {tokens: 5000, money: 0.5}
cassette: {file: calls.jsonl, mode: record}
)");
  EXPECT_EQ(options.http.url, "https://example.org/v1");
  EXPECT_FALSE(options.http.stream);
  EXPECT_EQ(options.http.http.connect_timeout.count(), 1500);
  EXPECT_EQ(options.http.http.timeout.count(), 30'000);
  EXPECT_EQ(options.http.http.low_speed_seconds, 5);
  EXPECT_EQ(options.http.http.proxy, "http://127.0.0.1:3128");
  EXPECT_EQ(options.http.http.ca_file, "/base/own.pem");
  EXPECT_EQ(options.http.retry.max_attempts, 2);
  EXPECT_EQ(options.http.retry.max_retry_after.count(), 9000);
  EXPECT_EQ(options.rate.tokens_per_minute, 1000);
  EXPECT_EQ(options.budget.tokens, 5000);
  EXPECT_EQ(options.budget.money, 0.5);
  EXPECT_EQ(options.cassette, "/base/calls.jsonl");
}

TEST(ModelFileTest, RefusesWhatItDoesNotUnderstand) {
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"url: https://a\nmodel: m\n", "api"},
      {"api: other\nurl: https://a\nmodel: m\n", "api"},
      {"api: messages\nmodel: m\n", "url"},
      {"api: messages\nurl: https://a\nmodel: ''\n", "model"},
      {kSmall + "key: sk-123\n", "key"},
      {kSmall + "retry: {max_attempts: 0}\n", "retry.max_attempts"},
      {kSmall + "timeout_seconds: -1\n", "timeout_seconds"},
      {kSmall + "budget: {money: 1}\n", "budget.money"},
      {kSmall + "price: {input: 1}\n", "price"},
      {kSmall + "cassette: {file: a, mode: both}\n", "cassette.mode"},
      {kSmall + "max_tokens_field: tokens\n", "max_tokens_field"}};
  for (const auto& [yaml, field] : broken) {
    try {
      Read(yaml);
      ADD_FAILURE() << "accepted: " << yaml;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData) << yaml;
      EXPECT_NE(std::string(error.what()).find(field), std::string::npos) << error.what();
    }
  }
}

TEST(ModelFileTest, KnowsAStrategysModelByItsAlias) {
  EXPECT_EQ(ModelName(Read(kSmall), "any"), "m");
  const ModelOptions options = Read(kSmall + "aliases: {small: m-mini}\n");
  EXPECT_EQ(ModelName(options, "small"), "m-mini");
  EXPECT_EQ(ModelName(options, ""), "m");
  EXPECT_THROW(ModelName(options, "smal"), Error);
}

TEST(ModelSourceTest, NeedsTheKeyUnlessItOnlyReplays) {
  ::unsetenv("KEDGE_TEST_NO_SUCH_KEY");
  ModelOptions options = Read(kSmall + "key_variable: KEDGE_TEST_NO_SUCH_KEY\n");
  EXPECT_THROW(ModelSource{options}, Error);
  const testing::TempFolder folder;
  options.cassette = folder.File("calls.jsonl");
  Cassette::Open(options.cassette, true)->Record(Question(), {"m", "Done.", {}, {}, {}});
  options.cassette_mode = "replay";
  const ModelSource source(options);
  const auto response = source.Make()->Complete(Question(), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->text, "Done.");
  EXPECT_EQ(source.spending().exchanges, 0);
}

}  // namespace
}  // namespace kedge::llm
