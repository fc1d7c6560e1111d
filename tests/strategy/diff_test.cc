#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/strategy/strategy.h"
#include "tests/strategy/samples.h"

namespace kedge::strategy {
namespace {

TEST(Diff, EqualStrategiesDoNotDiffer) {
  EXPECT_TRUE(Diff(SampleStrategy(), SampleStrategy()).empty());
}

TEST(Diff, NamesEveryKindOfChange) {
  auto layers = SampleLayers();
  layers["instructions"]["sections"][1]["text"] = "Be kind.";
  Json& guidelines = layers["guidelines"]["guidelines"];
  guidelines[0]["text"] = "Revised.";
  guidelines[1]["status"] = "retired";
  guidelines[1]["evidence"] = {{"retired", "why"}};
  guidelines.erase(2);
  guidelines.push_back({{"id", "new"}, {"text", "n"}});
  std::swap(guidelines[0], guidelines[1]);
  layers["planner"]["parameters"]["explore"] = 0.5;
  layers["planner"]["goals"][1]["tool"] = "shut_door";
  layers["model"].erase("seed");
  layers["tool_policy"]["rate"] = {{"open_door", 2}};
  const std::vector<Change> changes =
      Diff(SampleStrategy(), Strategy::FromLayers("changed", {}, layers));
  std::vector<std::string> seen;
  for (const Change& change : changes) seen.push_back(change.kind + " " + change.what);
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "edit_section style", "remove polite", "retire knock", "revise badge-first",
                      "add new", "reorder guidelines", "set_param tool_policy/rate",
                      "set_param planner/goals/leave/tool", "set_param planner/parameters/explore",
                      "set_param model/seed"}));
  EXPECT_THROW(ToOperations(changes), Error) << "a removal is not an operation";
}

// A random descendant, made without Apply, so that the property does not lean on itself.
std::map<std::string, Json> Mutated(std::map<std::string, Json> layers, Random& random) {
  Json& guidelines = layers["guidelines"]["guidelines"];
  for (auto n = random.Below(4); n > 0; --n) {
    Json record = {{"id", "n" + std::to_string(random.Next64())}, {"text", "t"}};
    if (random.Bernoulli(0.5)) record["when"] = {{"tool", "x"}};
    if (record.contains("when")) record["then"] = {{"stop", "y"}};
    guidelines.insert(guidelines.begin() + static_cast<int>(random.Below(guidelines.size() + 1)),
                      record);
  }
  for (Json& record : guidelines) {
    if (random.Bernoulli(0.2)) record["text"] = "t" + std::to_string(random.Below(9));
    if (random.Bernoulli(0.2)) record["scope"] = Json::array({"a"});
    if (random.Bernoulli(0.1)) record.erase("sources");
    if (random.Bernoulli(0.2)) {
      record["status"] = "retired";
      record["evidence"] = {{"retired", "r" + std::to_string(random.Below(3))}};
    }
  }
  std::vector<Json> shuffled(guidelines.begin(), guidelines.end());
  if (random.Bernoulli(0.5)) random.Shuffle(shuffled);
  guidelines = shuffled;
  Json& sections = layers["instructions"]["sections"];
  for (Json& section : sections) {
    const bool edit = section["name"] != "role" && random.Bernoulli(0.5);  // `role` is frozen
    if (edit) section["text"] = "T" + std::to_string(random.Below(3));
  }
  if (random.Bernoulli(0.3)) {
    const std::string name = "s" + std::to_string(random.Next64());
    sections.insert(sections.begin(), Json({{"name", name}, {"text", "first"}}));
  }
  if (random.Bernoulli(0.5)) layers["planner"]["parameters"]["asks"] = random.Below(5);
  if (random.Bernoulli(0.3)) layers["planner"]["goals"][0]["tool"] = "t";
  Json& goals = layers["planner"]["goals"];
  if (goals.size() > 1 && random.Bernoulli(0.3)) goals.erase(1);
  if (random.Bernoulli(0.3)) layers["planner"]["types"]["a/b~c"] = {{"ask", "?"}};
  if (random.Bernoulli(0.3)) layers["tool_policy"].erase("retry");
  if (random.Bernoulli(0.3)) layers["model"]["temperature"] = random.Uniform();
  if (random.Bernoulli(0.2)) layers["retrieval"] = Json::object();
  return layers;
}

TEST(Diff, ItsOperationsRebuildTheCandidate) {
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    const Strategy base = Strategy::FromLayers("base", {}, Mutated(SampleLayers(), random));
    std::map<std::string, Json> layers;
    for (const std::string_view name : kLayerNames) layers[std::string(name)] = base.layer(name);
    const Strategy candidate = Strategy::FromLayers("candidate", {}, Mutated(layers, random));
    const std::vector<Change> changes = Diff(base, candidate);
    EXPECT_EQ(changes.empty(), base.hash() == candidate.hash());
    const Strategy rebuilt = Apply(base, base.hash(), ToOperations(changes), "rebuilt", {});
    ASSERT_EQ(rebuilt.hash(), candidate.hash()) << "round " << i;
    EXPECT_TRUE(Diff(rebuilt, candidate).empty());
  }
}

TEST(Diff, AndBackAgain) {
  const Strategy base = SampleStrategy();
  const Strategy child =
      Apply(base, base.hash(),
            {{"set_param", "planner/parameters/explore", 0.5},
             {"revise", "knock", {{"text", "Knock twice."}}},
             {"reorder", "guidelines", Json::array({"polite", "badge-first", "knock"})}},
            "child", {});
  const Strategy back = Apply(child, child.hash(), ToOperations(Diff(child, base)), "back", {});
  EXPECT_EQ(back.hash(), base.hash());
}

}  // namespace
}  // namespace kedge::strategy
