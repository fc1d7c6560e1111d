// What one decision costs with many guidelines: those of the tool at hand are ten of N, as when a
// playbook grows by tools, or all of N, the worst case.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "agent_ref/rulebook.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {
namespace {

constexpr std::int64_t kRulesOfATool = 10;

class Blank : public History {
 public:
  bool Succeeded(const std::string&) const override { return false; }
  bool Knows(const std::string&) const override { return false; }
  const WordSet& Words() const override { return words_; }

 private:
  const WordSet words_ = WordsIn("Please cancel my order, it was a mistake, and pay me back.");
};

Playbook MakePlaybook(std::int64_t rules, bool one_tool, const Json& retrieval) {
  Json records = Json::array();
  for (std::int64_t i = 0; i < rules; ++i) {
    const std::string number = std::to_string(i);
    const std::string tool = "tool_" + (one_tool ? "0" : std::to_string(i / kRulesOfATool));
    records.push_back({{"id", "g" + number},
                       {"text", "Call helper " + number + " before an order is paid back."},
                       {"when", {{"tool", tool}}},
                       {"then", {{"call_first", "helper_" + number}}}});
  }
  return Playbook::FromStrategy(strategy::Strategy::FromLayers(
      "bench", {}, {{"guidelines", {{"guidelines", records}}}, {"retrieval", retrieval}}));
}

void Run(benchmark::State& state, const Playbook& playbook) {
  Tool tool;
  tool.name = "tool_0";
  const Moment moment{&tool, "goal", {}, nullptr};
  const Blank history;
  std::size_t speaking = 0;
  for (auto _ : state) {
    const auto rules = SpeakingRules(playbook, {strategy::RuleAction::kCallFirst}, moment, history);
    speaking = rules.size();
    benchmark::DoNotOptimize(rules.data());
  }
  state.counters["speaking"] = static_cast<double>(speaking);
}

void BM_DecisionTenOfN(benchmark::State& state) {
  Run(state, MakePlaybook(state.range(0), false, Json::object()));
}
BENCHMARK(BM_DecisionTenOfN)->RangeMultiplier(10)->Range(10, 10'000);

void BM_DecisionBestThreeOfTenOfN(benchmark::State& state) {
  Run(state, MakePlaybook(state.range(0), false, {{"k", 3}}));
}
BENCHMARK(BM_DecisionBestThreeOfTenOfN)->RangeMultiplier(10)->Range(10, 10'000);

void BM_DecisionAllOfOneTool(benchmark::State& state) {
  Run(state, MakePlaybook(state.range(0), true, {{"k", 3}}));
}
BENCHMARK(BM_DecisionAllOfOneTool)->RangeMultiplier(10)->Range(10, 10'000);

// No rule is about this moment: what most decisions of an episode pay.
void BM_DecisionNoneOfN(benchmark::State& state) {
  const Playbook playbook = MakePlaybook(state.range(0), false, Json::object());
  Tool tool;
  tool.name = "another_tool";
  const Moment moment{&tool, "goal", {}, nullptr};
  const Blank history;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        SpeakingRules(playbook, {strategy::RuleAction::kCallFirst}, moment, history).data());
  }
}
BENCHMARK(BM_DecisionNoneOfN)->RangeMultiplier(10)->Range(10, 10'000);

}  // namespace
}  // namespace kedge::agent_ref
