// What a learning session leaves alone because it was told to.
#include "harness/loop/learn_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/trace/jsonl.h"
#include "tests/agent_ref/building.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using strategy::Strategy;
using ::testing::HasSubstr;

constexpr char kRule[] = "open_door.first.show_badge";

agent_ref::BuildingRules BadgeWants(const std::string& helper) {
  agent_ref::BuildingRules rules;
  rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  rules.badge_helper = helper;
  return rules;
}

/// Guidelines that were learned while show_badge opened doors, and traces of a building in which
/// something else does.
class LearnKeepTest : public ::testing::Test {
 protected:
  LearnKeepTest() {
    const Strategy nobody = agent_ref::BuildingStrategy();
    Learn(nobody, BadgeWants("show_badge"), "parent", {});
    parent_ = Strategy::Load(folder_.File("parent"));
  }

  /// Episodes of `acting` and what is learned from them, in the folder `out`.
  Strategy Learn(const Strategy& acting, const agent_ref::BuildingRules& rules,
                 const std::string& out, const std::vector<std::string>& kept) {
    acting.Save(folder_.File("acting"));
    const Strategy exploring =
        agent_ref::With(acting, {{"set_param", "planner/parameters/explore_on_error", 1},
                                 {"set_param", "planner/parameters/explore_tries", 14},
                                 {"set_param", "planner/parameters/explore_retries", 1}});
    const auto agent = agent_ref::ReferenceAgentFactory().Make(exploring);
    std::string lines;
    for (const std::string& family : agent_ref::BuildingFamilies()) {
      for (std::uint64_t seed = 0; seed < 15; ++seed) {
        trace::Trace trace = agent_ref::RunBuilding(*agent, family, seed, rules).trace;
        trace.split = "dev";
        lines += trace::ToJsonLine(trace) + "\n";
      }
    }
    testing::WriteFile(folder_.File("traces.jsonl"), lines);
    LearnSessionOptions options;
    options.trace_files = {folder_.File("traces.jsonl")};
    options.parent_folder = folder_.File("acting");
    options.output_folder = folder_.File(out);
    options.kept_guidelines = kept;
    RunLearnSession(options);
    return Strategy::Load(options.output_folder);
  }

  static const strategy::Guideline* Rule(const Strategy& strategy) {
    for (const strategy::Guideline& guideline : strategy.guidelines()) {
      if (guideline.id == kRule) return &guideline;
    }
    return nullptr;
  }

  const testing::TempFolder folder_;
  Strategy parent_ = agent_ref::BuildingStrategy();
};

TEST_F(LearnKeepTest, AKeptGuidelineIsNeitherRevisedNorRetired) {
  const strategy::Guideline* before = Rule(parent_);
  ASSERT_NE(before, nullptr);
  const Strategy revised = Learn(parent_, BadgeWants("sync_log"), "revised", {});
  ASSERT_NE(Rule(revised), nullptr);
  EXPECT_EQ(Rule(revised)->then, (Json{{"call_first", "sync_log"}}));
  const Strategy retired = Learn(parent_, BadgeWants("nothing"), "retired", {});
  ASSERT_NE(Rule(retired), nullptr);
  EXPECT_EQ(Rule(retired)->status, "retired");
  for (const char* helper : {"sync_log", "nothing"}) {
    const Strategy kept = Learn(parent_, BadgeWants(helper), "kept", {kRule});
    ASSERT_NE(Rule(kept), nullptr) << helper;
    EXPECT_EQ(*Rule(kept), *before) << helper;
  }
}

TEST_F(LearnKeepTest, AGuidelineThatTheParentDoesNotHaveIsRefused) {
  try {
    Learn(parent_, BadgeWants("sync_log"), "refused", {kRule, "open_door.first.show_bagde"});
    FAIL() << "a misspelt id protects nothing";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("--keep"));
    EXPECT_THAT(error.what(), HasSubstr(std::string("did you mean \"") + kRule + "\"?"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.File("refused")));
}

}  // namespace
}  // namespace kedge::loop
