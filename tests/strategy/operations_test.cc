#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/strategy/strategy.h"
#include "harness/strategy/validation.h"
#include "tests/strategy/samples.h"

namespace kedge::strategy {
namespace {

Strategy ApplyOne(const Strategy& parent, const Operation& operation) {
  return Apply(parent, parent.hash(), {operation}, "child", {{"by", "test"}});
}

const Json& Record(const Strategy& strategy, std::size_t index) {
  return strategy.layer("guidelines")["guidelines"][index];
}

TEST(Apply, NamesTheParentAndKeepsProvenance) {
  const Strategy parent = SampleStrategy();
  const Strategy child = ApplyOne(parent, {"set_param", "retrieval/k", 9});
  EXPECT_EQ(child.parents(), std::vector<std::string>{parent.hash()});
  EXPECT_EQ(child.provenance()["by"], "test");
  EXPECT_EQ(child.name(), "child");
  EXPECT_EQ(child.layer("retrieval")["k"], 9);
}

TEST(Apply, ComparesAndSwaps) {
  const Strategy parent = SampleStrategy();
  const Strategy other = ApplyOne(parent, {"set_param", "retrieval/k", 9});
  try {
    Apply(other, parent.hash(), {}, "late", {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kTemporary);
    EXPECT_NE(std::string(error.what()).find(other.hash()), std::string::npos);
  }
}

TEST(Apply, AddAppendsAndQuarantinesWhatItDoesNotUnderstand) {
  const Strategy parent = SampleStrategy();
  const Strategy good = ApplyOne(parent, {"add", "new", ParseJson(R"({"text": "t",
      "when": {"tool": "a"}, "then": {"call_after": "b"}})")});
  ASSERT_EQ(good.guidelines().size(), 4u);
  EXPECT_EQ(good.guidelines()[3].status, "active");
  const Strategy odd = ApplyOne(parent, {"add", "odd", ParseJson(R"({"text": "t",
      "status": "active", "when": {"tool": "a"}, "then": {"wipe": "b"}})")});
  EXPECT_EQ(odd.guidelines()[3].status, "quarantined");
  EXPECT_EQ(odd.guidelines()[3].then["wipe"], "b") << "kept for a person to read";
}

TEST(Apply, ReviseReplacesAndRemovesFields) {
  const Strategy child = ApplyOne(
      SampleStrategy(), {"revise", "badge-first", {{"text", "Now."}, {"support", nullptr}}});
  EXPECT_EQ(Record(child, 0)["text"], "Now.");
  EXPECT_FALSE(Record(child, 0).contains("support"));
  EXPECT_TRUE(Record(child, 0).contains("when"));
}

TEST(Apply, AMeasurementIsLostWithTheRuleItIsAbout) {
  const Strategy measured =
      WithValidation(SampleStrategy(), {{"badge-first", {{"pairs", 300}}}}, Json::object());
  EXPECT_EQ(measured.guidelines()[0].validation["pairs"], 300);
  EXPECT_EQ(measured.parents(), std::vector<std::string>{SampleStrategy().hash()});
  EXPECT_EQ(Diff(SampleStrategy(), measured).size(), 1u);
  EXPECT_TRUE(BroughtGuidelines(SampleStrategy(), measured).empty());
  const Strategy seen_more = ApplyOne(measured, {"revise", "badge-first", {{"support", 9}}});
  EXPECT_EQ(seen_more.guidelines()[0].validation["pairs"], 300);
  const Strategy reworded = ApplyOne(measured, {"revise", "badge-first", {{"text", "Now."}}});
  EXPECT_TRUE(reworded.guidelines()[0].validation.is_null());
  EXPECT_EQ(BroughtGuidelines(measured, reworded), std::vector<std::string>{"badge-first"});
  EXPECT_THROW(WithValidation(SampleStrategy(), {{"nobody", Json::object()}}, {}), Error);
}

TEST(Apply, RetireLeavesATombstone) {
  const Strategy child = ApplyOne(SampleStrategy(), {"retire", "knock", "of no use"});
  ASSERT_EQ(child.guidelines().size(), 3u);
  EXPECT_EQ(child.guidelines()[1].status, "retired");
  EXPECT_EQ(child.guidelines()[1].evidence["retired"], "of no use");
  EXPECT_THROW(ApplyOne(child, {"retire", "knock", "again"}), Error);
}

TEST(Apply, MergeUnitesSources) {
  const Strategy two = ApplyOne(SampleStrategy(), {"add", "badge-too", ParseJson(R"({"text": "t",
      "when": {"tool": "open_gate"}, "then": {"call_first": "show_badge"}, "support": 2,
      "sources": [{"trace": "t1", "steps": [1, 2], "outcome": "success", "family": "enter"},
                  {"trace": "t2", "steps": [3], "outcome": "success"}]})")});
  const Strategy merged = ApplyOne(two, {"merge", "badge-first", Json::array({"badge-too"})});
  EXPECT_EQ(merged.guidelines()[0].sources.size(), 2u);
  EXPECT_EQ(merged.guidelines()[0].support, 2);
  EXPECT_EQ(merged.guidelines()[3].status, "retired");
  EXPECT_THROW(ApplyOne(two, {"merge", "badge-first", Json::array({"knock"})}), Error);
}

TEST(Apply, SetParamWalksObjectsAndListsWithIds) {
  const Strategy parent = SampleStrategy();
  EXPECT_EQ(ApplyOne(parent, {"set_param", "planner/goals/leave/tool", "shut_door"})
                .layer("planner")["goals"][1]["tool"],
            "shut_door");
  EXPECT_EQ(ApplyOne(parent, {"set_param", "tool_policy/rate/open~1door", 2})
                .layer("tool_policy")["rate"]["open/door"],
            2);
  EXPECT_FALSE(
      ApplyOne(parent, {"set_param", "model/seed", nullptr}).layer("model").contains("seed"));
}

TEST(Apply, EditSectionAndReorder) {
  const Strategy parent = SampleStrategy();
  EXPECT_EQ(ApplyOne(parent, {"edit_section", "style", "Be kind."})
                .layer("instructions")["sections"][1]["text"],
            "Be kind.");
  EXPECT_EQ(
      ApplyOne(parent, {"edit_section", "more", "New."}).layer("instructions")["sections"].size(),
      3u);
  const Strategy reordered =
      ApplyOne(parent, {"reorder", "guidelines", Json::array({"polite", "knock", "badge-first"})});
  EXPECT_EQ(reordered.guidelines()[0].id, "polite");
  EXPECT_EQ(reordered.guidelines()[2], parent.guidelines()[0]);
}

TEST(Apply, WhatCannotBeAppliedIsNamedAndNothingIsApplied) {
  const Strategy parent = SampleStrategy();
  const std::pair<Operation, const char*> cases[] = {
      {{"ad", "x", Json::object()}, "add"},
      {{"add", "knock", {{"text", "t"}}}, "exists"},
      {{"add", "x", "text"}, "object"},
      {{"add", "x", {{"txt", "t"}}}, "text"},
      {{"add", "x", {{"text", "t"}, {"validation", Json::object()}}}, "gate"},
      {{"add", "a b", {{"text", "t"}}}, "letters"},
      {{"revise", "nobody", Json::object()}, "nobody"},
      {{"revise", "knock", {{"validation", {{"gain", 1}}}}}, "gate"},
      {{"revise", "knock", {{"id", "other"}}}, "id"},
      {{"revise", "knock", {{"scope", nullptr}}}, "scope"},
      {{"revise", "knock", {{"support", -2}}}, "support"},
      {{"retire", "nobody", "why"}, "nobody"},
      {{"retire", "knock", 7}, "text"},
      {{"merge", "knock", Json::array({"knock"})}, "itself"},
      {{"set_param", "guidelines/guidelines", Json::array()}, "planner/"},
      {{"set_param", "planner", 1}, "planner/"},
      {{"set_param", "planner//x", 1}, "empty"},
      {{"set_param", "planner/goals/nobody/tool", "x"}, "nobody"},
      {{"set_param", "planner/parameters/explore/x", 1}, "no parts"},
      {{"set_param", "planner/parameters/explore", "often"}, "explore"},
      {{"set_param", "model/temperature", 3}, "temperature"},
      {{"set_param", "model/temprature", 1}, "temperature"},
      {{"set_param", "model/alias/", 1}, "empty"},
      {{"set_param", "retrieval/min_support", nullptr}, "min_support"},
      {{"edit_section", "role", "You open everything."}, "frozen"},
      {{"edit_section", "style", 1}, "text"},
      {{"reorder", "planner", Json::array()}, "order"},
      {{"reorder", "guidelines", Json::array({"knock", "polite"})}, "every one"},
      {{"reorder", "guidelines", Json::array({"knock", "polite", "knock"})}, "every one"},
      {{"reorder", "guidelines", Json::array({"knock", "polite", "x"})}, "\"x\""},
  };
  for (const auto& [operation, expected] : cases) {
    SCOPED_TRACE(DumpJson(ToJson(operation)));
    try {
      Apply(parent, parent.hash(), {{"set_param", "retrieval/k", 9}, operation}, "c", {});
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_NE(text.find(expected), std::string::npos) << text;
      EXPECT_NE(text.find("operation 2 (" + operation.op), std::string::npos) << text;
    }
  }
  EXPECT_EQ(parent.hash(), SampleStrategy().hash());
}

}  // namespace
}  // namespace kedge::strategy
