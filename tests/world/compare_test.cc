#include <gtest/gtest.h>

#include "harness/world/world.h"

namespace kedge::world {
namespace {

RowChange Change(const char* operation, Json before, Json after) {
  return {"orders", operation, {{"order_id", "W1"}}, std::move(before), std::move(after)};
}

std::string Only(const std::vector<RowChange>& expected, const std::vector<RowChange>& actual) {
  const auto lines = Compare({expected}, {actual});
  return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " lines";
}

const RowChange kCancelled = Change("update", {{"status", "pending"}}, {{"status", "cancelled"}});
const RowChange kShipped = Change("update", {{"status", "pending"}}, {{"status", "shipped"}});
const RowChange kPaid = Change("update", {{"paid", 0}}, {{"paid", 1}});
const RowChange kNew = Change("insert", nullptr, {{"order_id", "W1"}, {"paid", 0}});
const RowChange kGone = Change("delete", {{"order_id", "W1"}, {"paid", 0}}, nullptr);

TEST(Compare, SaysWhatAPersonNeedsToKnow) {
  EXPECT_EQ(Only({kCancelled}, {}),
            "orders order_id=W1: status is 'pending', expected 'cancelled'");
  EXPECT_EQ(Only({}, {kCancelled}),
            "orders order_id=W1: status is 'cancelled', expected 'pending'");
  EXPECT_EQ(Only({kCancelled}, {kShipped}),
            "orders order_id=W1: status is 'shipped', expected 'cancelled'");
  EXPECT_EQ(Only({kCancelled}, {kPaid}),
            "orders order_id=W1: paid is 1, expected 0; status is 'pending', expected 'cancelled'");
  EXPECT_EQ(Only({kNew}, {}),
            R"(orders order_id=W1: the row is missing: {"order_id":"W1","paid":0})");
  EXPECT_EQ(Only({}, {kNew}),
            R"(orders order_id=W1: unexpected new row: {"order_id":"W1","paid":0})");
  EXPECT_EQ(Only({kGone}, {}), "orders order_id=W1: the row is still there, expected it deleted");
  EXPECT_EQ(Only({}, {kGone}), "orders order_id=W1: the row is gone, expected it to stay");
  EXPECT_EQ(Only({kGone}, {kPaid}),
            "orders order_id=W1: the row is still there, expected it deleted");
  EXPECT_EQ(Only({kPaid}, {kGone}), R"(orders order_id=W1: the row is gone, expected {"paid":1})");
}

TEST(Compare, EqualDifferencesGiveNoLine) {
  EXPECT_TRUE(Compare({}, {}).empty());
  EXPECT_TRUE(Compare({{kCancelled}}, {{kCancelled}}).empty());
}

TEST(Compare, WalksBothInOrder) {
  RowChange later = kCancelled;
  later.key["order_id"] = "W2";
  RowChange other = kCancelled;
  other.table = "a_table";
  const auto lines = Compare({{kCancelled, later}}, {{other, later}});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].substr(0, 8), "a_table ");
  EXPECT_EQ(lines[1].substr(0, 18), "orders order_id=W1");
}

TEST(ToJson, HoldsAllOfIt) {
  EXPECT_EQ(ToJson({{kPaid}}), Json::parse(R"([{"table": "orders", "operation": "update",
      "key": {"order_id": "W1"}, "before": {"paid": 0}, "after": {"paid": 1}}])"));
}

}  // namespace
}  // namespace kedge::world
