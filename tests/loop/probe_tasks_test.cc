#include "harness/loop/probe_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProbeTasksTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = suite::Suite::Load(testing::SourcePath("tasksuites/retail"),
                                {.split = "all", .tasks_per_family = 2});
  }
  static void TearDownTestSuite() { suite_.reset(); }

  static Json Named(const std::vector<std::string>& tasks) {
    Json probes = Json::array();
    for (const std::string& task : tasks) probes.push_back({{"trace", "t"}, {"task", task}});
    return {{"probes", probes}};
  }

  void Add(const std::string& id, const Json& evidence, const std::string& status = "active") {
    guidelines_.push_back({{"id", id},
                           {"status", status},
                           {"text", "-"},
                           {"when", {{"tool", "cancel_order"}}},
                           {"then", {{"confirm", true}}},
                           {"evidence", evidence}});
  }

  strategy::Strategy Champion() const {
    return strategy::Strategy::FromLayers("champion", {},
                                          {{"guidelines", {{"guidelines", guidelines_}}}});
  }

  /// The ids of the tasks chosen, in order.
  std::vector<std::string> Chosen(std::size_t wanted, bool dev_only = false) const {
    const strategy::Strategy champion = Champion();
    std::vector<std::string> ids;
    for (const std::size_t task :
         ChooseProbeTasks(*suite_, {champion, protected_, dev_only, wanted})) {
      ids.push_back(suite_->tasks()[task].id);
    }
    return ids;
  }

  std::vector<std::string> Named(std::size_t wanted, bool dev_only = false) const {
    std::vector<std::string> ids = Chosen(wanted, dev_only);
    ids.resize((wanted + 1) / 2);
    return ids;
  }

  static std::shared_ptr<const suite::Suite> suite_;
  Json guidelines_ = Json::array();
  std::vector<std::string> protected_;
};

std::shared_ptr<const suite::Suite> ProbeTasksTest::suite_;

TEST_F(ProbeTasksTest, WhatGuidelinesNameComesFirstOneOfEachInTurn) {
  Add("a", Named({"dev_new_home-001", "dev_new_home-002"}));
  Add("b", Named({"dev_price_quote-002"}));
  Add("guarded", Named({"dev_stock_visit-001", "dev_stock_visit-002"}));
  protected_ = {"guarded"};
  EXPECT_THAT(Named(10),
              ElementsAre("dev_stock_visit-001", "dev_stock_visit-002", "dev_new_home-001",
                          "dev_price_quote-002", "dev_new_home-002"));
}

TEST_F(ProbeTasksTest, OnlyTasksThatThereAreAndThatMayBeUsedCount) {
  Add("a", Named({"dev_new_home-003", "dev_new_home-001"}));       // two a family
  Add("b", Named({"cancel_pending-001", "dev_price_quote-001"}));  // of the gate
  Add("c", Named({"dev_new_home-001"}));                           // once is enough
  Add("resting", Named({"dev_stock_visit-001"}), "retired");
  EXPECT_THAT(Named(6),
              ElementsAre("cancel_pending-001", "dev_new_home-001", "dev_price_quote-001"));
  EXPECT_THAT(Named(4, true), ElementsAre("dev_new_home-001", "dev_price_quote-001"));
}

// Else a guideline could choose what its successors are tried on.
TEST_F(ProbeTasksTest, AGuidelineNamesThreeAndAllOfThemHalfTheSet) {
  const std::vector<std::string> unnamed = Chosen(10);
  Add("greedy", Named({"dev_new_home-001", "dev_new_home-002", "dev_price_quote-001",
                       "dev_price_quote-002", "dev_stock_visit-001"}));
  std::vector<std::string> chosen = Chosen(10);
  EXPECT_EQ(chosen[3], unnamed[0]);
  Add("second", Named({"dev_stock_visit-001", "dev_stock_visit-002", "dev_cancel_mistake-001"}));
  Add("third", Named({"dev_redirect_parcel-001"}));
  chosen = Chosen(10);
  EXPECT_THAT(std::vector<std::string>(chosen.begin() + 5, chosen.end()),
              ElementsAre(unnamed[0], unnamed[1], unnamed[2], unnamed[3], unnamed[4]));
}

TEST_F(ProbeTasksTest, TheRestIsOneOfEachFamilyInTurnAndEachTaskOnce) {
  Add("a", Named({"dev_new_home-001"}));
  std::set<std::string> usable, families;
  for (const suite::Task& task : suite_->tasks()) {
    if (task.split == "vault") continue;
    usable.insert(task.id);
    families.insert(task.family);
  }
  const std::vector<std::string> all = Chosen(1000);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()), usable);
  EXPECT_THAT(all, SizeIs(usable.size()));
  std::set<std::string> met;
  for (const std::string& id : Chosen(families.size() + 1)) met.insert(id.substr(0, id.rfind('-')));
  EXPECT_EQ(met, families);
}

TEST_F(ProbeTasksTest, EvidenceThatNamesNoTasksIsPassedOver) {
  Add("none", Json::object());
  Add("text", {{"probes", "dev_new_home-001"}});
  Add("odd", {{"probes", {1, "dev_new_home-001", {{"task", 7}}, {{"trace", "t"}}}}});
  EXPECT_FALSE(NamesProbes(Champion()));
  Add("one", Named({"dev_new_home-002"}));
  EXPECT_TRUE(NamesProbes(Champion()));
  EXPECT_THAT(Named(2), ElementsAre("dev_new_home-002"));
  EXPECT_THAT(Chosen(0), IsEmpty());
}

}  // namespace
}  // namespace kedge::loop
