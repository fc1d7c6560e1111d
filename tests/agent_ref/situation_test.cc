#include "agent_ref/situation.h"

#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

CallView Call(const std::string& tool, Json arguments, const Json& result, bool explored = false) {
  CallView call;
  call.tool = tool;
  call.arguments = std::move(arguments);
  call.ok = !result.is_null();
  call.error_class = call.ok ? "" : "E";
  call.explored = explored;
  call.result = call.ok ? DumpJson(result) : "";
  return call;
}

EpisodeView View(std::vector<CallView> calls) {
  EpisodeView view;
  view.id = "e";
  view.family = "f";
  view.success = true;
  view.calls = std::move(calls);
  for (std::size_t i = 0; i < view.calls.size(); ++i) view.calls[i].step = static_cast<int>(2 * i);
  return view;
}

const Json kKey = {{"key", "k1"}};

TEST(Situation, IsWhatWasSaidBeforeAboutTheThing) {
  const EpisodeView view = View({
      Call("list", Json::object(), {{{"key", "k1"}, {"size", 3}}, {{"key", "k2"}, {"size", 9}}}),
      Call("t", {{"key", "k1"}, {"mode", "m"}, {"tags", {1, 2}}}, {{"key", "k1"}, {"done", true}}),
  });
  const Json before = SituationOf(view, 1);
  EXPECT_EQ(before["arguments"], (Json{{"key", "k1"}, {"mode", "m"}})) << "a list is no value";
  EXPECT_EQ(before["seen"], (Json{{"key", "k1"}, {"size", 3}}));
  EXPECT_EQ(SituationOf(view, 1, true)["seen"], (Json{{"key", "k1"}, {"size", 3}, {"done", true}}));
}

TEST(Situation, LeavesOutWhatExplorationFoundAndWhatFailed) {
  const EpisodeView view = View({Call("look", kKey, {{"size", 3}}, true),
                                 Call("look", kKey, nullptr), Call("t", kKey, nullptr)});
  EXPECT_EQ(SituationOf(view, 2)["seen"], Json::object());
}

TEST(Situation, TextThatIsNoJsonSaysNothing) {
  EpisodeView view = View({Call("look", kKey, Json::object()), Call("t", kKey, nullptr)});
  view.calls[0].result = "size 3";
  EXPECT_EQ(SituationOf(view, 1)["seen"], Json::object());
}

TEST(Situation, BelongsToTheCallThatATrialBeganWith) {
  const EpisodeView view = View(
      {Call("t", kKey, nullptr), Call("u", kKey, {{"size", 3}}), Call("t", kKey, {{"size", 4}})});
  std::vector<Trial> trials = RecoveryTrials({&view});
  for (Trial& trial : OrderTrials({&view}, {"t"})) trials.push_back(std::move(trial));
  NoteSituations(trials);
  ASSERT_EQ(trials.size(), 3u);
  EXPECT_EQ(trials[0].situation["seen"], Json::object()) << "the failed call knew nothing yet";
  EXPECT_EQ(trials[1].situation["seen"], (Json{{"size", 3}}));
  EXPECT_EQ(trials[2].situation["seen"], (Json{{"size", 4}}))
      << "after: with the tool's own answer";
}

}  // namespace
}  // namespace kedge::agent_ref
