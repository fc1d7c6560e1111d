// Canonical JSON Lines to the model, beside what simdjson alone needs for the same text.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "harness/trace/fast_json.h"
#include "harness/trace/jsonl.h"

namespace kedge::trace {
namespace {

// A support conversation of ten turns, about 9 kB as a line.
Trace Conversation(int number) {
  Trace trace;
  trace.id = "conversation-" + std::to_string(number);
  trace.agent = "clerk";
  trace.key = {"retail", "cancel", "cancel/paid", "task-" + std::to_string(number % 97), "u1", 0};
  const std::string words = "The order W10023 was placed on Monday and holds three items.\n";
  for (int turn = 0; turn < 10; ++turn) {
    Step& said = trace.steps.emplace_back();
    said.kind = turn % 3 == 0 ? StepKind::kMessage : StepKind::kModelCall;
    said.actor = turn % 3 == 0 ? "user" : "agent";
    for (int i = 0; i < 8; ++i) said.text += words;
    if (turn % 3 != 1) continue;
    Step& call = trace.steps.emplace_back();
    call.kind = StepKind::kToolCall;
    call.actor = "agent";
    call.call = {"call-" + std::to_string(turn), "get_order", {{"order_id", "W10023"}}};
    Step& seen = trace.steps.emplace_back();
    seen.kind = StepKind::kObservation;
    seen.actor = "tool";
    seen.observation = {call.call.id, false, "", {}};
    for (int i = 0; i < 20; ++i) seen.observation.content += words;
  }
  trace.outcome.emplace();
  return trace;
}

const std::vector<std::string>& Lines() {
  static const std::vector<std::string> kLines = [] {
    std::vector<std::string> lines;
    for (int i = 0; i < 2000; ++i) lines.push_back(ToJsonLine(Conversation(i)));
    return lines;
  }();
  return kLines;
}

std::int64_t TotalBytes() {
  std::int64_t bytes = 0;
  for (const std::string& line : Lines()) bytes += static_cast<std::int64_t>(line.size());
  return bytes;
}

void SimdjsonDom(benchmark::State& state) {
  simdjson::dom::parser parser;
  for (auto _ : state) {
    for (const std::string& line : Lines()) {
      simdjson::dom::element root;
      if (parser.parse(line).get(root) != simdjson::SUCCESS) state.SkipWithError("no JSON");
    }
  }
  state.SetBytesProcessed(state.iterations() * TotalBytes());
}
BENCHMARK(SimdjsonDom)->Unit(benchmark::kMillisecond);

void CanonicalJsonlToModel(benchmark::State& state) {
  for (auto _ : state) {
    for (const std::string& line : Lines()) {
      Trace trace;
      if (!ReadTraceFast(line, trace)) state.SkipWithError("not read the fast way");
    }
  }
  state.SetBytesProcessed(state.iterations() * TotalBytes());
}
BENCHMARK(CanonicalJsonlToModel)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kedge::trace
