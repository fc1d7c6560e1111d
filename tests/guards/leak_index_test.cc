#include "guards/change/leak_index.h"

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

LeakIndex Index() {
  LeakIndex index;
  index.AddPublic("Please cancel order W000042 today, I have changed my mind about it.");
  index.AddHidden("Please cancel order W004711 today, I bought the green lantern by mistake.");
  index.AddHidden("The reply names 83.17 and mia_li_3668.");
  return index;
}

TEST(LeakIndexTest, FindsIdentifiersHoweverSpelled) {
  const LeakIndex index = Index();
  for (const char* text : {"for W004711", "w004711!", "W 0 0 4 7 1 1", "W-004-711", "W.00.47.11",
                           "mia li 3668", "MIA_LI_3668", "m_i_a_l_i_3_6_6_8"}) {
    EXPECT_TRUE(index.Find(text)) << text;
  }
  for (const char* text : {"for W000042", "W00471", "order 4711", "mia li", "83.17"}) {
    EXPECT_FALSE(index.Find(text)) << text;
  }
}

TEST(LeakIndexTest, FindsRunsOfSixWordsThatNoPublicTextHas) {
  const LeakIndex index = Index();
  EXPECT_EQ(index.Find("say: I bought the green lantern by mistake")->how, "phrase");
  EXPECT_EQ(index.Find("they BOUGHT, the green\nlantern by mistake")->how, "phrase");
  EXPECT_FALSE(index.Find("bought the green lantern by accident"));
  EXPECT_FALSE(index.Find("I have changed my mind about it"));
}

// The airline tasks' own identifiers are all found; of the lines of policies and tool
// descriptions, which were not written with the tasks in mind, hardly any is taken for one.
TEST(LeakIndexTest, OnRealTasksAndHonestLines) {
  KEDGE_NEED_DATA();
  const Json runs =
      ParseJson(ReadFile(testing::SharedPath("data/tau-bench/gpt-4o-airline.json.gz")), "runs");
  LeakIndex index;
  std::string wiki;
  for (const Json& run : runs) {
    wiki = run["traj"][0]["content"].get<std::string>();
    index.AddHidden(run["info"]["task"]["instruction"].get<std::string>());
  }
  int found = 0;
  int copies = 0;
  for (const Json& run : runs) {
    ++copies;
    found +=
        index.Find("Note: " + run["info"]["task"]["instruction"].get<std::string>()).has_value();
  }
  int lines = 0;
  int flagged = 0;
  std::istringstream stream(wiki);
  for (std::string line; std::getline(stream, line); ++lines) {
    flagged += index.Find(line).has_value();
  }
  std::cout << "tasks copied: " << found << " of " << copies << " found; honest lines: " << flagged
            << " of " << lines << " flagged\n";
  EXPECT_EQ(found, copies);
  EXPECT_GT(lines, 50);
  EXPECT_LE(flagged, lines / 1000);
}

}  // namespace
}  // namespace kedge::guards
