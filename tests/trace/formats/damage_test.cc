// The same damage done to a file of every format: it is never passed over in silence, what it says
// names the file, and what can still be read is read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "harness/trace/formats/read_any.h"
#include "tests/testing/needs.h"
#include "tests/trace/formats/gzip.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

/// What became of a file: a report, or an error that refused all of it.
struct Reading {
  std::int64_t read = 0, bad = 0, odd = 0;
  std::vector<std::string> findings;
};

Reading Read(const std::string& path) {
  Reading reading;
  try {
    const ReadReport report = ReadTraces(path, {}, [](Trace&&) {});
    reading.read = report.read;
    reading.bad = report.bad;
    reading.odd = report.odd;
    for (const auto* errors : {&report.errors, &report.oddities}) {
      for (const Error& error : *errors) reading.findings.emplace_back(error.what());
    }
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData) << error.what();
    reading.bad = 1;
    reading.findings.emplace_back(error.what());
  }
  return reading;
}

class DamageTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::vector<std::filesystem::path> files;
    const std::string folder = testing::SourcePath("tests/fuzz/corpus/") + GetParam();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      files.push_back(entry.path());
    }
    ASSERT_FALSE(files.empty());
    std::sort(files.begin(), files.end());
    text_ = testing::ReadWholeFile(files.front().string());
    whole_ = Of(text_);
    ASSERT_GE(whole_.read, 1) << "the file is sound";
    ASSERT_EQ(whole_.bad, 0);
  }

  Reading Of(const std::string& bytes) {
    testing::WriteFile(folder_.File("f"), bytes);
    return Read(folder_.File("f"));
  }

  // Something is said, and it names the file.
  void ExpectReported(const std::string& damage, const std::string& bytes) {
    const Reading reading = Of(bytes);
    EXPECT_GE(reading.bad + reading.odd, 1) << damage;
    ASSERT_FALSE(reading.findings.empty()) << damage;
    for (const std::string& finding : reading.findings) {
      EXPECT_THAT(finding, HasSubstr(folder_.File("f"))) << damage;
    }
  }

  // Behind the first brace.
  std::string WithMember(const std::string& member) const {
    std::string text = text_;
    return text.insert(text.find('{') + 1, member + ",");
  }

  const testing::TempFolder folder_;
  std::string text_;
  Reading whole_;
};

class TextDamageTest : public DamageTest {};

TEST_P(DamageTest, CompressionChangesNothingUntilItIsCut) {
  const std::string packed = Gzip(text_);
  EXPECT_EQ(Of(packed).read, whole_.read);
  for (const std::size_t cut : {packed.size() / 2, packed.size() - 3}) {
    ExpectReported("gzip cut", packed.substr(0, cut));
  }
}

TEST_P(DamageTest, ACutIsReported) {
  const std::size_t end = text_.find_last_not_of(" \n\r\t") + 1;
  for (const std::size_t cut : {end / 4, end / 2, end - 1}) {
    ExpectReported("cut at " + std::to_string(cut), text_.substr(0, cut));
  }
}

TEST_P(TextDamageTest, BytesThatAreNotUtf8AreReported) {
  std::string text = text_;
  text[text.find('"', text.size() / 2) + 1] = '\xff';
  ExpectReported("0xff", text);
}

TEST_P(TextDamageTest, TenThousandBracketsAreReported) {
  ExpectReported("nesting",
                 WithMember("\"deep\":" + std::string(10000, '[') + std::string(10000, ']')));
  ExpectReported("nesting without end", WithMember("\"deep\":" + std::string(10000, '[')));
}

TEST_P(TextDamageTest, AMemberThatIsWrittenTwiceIsReported) {
  ExpectReported("repeated key", WithMember(R"("twice":1,"twice":2)"));
}

TEST_P(TextDamageTest, RubbishInTheMiddleIsReportedAndTheFirstPartRead) {
  const std::string bytes = text_ + "\n{\"broken\": \n" + text_;
  ExpectReported("rubbish", bytes);
  EXPECT_GE(Of(bytes).read, whole_.read);
}

TEST_P(TextDamageTest, TheSameTwiceIsReportedAndTheFirstPartRead) {
  ExpectReported("twice", text_ + "\n" + text_);
  EXPECT_GE(Of(text_ + "\n" + text_).read, whole_.read);
}

constexpr const char* kTextFormats[] = {"jsonl",     "agentdojo",      "tau_bench", "tau2_bench",
                                        "otlp_json", "jaeger",         "otel_js",   "atif",
                                        "inspect",   "mini_swe_agent", "adk",       "adk_old",
                                        "bfcl",      "chat",           "chats"};

const auto kName = [](const auto& test) { return std::string(test.param); };

INSTANTIATE_TEST_SUITE_P(Formats, TextDamageTest, ::testing::ValuesIn(kTextFormats), kName);
INSTANTIATE_TEST_SUITE_P(TextFormats, DamageTest, ::testing::ValuesIn(kTextFormats), kName);
INSTANTIATE_TEST_SUITE_P(BinaryFormats, DamageTest,
                         ::testing::Values("otlp_protobuf", "inspect_archive"), kName);

}  // namespace
}  // namespace kedge::trace
