#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge::testing {
namespace {

using ::testing::HasSubstr;

std::string Outcomes(const std::string& pattern, int tasks) {
  std::string text = "task_id,success\n";
  for (int i = 0; i < tasks; ++i) {
    text += "t" + std::to_string(i) + "," + pattern[static_cast<std::size_t>(i) % pattern.size()] +
            "\n";
  }
  return text;
}

class CompareCommand : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    WriteFile(folder_.File(name), text);
    return folder_.File(name);
  }

  TempFolder folder_;
};

TEST_F(CompareCommand, WritesThePageWholeOrNotAtAll) {
  const std::string low = Write("low.csv", Outcomes("1000", 200));
  const std::string high = Write("<b>high.csv", Outcomes("1110", 200));
  const std::string page = folder_.File("page.html");
  EXPECT_EQ(RunKedge({"compare", low, high, "--html", page, "--bootstrap", "100"}).code, 0);
  const std::string html = ReadWholeFile(page);
  for (const char* part : {"PROMOTE", "improvement", "McNemar exact p", "bootstrap by clusters",
                           "Effect overall, by stratum", "&lt;b&gt;high.csv", "</html>"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_EQ(html.find("<b>high"), std::string::npos);
  EXPECT_EQ(RunKedge({"compare", low, high, "--html", folder_.File("no/such/page.html")}).code, 74);
}

TEST_F(CompareCommand, ExitCodeFollowsTheVerdict) {
  const std::string low = Write("low.csv", Outcomes("1000", 200));
  const std::string high = Write("high.csv", Outcomes("1110", 200));
  EXPECT_EQ(RunKedge({"compare", low, high}).code, 0);
  EXPECT_EQ(RunKedge({"compare", high, low}).code, 1);
  const ProgramResult same = RunKedge({"compare", low, low});
  EXPECT_EQ(same.code, 2);
  EXPECT_THAT(same.out, HasSubstr("compared_with_itself"));
}

TEST_F(CompareCommand, JsonThroughAPipeIsWhole) {
  const std::string a = Write("a.csv", Outcomes("1100", 20000));
  const std::string b = Write("b.csv", Outcomes("1010", 20000));
  const ProgramResult result = RunKedge({"compare", a, b, "--json", "--bootstrap", "100"});
  const Json verdict = ParseJson(result.out);
  EXPECT_EQ(verdict["exit_code"], result.code);
  EXPECT_EQ(verdict["pairs"]["n"], 20000);
  EXPECT_EQ(verdict["flips"].size(), 10000u);
  EXPECT_EQ(verdict["details"]["bootstrap"]["resamples"], 100);
}

TEST_F(CompareCommand, BadInputGivesOneMessageAndNoVerdict) {
  const std::string good = Write("good.csv", Outcomes("10", 20));
  const std::string bad = Write("bad.csv", "task_id,success\na,maybe\n");
  const std::string other = Write("other.csv", "task_id,success\nx,1\n");
  const auto expect = [](const std::vector<std::string>& arguments, int code, const char* message) {
    const ProgramResult result = RunKedge(arguments);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(result.out, "");
  };
  expect({"compare", good, bad}, 65, "bad.csv:2: success: expected 0, 1, true or false");
  expect({"compare", bad, good}, 65, "reading the champion");
  expect({"compare", good, other}, 65, "no task in common");
  expect({"compare", good, folder_.File("none.csv")}, 66, "none.csv");
  expect({"compare", good, good, "--bootstrap", "1"}, 64, "--bootstrap");
  expect({"compare", good + "#nobody", good}, 65, "no subject, stratum or trial \"nobody\"");
}

}  // namespace
}  // namespace kedge::testing
