#include "harness/trace/formats/bfcl.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

constexpr double kMaxTokens = 1e12;

double SumOf(const Json& value) {
  if (value.is_number()) return value.get<double>();
  double sum = 0;
  if (value.is_array()) {
    for (const Json& item : value) sum += SumOf(item);
  }
  return sum;
}

std::int64_t TokensOf(const Json& value) {
  return std::llround(std::clamp(SumOf(value), 0.0, kMaxTokens));
}

// A list that holds a call is what the model said in one step; any other list holds such steps.
void AppendResult(Json&& result, std::vector<Step>& steps) {
  const bool is_said =
      !result.is_array() || result.empty() ||
      std::any_of(result.begin(), result.end(), [](const Json& item) { return item.is_object(); });
  if (!is_said) {
    for (Json& item : result) AppendResult(std::move(item), steps);
    return;
  }
  const std::size_t said = steps.size();
  steps.emplace_back();
  steps[said].kind = StepKind::kModelCall;
  steps[said].actor = "agent";
  if (result.is_string()) steps[said].text = std::move(result.get_ref<std::string&>());
  if (!result.is_array()) return;
  for (Json& item : result) {
    if (item.is_string()) steps[said].text += item.get_ref<const std::string&>();
    if (!item.is_object()) continue;
    for (auto& [name, arguments] : item.items()) {
      Step& call = steps.emplace_back();
      call.kind = StepKind::kToolCall;
      call.actor = "agent";
      call.call.name = name;
      call.call.arguments = ArgumentsFrom(std::move(arguments));
    }
  }
}

Trace FromResult(Json&& json) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.id = record.NeedIdentifier("id");
  trace.key.suite = "bfcl";
  trace.key.task_id = trace.id;
  const std::size_t number = trace.id.find_first_of("0123456789");
  trace.key.stratum = trace.id.substr(0, number == 0 ? 0 : trace.id.rfind('_', number));
  Json result = record.Take("result");
  if (!result.is_array() && !result.is_string())
    throw record.Bad("result", "expected text or calls");
  AppendResult(std::move(result), trace.steps);
  trace.steps[0].input_tokens = TokensOf(record.Take("input_token_count"));
  trace.steps[0].output_tokens = TokensOf(record.Take("output_token_count"));
  trace.extra = std::move(record).Rest();
  return trace;
}

}  // namespace

bool IsBfclResult(const JsonSlices& record) {
  const JsonSlice* result = FindSlice(record, "result");
  return result != nullptr && FindSlice(record, "id") != nullptr &&
         (result->text.starts_with('[') || result->text.starts_with('"')) &&
         FindSlice(record, "jsonrpc") == nullptr;
}

ReadReport ReadBfclResults(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ConvertRecords(path, FromResult, sink);
}

}  // namespace kedge::trace
