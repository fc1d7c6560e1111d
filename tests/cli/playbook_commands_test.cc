// kedge strategy consolidate and import on the bundled shop.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ::testing::HasSubstr;
using testing::ReadJsonFile;
using testing::ReadWholeFile;
using testing::RunKedge;
using testing::SourcePath;
using testing::TempFolder;
using testing::WriteFile;

std::string Retail(const std::string& path) { return SourcePath("tasksuites/retail/") + path; }

// Says three things twice, one in narrower words, and contradicts itself in one more.
constexpr char kDoubles[] = R"(format: kedge-operations/1
operations:
- op: add
  target: again-cancel
  value:
    text: Before a cancellation comes a look at the order.
    when: {tool: [cancel_order]}
    then: {call_first: [get_order]}
    unless: {called: get_order}
- op: add
  target: narrow-refund
  value:
    text: Look at a broken order before you pay it back.
    when: {tool: refund_order, goal: refund}
    then: {call_first: get_order}
    unless: {called: get_order}
- op: add
  target: again-taken
  value:
    text: A taken address stays taken.
    when: {tool: update_email, error: [taken]}
    then: {on_error: stop}
- op: add
  target: order-last
  value:
    text: Cancel before you look.
    when: {tool: get_order, goal: nobody-asks-this}
    then: {call_first: cancel_order}
)";

TEST(StrategyConsolidate, DoublesGoAndBehaviourStays) {
  const TempFolder folder;
  WriteFile(folder.File("doubles.yaml"), kDoubles);
  ASSERT_EQ(
      RunKedge({"strategy", "apply", Retail("strategies/champion"), "--operations",
                folder.File("doubles.yaml"), "--out", folder.File("champion"), "--name", "doubled"})
          .code,
      0);
  const auto made = RunKedge({"strategy", "consolidate", folder.File("champion"), "--out",
                              folder.File("candidate"), "--json"});
  ASSERT_EQ(made.code, 0) << made.err;
  const Json report = ParseJson(made.out);
  EXPECT_EQ(report["operations"].size(), 3U) << made.out;
  ASSERT_EQ(report["conflicts"].size(), 2U) << made.out;
  for (const Json& conflict : report["conflicts"]) {
    EXPECT_EQ(conflict["kind"], "inverted_order");
  }

  const auto gate =
      RunKedge({"gate", "--suite", Retail(""), "--champion", folder.File("champion"), "--candidate",
                folder.File("candidate"), "--policy", Retail("kedge.yaml"), "--store",
                folder.File("kedge.db"), "--out", folder.File("out"), "--json"});
  EXPECT_EQ(gate.code, 2) << gate.out << gate.err;
  EXPECT_THAT(gate.out, HasSubstr("HOLD_NO_DIFFERENCE"));
  EXPECT_THAT(gate.out, HasSubstr("\"only_candidate\": 0"));
  EXPECT_THAT(gate.out, HasSubstr("\"only_champion\": 0"));

  const auto again = RunKedge(
      {"strategy", "consolidate", folder.File("candidate"), "--out", folder.File("again")});
  EXPECT_THAT(again.out, HasSubstr("0 merges"));
}

TEST(StrategyImport, BadFilesNameTheirLineAndLeaveNothing) {
  const TempFolder folder;
  WriteFile(folder.File("bad.txt"), "## S\n[a-1] helpful=1 harmful=0 :: fine\n[a-2] helpful=1\n");
  const auto import = [&](const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"strategy",
                                      "import",
                                      file,
                                      "--champion",
                                      Retail("strategies/champion"),
                                      "--out",
                                      folder.File("candidate"),
                                      "--report",
                                      folder.File("report.json")};
    words.insert(words.end(), more.begin(), more.end());
    return RunKedge(words);
  };
  const auto bad = import(folder.File("bad.txt"));
  EXPECT_EQ(bad.code, 65);
  EXPECT_THAT(bad.err, HasSubstr("bad.txt:3"));
  EXPECT_EQ(import(folder.File("absent.md")).code, 66);
  WriteFile(folder.File("ok.txt"), "[a-1] helpful=1 harmful=0 :: Be brief.\n");
  EXPECT_EQ(import(folder.File("ok.txt"), {"--activate"}).code, 64);
  EXPECT_EQ(import(folder.File("ok.txt"), {"--suite", folder.File("nowhere")}).code, 66);
  EXPECT_FALSE(std::filesystem::exists(folder.File("candidate")));
  EXPECT_FALSE(std::filesystem::exists(folder.File("report.json")));

  const auto good = import(folder.File("ok.txt"));
  ASSERT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("not_testable"));
  EXPECT_EQ(ReadJsonFile(folder.File("report.json"))["items"][0]["class"], "not_testable");
  EXPECT_EQ(RunKedge({"strategy", "validate", folder.File("candidate")}).code, 0);
}

}  // namespace
}  // namespace kedge
