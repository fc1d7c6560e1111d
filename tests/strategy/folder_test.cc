#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/strategy/strategy.h"
#include "tests/strategy/samples.h"
#include "tests/testing/needs.h"

namespace kedge::strategy {
namespace {

using kedge::testing::TempFolder;
using kedge::testing::WriteFile;

constexpr const char* kHead = "format: kedge-strategy/1\nname: s\n";

TEST(StrategyFolder, SaveAndLoadGiveTheSameStrategy) {
  TempFolder folder;
  const Strategy saved = Strategy::FromLayers("sample", {std::string(64, 'b')}, SampleLayers(),
                                              {{"made_by", "test"}, {"note", "a: b # c"}});
  saved.Save(folder.File("s"));
  const Strategy loaded = Strategy::Load(folder.File("s"));
  EXPECT_EQ(loaded.hash(), saved.hash());
  EXPECT_EQ(loaded.ToJson(), saved.ToJson());
  EXPECT_EQ(loaded.provenance(), saved.provenance());
  EXPECT_EQ(loaded.guidelines(), saved.guidelines());
  EXPECT_TRUE(Diff(saved, loaded).empty());
}

TEST(StrategyFolder, SavingIsDeterministic) {
  TempFolder folder;
  SampleStrategy().Save(folder.File("a"));
  Strategy::Load(folder.File("a")).Save(folder.File("b"));
  for (const char* file : {"strategy.yaml", "guidelines.yaml", "planner.yaml"}) {
    EXPECT_EQ(kedge::testing::ReadWholeFile(folder.File(std::string("a/") + file)),
              kedge::testing::ReadWholeFile(folder.File(std::string("b/") + file)));
  }
}

TEST(StrategyFolder, ReadsJsonLayersAndHandWrittenYaml) {
  TempFolder folder;
  WriteFile(folder.File("strategy.yaml"),
            std::string(kHead) + "layers: {model: model.json, guidelines: g.yaml}\n");
  WriteFile(folder.File("model.json"), R"({"temperature": 1})");
  WriteFile(folder.File("g.yaml"),
            "# hand-written\nguidelines:\n- id: a\n  text: Show it.\n"
            "  when: {tool: open}\n  then: {call_first: show}\n");
  const Strategy strategy = Strategy::Load(folder.path());
  EXPECT_EQ(strategy.layer("model")["temperature"], 1);
  ASSERT_EQ(strategy.guidelines().size(), 1u);
  EXPECT_EQ(strategy.guidelines()[0].status, "active");
  EXPECT_EQ(strategy.node("guidelines")["guidelines"].Items()[0]["then"].line(), 6);
}

TEST(StrategyFolder, ATouchedLayerDoesNotPassForTheOldStrategy) {
  TempFolder folder;
  SampleStrategy().Save(folder.path());
  WriteFile(folder.File("model.yaml"), "{alias: offline, temperature: 0.5, seed: 8}\n");
  try {
    Strategy::Load(folder.path());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_EQ(error.field(), "hash");
  }
}

struct Broken {
  const char* what;
  const char* head;  // after format and name; a full file when it starts with '='
  const char* file;  // "name:text", or empty
  const char* expected[3];
  ErrorKind kind = ErrorKind::kBadData;
};

TEST(StrategyFolder, EveryBrokenFileIsOneMessageWithItsPlace) {
  const Broken cases[] = {
      {"unknown field", "parent: []\n", "", {"strategy.yaml:3", "parent", "parents"}},
      {"other format", "=format: kedge-strategy/2\nname: s\n", "", {"strategy.yaml:1", "format"}},
      {"no name", "=format: kedge-strategy/1\n", "", {"strategy.yaml", "name"}},
      {"bad name", "=format: kedge-strategy/1\nname: a/b\n", "", {"strategy.yaml", "a/b"}},
      {"bad parent", "parents: [abc]\n", "", {"strategy.yaml", "abc", "hash"}},
      {"unknown layer", "layers: {planer: p.yaml}\n", "", {"strategy.yaml:3", "planner"}},
      {"layer elsewhere", "layers: {model: ../m.yaml}\n", "", {"strategy.yaml:3", "folder"}},
      {"layer missing", "layers: {model: m.yaml}\n", "", {"m.yaml"}, ErrorKind::kMissingInput},
      {"provenance", "provenance: hand\n", "", {"provenance", "object"}},
      {"not YAML", "layers: {model: m.yaml}\n", "m.yaml:{a: [1\n", {"m.yaml"}},
      {"duplicate key", "layers: {model: m.yaml}\n", "m.yaml:seed: 1\nseed: 2\n", {"m.yaml:2"}},
      {"layer is a list", "layers: {model: m.yaml}\n", "m.yaml:[1]\n", {"m.yaml", "object"}},
      {"null",
       "layers: {planner: m.yaml}\n",
       "m.yaml:parameters:\n  explore: null\n",
       {"m.yaml:2", "parameters.explore", "leave"}},
      {"temperature",
       "layers: {model: m.yaml}\n",
       "m.yaml:temperature: 3\n",
       {"m.yaml:1", "temperature", "2"}},
      {"model key",
       "layers: {model: m.yaml}\n",
       "m.yaml:temprature: 1\n",
       {"m.yaml:1", "temperature"}},
      {"price", "layers: {model: m.yaml}\n", "m.yaml:price: {input: -1}\n", {"price.input"}},
      {"retrieval", "layers: {retrieval: m.yaml}\n", "m.yaml:k: 0\n", {"m.yaml:1", "k"}},
      {"policy key",
       "layers: {tool_policy: m.yaml}\n",
       "m.yaml:confrim: [a]\n",
       {"m.yaml:1", "confirm"}},
      {"parameter",
       "layers: {planner: m.yaml}\n",
       "m.yaml:parameters: {explore: often}\n",
       {"m.yaml:1", "parameters.explore"}},
      {"goal twice",
       "layers: {planner: m.yaml}\n",
       "m.yaml:goals:\n- id: a\n- id: a\n",
       {"m.yaml:3", "goals[1].id", "twice"}},
      {"section twice",
       "layers: {instructions: m.yaml}\n",
       "m.yaml:sections:\n- {name: a, text: x}\n- {name: a, text: y}\n",
       {"m.yaml:3", "sections[1].name", "twice"}},
      {"section key",
       "layers: {instructions: m.yaml}\n",
       "m.yaml:sections:\n- {name: a, txt: x}\n",
       {"m.yaml:2", "text"}},
      {"guideline twice",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a, text: x}\n- {id: a, text: y}\n",
       {"m.yaml:3", "guidelines[1].id", "twice"}},
      {"guideline without text",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a}\n",
       {"m.yaml:2", "text"}},
      {"guideline id",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a b, text: x}\n",
       {"m.yaml:2", "id"}},
      {"guideline status",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a, text: x, status: on}\n",
       {"m.yaml:2", "status", "active"}},
      {"active rule not understood",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- id: a\n  text: x\n  when: {tool: t}\n  then: {call_frist: u}\n",
       {"m.yaml:5", "call_first", "quarantined"}},
      {"support",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a, text: x, support: -1}\n",
       {"m.yaml:2", "support"}},
      {"source",
       "layers: {guidelines: m.yaml}\n",
       "m.yaml:guidelines:\n- {id: a, text: x, sources: [{trace: t, step: [1]}]}\n",
       {"m.yaml:2", "steps"}},
      {"wrong hash", "hash: abc\n", "", {"strategy.yaml:3", "hash"}},
  };
  for (const Broken& broken : cases) {
    SCOPED_TRACE(broken.what);
    TempFolder folder;
    const std::string head = broken.head;
    WriteFile(folder.File("strategy.yaml"), head[0] == '=' ? head.substr(1) : kHead + head);
    const std::string file = broken.file;
    const std::size_t colon = file.find(':');
    if (!file.empty()) WriteFile(folder.File(file.substr(0, colon)), file.substr(colon + 1));
    try {
      Strategy::Load(folder.path());
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), broken.kind) << error.what();
      for (const char* expected : broken.expected) {
        if (expected == nullptr) continue;
        EXPECT_NE(std::string(error.what()).find(expected), std::string::npos)
            << "no \"" << expected << "\" in: " << error.what();
      }
    }
  }
}

TEST(StrategyFolder, AMissingFolderIsMissingInput) {
  try {
    Strategy::Load("/nonexistent/strategy");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMissingInput);
  }
}

}  // namespace
}  // namespace kedge::strategy
