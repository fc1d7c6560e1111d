// Random sequences of operations: what must hold whatever is done to a strategy.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/strategy/strategy.h"
#include "tests/strategy/samples.h"
#include "tests/testing/needs.h"

namespace kedge::strategy {
namespace {

constexpr int kSequences = 100;
constexpr int kSteps = 12;

/// Draws operations, most of which can be applied.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(random_.Below(n)); }
  std::string Id() { return "g" + std::to_string(Below(8)); }

  Json Sources() {
    Json sources = Json::array();
    for (std::size_t i = Below(3); i > 0; --i) {
      sources.push_back({{"trace", "t" + std::to_string(Below(5))},
                         {"steps", {Below(4)}},
                         {"outcome", "success"}});
    }
    return sources;
  }

  Operation Draw(const Strategy& now) {
    const auto& records = now.guidelines();
    const std::string known = records.empty() ? "none" : records[Below(records.size())].id;
    const std::string tool = "tool" + std::to_string(Below(2));
    switch (Below(8)) {
      case 0:
      case 1: {
        Json value = {{"text", "Text " + std::to_string(Below(100))},
                      {"when", {{"tool", tool}}},
                      {"then", {{"call_first", "helper" + std::to_string(Below(2))}}}};
        const Json sources = Sources();
        if (!sources.empty()) value["sources"] = sources;
        return {"add", Id(), value};
      }
      case 2:
        return {"revise", known, {{"text", "Again " + std::to_string(Below(100))}}};
      case 3:
        return {"retire", known, "of no use"};
      case 4:
        return {"merge", known, Json::array({records[Below(records.size())].id})};
      case 5:
        return {"set_param", "planner/parameters/explore", 0.125 * static_cast<double>(Below(8))};
      case 6:
        return {"edit_section", "style", "Style " + std::to_string(Below(100))};
      default: {
        std::vector<std::string> order;
        for (const Guideline& record : records) order.push_back(record.id);
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[Below(i)]);
        return {"reorder", "guidelines", Json(order)};
      }
    }
  }

 private:
  Random random_;
};

std::set<std::string> LayersOf(const std::string& op) {
  if (op == "set_param") return {"planner"};
  if (op == "edit_section") return {"instructions"};
  return {"guidelines"};
}

std::set<GuidelineSource> SourcesOf(const Guideline& record) {
  return {record.sources.begin(), record.sources.end()};
}

const Guideline& Find(const Strategy& strategy, const std::string& id) {
  return *std::find_if(strategy.guidelines().begin(), strategy.guidelines().end(),
                       [&](const Guideline& one) { return one.id == id; });
}

void CheckStep(const Strategy& parent, const Operation& operation, const Strategy& child) {
  const std::set<std::string> touched = LayersOf(operation.op);
  Json layer_hashes = Json::object();
  for (const auto& [layer, hash] : child.layer_hashes()) {
    const bool same = hash == parent.layer_hashes().at(layer);
    EXPECT_TRUE(same || touched.count(layer) != 0) << layer;
    EXPECT_EQ(hash, Sha256Hex(CanonicalJson(child.layer(layer))));
    layer_hashes[layer] = hash;
  }
  EXPECT_EQ(child.hash(), Sha256Hex(CanonicalJson(layer_hashes))) << "a Merkle root";
  EXPECT_EQ(child.parents(), std::vector<std::string>{parent.hash()});
  for (const Guideline& record : parent.guidelines()) {
    const Guideline& now = Find(child, record.id);  // a tombstone at least
    const std::set<GuidelineSource> before = SourcesOf(record);
    const std::set<GuidelineSource> after = SourcesOf(now);
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    const bool was_retired = record.status == "retired" && operation.op != "revise";
    EXPECT_TRUE(!was_retired || now.status == "retired");
  }
  if (operation.op == "merge") {
    std::set<GuidelineSource> expected = SourcesOf(Find(parent, operation.target));
    const Guideline& other = Find(parent, operation.value[0].get<std::string>());
    expected.insert(other.sources.begin(), other.sources.end());
    EXPECT_EQ(SourcesOf(Find(child, operation.target)), expected);
    EXPECT_EQ(Find(child, other.id).evidence["retired"], "merged into " + operation.target);
  }
  EXPECT_EQ(Apply(parent, parent.hash(), ToOperations(Diff(parent, child)), "again", {}).hash(),
            child.hash());
}

TEST(OperationsProperty, EveryStepKeepsWhatMustBeKept) {
  int applied = 0;
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    Dice dice(static_cast<std::uint64_t>(sequence));
    Strategy now = SampleStrategy();
    for (int step = 0; step < kSteps; ++step) {
      const Operation operation = dice.Draw(now);
      SCOPED_TRACE(std::to_string(sequence) + ": " + DumpJson(ToJson(operation)));
      const std::string before = CanonicalJson(now.ToJson());
      try {
        const Strategy child = Apply(now, now.hash(), {operation}, "child", {});
        EXPECT_EQ(CanonicalJson(now.ToJson()), before) << "the parent stays as it was";
        CheckStep(now, operation, child);
        now = child;
        ++applied;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kBadData) << error.what();
      }
    }
  }
  EXPECT_GT(applied, kSequences * kSteps / 2) << "most draws must be of use";
}

// Whoever prepared a change from a parent that is no longer the champion is told so.
TEST(OperationsProperty, AStaleParentIsRefused) {
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    Dice dice(static_cast<std::uint64_t>(sequence));
    const Strategy parent = SampleStrategy();
    const Operation operation = {"edit_section", "style", "S" + std::to_string(sequence)};
    const Strategy moved = Apply(parent, parent.hash(), {operation}, "moved", {});
    try {
      Apply(moved, parent.hash(), {dice.Draw(moved)}, "late", {});
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kTemporary);
      EXPECT_NE(std::string(error.what()).find(moved.hash()), std::string::npos);
    }
  }
}

// A saved parent is the way back: the same bytes, whatever was made of it.
TEST(OperationsProperty, TheParentsFolderComesBackByteForByte) {
  const testing::TempFolder folder;
  for (int sequence = 0; sequence < 20; ++sequence) {
    Dice dice(static_cast<std::uint64_t>(1000 + sequence));
    Strategy now = SampleStrategy();
    std::vector<Strategy> line = {now};
    for (int step = 0; step < kSteps; ++step) {
      try {
        now = Apply(now, now.hash(), {dice.Draw(now)}, "s" + std::to_string(step), {});
        line.push_back(now);
      } catch (const Error&) {
        continue;
      }
    }
    for (const Strategy& each : line) {
      const std::string first = folder.File("first");
      const std::string second = folder.File("second");
      each.Save(first);
      Strategy::Load(first).Save(second);
      for (const char* file : {"/strategy.yaml", "/guidelines.yaml", "/planner.yaml"}) {
        EXPECT_EQ(testing::ReadWholeFile(first + file), testing::ReadWholeFile(second + file));
      }
      EXPECT_EQ(Strategy::Load(second).hash(), each.hash());
    }
  }
}

}  // namespace
}  // namespace kedge::strategy
