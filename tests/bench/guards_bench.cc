// What the guards cost before every call: a step of the monitor, a schema check, a policy's load.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "guards/evaluator.h"
#include "harness/text/json_schema.h"
#include "tests/guards/stateful_policy.h"

namespace kedge::guards {
namespace {

constexpr int kKeysPerEpisode = 200;

std::vector<Event> Episode(int tools) {
  std::vector<Event> events;
  for (int i = 0; i < kKeysPerEpisode; ++i) {
    const std::string order = "W" + std::to_string(100000 + i);
    const std::string tool = "write" + std::to_string(i % tools);
    events.push_back(OrderEvent(EventType::kToolCall, "read_order", order));
    events.push_back(OrderEvent(EventType::kToolResult, "read_order", order));
    events.push_back(OrderEvent(EventType::kToolCall, tool, order));
    events.push_back(OrderEvent(EventType::kToolResult, tool, order));
  }
  return events;
}

// rules, tools. Each event is timed alone; `calls_p99_ns` is of the calls that rules are about.
void BM_MonitorStep(benchmark::State& state) {
  const auto policy =
      StatefulPolicy(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  const std::vector<Event> events = Episode(static_cast<int>(state.range(1)));
  Evaluator evaluator(*policy);
  std::vector<double> calls;
  std::int64_t denied = 0;
  for (auto _ : state) {
    evaluator.Reset();
    for (const Event& event : events) {
      const auto begin = std::chrono::steady_clock::now();
      const Decision decision = evaluator.Observe(event);
      const std::chrono::duration<double, std::nano> took =
          std::chrono::steady_clock::now() - begin;
      denied += decision.verdict != Verdict::kAllow;
      if (event.type == EventType::kToolCall && event.tool != "read_order") {
        calls.push_back(took.count());
      }
    }
  }
  if (denied != 0) state.SkipWithError("the episode should be allowed");
  std::sort(calls.begin(), calls.end());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.size()));
  state.counters["calls_p50_ns"] = calls[calls.size() / 2];
  state.counters["calls_p99_ns"] = calls[calls.size() * 99 / 100];
}
BENCHMARK(BM_MonitorStep)->Args({10, 1})->Args({100, 1})->Args({100, 20})->Args({1000, 20});

void BM_ResetHundredRules(benchmark::State& state) {
  const auto policy = StatefulPolicy(100, 20);
  Evaluator evaluator(*policy);
  for (auto _ : state) evaluator.Reset();
}
BENCHMARK(BM_ResetHundredRules);

void BM_LoadHundredRules(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(StatefulPolicy(100, 20));
}
BENCHMARK(BM_LoadHundredRules)->Unit(benchmark::kMillisecond);

void BM_ValidateSmallCall(benchmark::State& state) {
  const text::JsonSchema schema = text::JsonSchema::Compile(Json::parse(R"({
    "type": "object",
    "properties": {"order_id": {"type": "string", "pattern": "^W[0-9]{6}$"},
                   "reason": {"type": "string", "enum": ["damaged", "late", "unwanted"]},
                   "count": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["order_id", "reason"], "additionalProperties": false})"));
  const Json call = {{"order_id", "W123456"}, {"reason", "late"}, {"count", 2}};
  for (auto _ : state) benchmark::DoNotOptimize(schema.IsValid(call));
}
BENCHMARK(BM_ValidateSmallCall);

}  // namespace
}  // namespace kedge::guards
