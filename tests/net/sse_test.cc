#include "harness/net/sse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/error.h"

namespace kedge::net {
namespace {

std::vector<SseEvent> Parse(std::string_view stream, std::size_t piece = 1 << 20) {
  SseParser parser;
  std::vector<SseEvent> events;
  for (std::size_t i = 0; i < stream.size(); i += piece) {
    parser.Feed(stream.substr(i, piece), [&](const SseEvent& event) { events.push_back(event); });
  }
  return events;
}

struct Example {
  const char* name;
  std::string stream;
  std::vector<SseEvent> events;
};

std::vector<Example> Examples() {
  return {
      // The examples of the standard's section 9.2.6.
      {"one event of three lines",
       "data: YHOO\ndata: +2\ndata: 10\n\n",
       {{"", "YHOO\n+2\n10", ""}}},
      {"comment, ids, reset of the id",
       ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
       {{"", "first event", "1"}, {"", "second event", ""}}},
      {"empty data", "data\n\ndata\ndata\n\ndata:", {{"", "", ""}, {"", "\n", ""}}},
      {"space after the colon",
       "data:test\n\ndata: test\n\n",
       {{"", "test", ""}, {"", "test", ""}}},
      // Ours.
      {"event types do not carry over",
       "event: add\ndata: 1\n\ndata: 2\n\n",
       {{"add", "1", ""}, {"", "2", ""}}},
      {"ids do", "id: 7\ndata: 1\n\ndata: 2\n\n", {{"", "1", "7"}, {"", "2", "7"}}},
      {"an id holding NUL is ignored", std::string("id: a\0b\ndata: 1\n\n", 17), {{"", "1", ""}}},
      {"carriage returns",
       "data: 1\rdata: 2\r\rdata: 3\r\n\r\n",
       {{"", "1\n2", ""}, {"", "3", ""}}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "data: 1\n\n",
       {{"", "1", ""}}},
      {"an event without data is none", "event: x\n\ndata: 1\n\n", {{"", "1", ""}}},
      {"unknown fields", "nonsense: 1\ndata: 1\nData: 2\n\n", {{"", "1", ""}}},
      {"the end cuts an event off", "data: 1\n\ndata: 2\n", {{"", "1", ""}}},
      {"characters of several bytes",
       "data: h\xC3\xA9\xE2\x82\xAC\n\n",
       {{"", "h\xC3\xA9\xE2\x82\xAC", ""}}},
  };
}

TEST(SseParserTest, ReadsStreamsInPiecesOfEverySize) {
  for (const Example& example : Examples()) {
    for (std::size_t piece = 1; piece <= example.stream.size(); ++piece) {
      EXPECT_EQ(Parse(example.stream, piece), example.events)
          << example.name << " in pieces of " << piece;
    }
  }
}

TEST(SseParserTest, RemembersHowLongToWaitAndWhereItWas) {
  SseParser parser;
  parser.Feed("retry: 2500\nid: a9\ndata\n\nretry: soon\nretry: -1\n\n", [](const SseEvent&) {});
  EXPECT_EQ(parser.retry_ms(), 2500);
  EXPECT_EQ(parser.last_event_id(), "a9");
}

TEST(SseParserTest, BoundsALineAndAnEvent) {
  const auto ignore = [](const SseEvent&) {};
  SseParser line(100);
  EXPECT_THROW(line.Feed("data: " + std::string(200, 'x'), ignore), Error);
  SseParser event(100);
  EXPECT_THROW(
      {
        for (int i = 0; i < 10; ++i) event.Feed("data: " + std::string(50, 'x') + "\n", ignore);
      },
      Error);
}

TEST(EncodeSseTest, IsReadBackEqual) {
  for (const SseEvent& event : std::vector<SseEvent>{{"", "", ""},
                                                     {"message", "{\"a\":1}", "17"},
                                                     {"", "two\nlines\n", ""},
                                                     {"", "\n\n", ""}}) {
    EXPECT_EQ(Parse(EncodeSse(event)), std::vector{event}) << EncodeSse(event);
  }
  EXPECT_EQ(Parse(EncodeSse({"a\nb", "x\r\ny\rz", "1\n2"})),
            (std::vector<SseEvent>{{"ab", "x\ny\nz", "12"}}));
}

}  // namespace
}  // namespace kedge::net
