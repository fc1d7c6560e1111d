// What the guards cost before every call: a step of the monitor, a schema check, a policy's load.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "guards/evaluator.h"
#include "guards/policy_reader.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {
namespace {

constexpr int kKeysPerEpisode = 200;

Event Make(EventType type, const std::string& tool, const std::string& order) {
  Event event;
  event.type = type;
  event.tool = tool;
  event.arguments = {{"order_id", order}, {"reason", "no longer needed"}, {"amount", "12.50"}};
  return event;
}

Json CallOf(const char* kind, const std::string& tool) {
  return {{kind, tool}, {"args", {{"order_id", "W1"}, {"amount", "1.00"}}}};
}

// One of four kinds of stateful rule about `tool`.
Json StatefulRule(int number, const std::string& tool) {
  const Json call = CallOf("call", tool);
  const Json read = CallOf("result", "read_order");
  const Json done = CallOf("result", tool);
  Json rule = {
      {"id", "r" + std::to_string(number)}, {"severity", "high"}, {"match", {{"tool", tool}}}};
  switch (number % 4) {
    case 0:
      rule["require"]["before"] = {{"tool", "read_order"}, {"same", "/order_id"}};
      rule["examples"] = {{"deny", {{call}}}, {"allow", {{read, call}}}};
      break;
    case 1:
      rule["forbid"]["after"] = {{"tool", "close_order"}, {"same", "/order_id"}};
      rule["examples"] = {{"deny", {{CallOf("result", "close_order"), call}}}, {"allow", {{call}}}};
      break;
    case 2:
      rule["require"]["at_most"] = {
          {"n", 1}, {"per", "session"}, {"same", "/order_id"}, {"of", "successes"}};
      rule["examples"] = {{"deny", {{done, call}}}, {"allow", {{call}}}};
      break;
    default:
      rule["require"]["at_most"] = {{"sum", "args:/amount"},
                                    {"max", "1000000.00"},
                                    {"per", "session"},
                                    {"same", {"/order_id"}}};
      Json large = call;
      large["args"]["amount"] = "1000000.01";
      rule["examples"] = {{"deny", {{large}}}, {"allow", {{call}}}};
  }
  return rule;
}

// `rules` stateful rules, spread over `tools` writing tools.
std::unique_ptr<Policy::Compiled> MakePolicy(int rules, int tools) {
  Json policy = {{"version", "guards/v1"}, {"rules", Json::array()}};
  policy["tools"]["read_order"] = {{"effect", "read"}};
  policy["tools"]["close_order"] = {{"effect", "write"}};
  for (int i = 0; i < tools; ++i) {
    policy["tools"]["write" + std::to_string(i)] = {{"effect", "write"}};
  }
  for (int i = 0; i < rules; ++i) {
    policy["rules"].push_back(StatefulRule(i, "write" + std::to_string(i / 4 % tools)));
  }
  return ReadPolicy(Document::FromValue(policy, "bench"), ".");
}

std::vector<Event> Episode(int tools) {
  std::vector<Event> events;
  for (int i = 0; i < kKeysPerEpisode; ++i) {
    const std::string order = "W" + std::to_string(100000 + i);
    const std::string tool = "write" + std::to_string(i % tools);
    events.push_back(Make(EventType::kToolCall, "read_order", order));
    events.push_back(Make(EventType::kToolResult, "read_order", order));
    events.push_back(Make(EventType::kToolCall, tool, order));
    events.push_back(Make(EventType::kToolResult, tool, order));
  }
  return events;
}

// rules, tools. Each event is timed alone; `calls_p99_ns` is of the calls that rules are about.
void BM_MonitorStep(benchmark::State& state) {
  const auto policy =
      MakePolicy(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
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
  const auto policy = MakePolicy(100, 20);
  Evaluator evaluator(*policy);
  for (auto _ : state) evaluator.Reset();
}
BENCHMARK(BM_ResetHundredRules);

void BM_LoadHundredRules(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(MakePolicy(100, 20));
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
