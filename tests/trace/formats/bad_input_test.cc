// What is broken is counted and reported with its place, and the rest is read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/trace/formats/read_any.h"
#include "tests/testing/needs.h"
#include "tests/trace/formats/gzip.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

std::string Line(const std::string& id, const std::string& step = R"({"kind":"message"})") {
  return R"({"format":"kedge-trace/1","steps":[)" + step + R"(],"trace_id":")" + id + "\"}\n";
}

// Text that gzip cannot shrink to nothing, so that a cut loses some of it.
std::string ManyLines(int count) {
  std::string lines;
  std::uint64_t noise = 1;
  for (int i = 0; i < count; ++i) {
    std::string id;
    for (int k = 0; k < 40; ++k) {
      noise = noise * 6364136223846793005u + 1442695040888963407u;
      id += static_cast<char>('a' + (noise >> 59) % 26);
    }
    lines += Line(id);
  }
  return lines;
}

std::string CutGzip() { return Gzip(ManyLines(4000)).substr(0, 60000); }

// The newlines in what zlib itself gets out of a cut stream.
std::int64_t WholeLinesIn(const std::string& cut) {
  std::string out(std::size_t{1} << 22, '\0');
  z_stream stream{};
  inflateInit2(&stream, 16 + MAX_WBITS);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(cut.data()));
  stream.avail_in = static_cast<uInt>(cut.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return std::count(out.begin(), out.end(), '\n');
}

struct Case {
  const char* name;
  std::string text;
  std::int64_t read;
  std::int64_t bad;
  std::int64_t odd;
  std::string first_finding;  // part of it, without the file's name
};

class BadInputTest : public ::testing::TestWithParam<Case> {};

TEST_P(BadInputTest, IsCountedAndTheRestIsRead) {
  const Case& c = GetParam();
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("f"), c.text);
  std::int64_t given = 0;
  const ReadReport report = ReadTraces(folder.File("f"), {}, [&given](Trace&&) { ++given; });
  EXPECT_EQ(report.read, c.read);
  EXPECT_EQ(given, c.read);
  EXPECT_EQ(report.bad, c.bad);
  EXPECT_EQ(report.odd, c.odd);
  const std::vector<Error>& findings = report.errors.empty() ? report.oddities : report.errors;
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].file(), folder.File("f"));
  EXPECT_THAT(findings[0].what(), HasSubstr(c.first_finding));
}

std::string Nested(int depth) {
  return Line("deep", R"({"kind":"message","extra":)" + std::string(depth, '[') +
                          std::string(depth, ']') + "}");
}

std::string Chat(const std::string& messages) { return "[" + messages + "]"; }

INSTANTIATE_TEST_SUITE_P(
    Inputs, BadInputTest,
    ::testing::Values(
        Case{"broken_line", Line("a") + "{\"format\":\"kedge-tr\n" + Line("b"), 2, 1, 0, "f:2: "},
        Case{"broken_first_line", "{\"format\":\"kedge-tr\n" + Line("a"), 1, 1, 0, "f:1: "},
        Case{"no_object", Line("a") + "null\n" + Line("b"), 2, 1, 0, "f:2: "},
        Case{"repeated_id", Line("a") + Line("b") + Line("a"), 3, 0, 1, "trace[2]: the id a"},
        Case{"unknown_kind", Line("a", R"({"kind":"dance"})") + Line("b"), 1, 1, 0,
             "f:1: steps[0].kind: expected message"},
        Case{"unknown_member", Line("a", R"({"kind":"message","txt":"x"})") + Line("b"), 1, 1, 0,
             "steps[0].txt: unknown field"},
        Case{"repeated_key", Line("a", R"({"kind":"message","kind":"message"})") + Line("b"), 1, 1,
             0, "written twice"},
        Case{"deep_nesting", Line("a") + Nested(10000) + Line("b"), 2, 1, 0, "f:2: nested deeper"},
        Case{"invalid_utf8", Line("a") + Line("\xff") + Line("b"), 2, 1, 0, "f:2: invalid UTF-8"},
        Case{"half_a_surrogate_pair", Line("a") + Line("\\ud800") + Line("b"), 2, 1, 0,
             "f:2: half of a surrogate"},
        Case{"number_out_of_range", Line("a", R"({"kind":"message","cost":1e999})") + Line("b"), 1,
             1, 0, "f:1: "},
        Case{"long_line",
             Line("a") + Line(std::string(RecordStream::kMaxLineBytes + 1, 'x')) + Line("b"), 2, 1,
             0, "f:2: holds more than 67108864 bytes"},
        Case{"long_text_in_a_document",
             Chat(R"({"role":"user","content":"hi"},{"role":"user","content":")" +
                  std::string(std::size_t{200} << 20, 'x') +
                  R"("},{"role":"assistant","content":"yes"})"),
             1, 1, 0, "more than 67108864 bytes of JSON"},
        Case{"cut_gzip", CutGzip(), WholeLinesIn(CutGzip()), 1, 0, "gzip data is cut off"},
        Case{"cut_document", R"([{"role":"user","content":"hi"},{"role":"assi)", 1, 1, 0,
             "the text ends in the middle of a value"},
        Case{"text_behind_a_document", R"([{"role":"user","content":"hi"}] x)", 1, 1, 0,
             "text after the end"},
        Case{"unknown_role",
             Chat(R"({"role":"user","content":"hi"},{"role":"oracle","content":"x"})"), 1, 1, 0,
             "role: expected system"},
        Case{"call_without_a_name",
             Chat(R"({"role":"user","content":"hi"},{"role":"assistant","content":null,)"
                  R"("tool_calls":[{"id":"c"}]})"),
             1, 1, 0, "a tool call without a name"},
        Case{"silent_turn",
             R"([{"query":"hi","expected_tool_use":[],"reference":"yes"},{"comment":"none"}])", 1,
             1, 0, "a turn without a query"},
        Case{"unknown_atif_source",
             R"({"schema_version":"ATIF-v1.7","session_id":"s","agent":{},"steps":)"
             R"([{"step_id":1,"source":"robot","message":""}]})"
             "\n"
             R"({"schema_version":"ATIF-v1.7","session_id":"t","agent":{},"steps":)"
             R"([{"step_id":1,"source":"user","message":""}]})",
             1, 1, 0, "f:1: steps[0].source: expected system, user or agent"}),
    [](const auto& test) { return test.param.name; });

TEST(BadInputTest, ADamagedZipIsRefused) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("f"), "PK\x03\x04 and nothing more");
  EXPECT_FALSE(DetectTraceFormat(folder.File("f")));
}

TEST(BadInputTest, ADamagedSampleOfAnArchiveIsReportedAndTheHeaderRead) {
  KEDGE_NEED_DATA();
  std::string bytes =
      testing::ReadWholeFile(testing::SharedPath("data/eval-logs/inspect_ai/log_formats.eval"));
  const std::size_t sample = bytes.find("samples/1_epoch_1.json");
  ASSERT_NE(sample, std::string::npos);
  for (std::size_t i = 0; i < 64; ++i) bytes[sample + 300 + i] = '\0';
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("f"), bytes);
  const ReadReport report = ReadTraces(folder.File("f"), {}, [](Trace&&) {});
  EXPECT_EQ(report.read, 0);
  ASSERT_EQ(report.bad, 1);
  EXPECT_EQ(report.errors[0].file(), folder.File("f") + "/samples/1_epoch_1.json");
}

}  // namespace
}  // namespace kedge::trace
