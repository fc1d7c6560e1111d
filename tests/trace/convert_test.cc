#include "harness/trace/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/testing/needs.h"

namespace kedge::trace {
namespace {

TEST(Convert, CountsWhatWasReadWrittenAndLost) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("a"),
                     "{\"format\":\"kedge-trace/1\",\"steps\":[{\"kind\":\"message\"}],"
                     "\"trace_id\":\"full\"}\n"
                     "{\"format\":\"kedge-trace/1\",\"steps\":[],\"trace_id\":\"empty\"}\n"
                     "broken\n");
  const ConvertReport report =
      ConvertTraces({folder.File("a")}, TargetFormat::kAtif, folder.File("out"), {});
  EXPECT_EQ(report.read.read, 2);
  EXPECT_EQ(report.read.bad, 1);
  EXPECT_EQ(report.written, 1);
  EXPECT_EQ(report.lost, 1);
  EXPECT_THAT(report.lost_errors.at(0).what(), ::testing::HasSubstr("trace empty"));
}

TEST(Convert, LeavesNothingBehindWhenAnInputIsNoTrace) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("a"), "id,name\n1,x\n");
  EXPECT_THROW(ConvertTraces({folder.File("a")}, TargetFormat::kJsonl, folder.File("out"), {}),
               Error);
  EXPECT_FALSE(std::filesystem::exists(folder.File("out")));
}

TEST(Convert, KnowsItsTargets) {
  EXPECT_EQ(TargetFormatFromName("jsonl"), TargetFormat::kJsonl);
  EXPECT_EQ(TargetFormatFromName("otlp"), TargetFormat::kOtlp);
  EXPECT_EQ(TargetFormatFromName("atif"), TargetFormat::kAtif);
  EXPECT_FALSE(TargetFormatFromName("xml"));
}

}  // namespace
}  // namespace kedge::trace
