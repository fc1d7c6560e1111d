#include <gtest/gtest.h>

#include <random>

#include "harness/core/error.h"
#include "harness/strategy/strategy.h"
#include "tests/strategy/samples.h"

namespace kedge::strategy {
namespace {

// Computed with Python, without kedge:
//   h = lambda o: hashlib.sha256(json.dumps(o, sort_keys=True,
//                                           separators=(',', ':')).encode()).hexdigest()
//   h({name: h(layer) for name, layer in layers.items()})   # all six layers
TEST(StrategyHash, KnownAnswer) {
  const Strategy strategy = Strategy::FromLayers(
      "known", {},
      {{"instructions", ParseJson(R"({"sections": [{"name": "role", "text": "Open doors."}]})")},
       {"guidelines", ParseJson(R"({"guidelines": [{"id": "g", "text": "Show the badge.",
           "when": {"tool": "open_door"}, "then": {"call_first": "show_badge"}}]})")},
       {"tool_policy", ParseJson(R"({"retry": {"unavailable": 2}})")},
       {"planner", ParseJson(R"({"parameters": {"explore": 0.25}})")},
       {"model", ParseJson(R"({"temperature": 1.0})")}});
  EXPECT_EQ(strategy.layer_hashes().at("guidelines"),
            "766e97bc1b42551a3d421199e2b77fbc6a7c86dcc5d1b616a7c86624605dbf90");
  EXPECT_EQ(strategy.layer_hashes().at("retrieval"),
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  EXPECT_EQ(strategy.hash(), "d6ba4a6cf394802d79bf7f2a0766cd95967318331eecd24974fe687f481ed75f");
}

TEST(StrategyHash, AbsentLayersAreEmptyOnes) {
  EXPECT_EQ(Strategy::FromLayers("empty", {}, {}).hash(),
            "49b8417fea0b0b28adc5c5d1954f00319379a912309de6838ba5fe025948fec5");
  EXPECT_EQ(
      Strategy::FromLayers("e", {}, {{"guidelines", ParseJson(R"({"guidelines": []})")}}).hash(),
      Strategy::FromLayers("empty", {}, {}).hash());
}

TEST(StrategyHash, NameParentsAndProvenanceAreNotPartOfIt) {
  const Strategy a = SampleStrategy();
  const Strategy b =
      Strategy::FromLayers("other", {std::string(64, 'a')}, SampleLayers(), {{"made_by", "test"}});
  EXPECT_EQ(a.hash(), b.hash());
}

// Changing one layer changes its own hash and the root, and no other layer's hash.
TEST(StrategyHash, IsAMerkleRootOfTheLayers) {
  const Strategy base = SampleStrategy();
  const std::map<std::string, std::pair<std::string, Json>> edits = {
      {"instructions", {"sections", Json::array({{{"name", "x"}, {"text", "y"}}})}},
      {"guidelines", {"guidelines", Json::array({{{"id", "x"}, {"text", "y"}}})}},
      {"tool_policy", {"rate", {{"open_door", 3}}}},
      {"planner", {"parameters", {{"explore", 0.5}}}},
      {"retrieval", {"k", 6}},
      {"model", {"temperature", 0.75}}};
  for (const auto& [layer, edit] : edits) {
    auto layers = SampleLayers();
    layers[layer][edit.first] = edit.second;
    const Strategy changed = Strategy::FromLayers("changed", {}, layers);
    EXPECT_NE(changed.hash(), base.hash()) << layer;
    for (const auto& [name, hash] : base.layer_hashes()) {
      EXPECT_EQ(changed.layer_hashes().at(name) == hash, name != layer) << layer << " " << name;
    }
  }
}

TEST(StrategyHash, OrderOfGuidelinesCounts) {
  auto layers = SampleLayers();
  Json& list = layers["guidelines"]["guidelines"];
  std::swap(list[0], list[1]);
  EXPECT_NE(Strategy::FromLayers("swapped", {}, layers).hash(), SampleStrategy().hash());
}

TEST(StrategyLayers, UnknownLayerIsRefusedWithAHint) {
  try {
    Strategy::FromLayers("x", {}, {{"guidlines", Json::object()}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("guidelines"), std::string::npos) << error.what();
  }
  EXPECT_THROW(SampleStrategy().layer("memory"), Error);
}

}  // namespace
}  // namespace kedge::strategy
