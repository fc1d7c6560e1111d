#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "harness/trace/fields.h"
#include "harness/trace/formats/atif_writer.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

void CheckObject(Fields& fields, const char* key) {
  const Json* value = fields.Find(key);
  if (value != nullptr && !value->is_object()) throw fields.Bad(key, "expected an object");
}

std::string NeedText(Fields& fields, const char* key) {
  std::string text;
  if (!fields.String(key, text) || text.empty()) throw fields.Bad(key, "is missing or empty");
  return text;
}

void CheckContent(Fields& fields, const char* key) {
  const Json* value = fields.Find(key);
  if (value != nullptr && !value->is_string() && !value->is_array()) {
    throw fields.Bad(key, "expected text or a list of parts");
  }
}

void CheckAgent(const Json& json, const Fields& document) {
  Fields agent(json, document, "agent");
  NeedText(agent, "name");
  NeedText(agent, "version");
  std::string model;
  agent.String("model_name", model);
  agent.Array("tool_definitions");
  CheckObject(agent, "extra");
  agent.RefuseUnknown();
}

void CheckMetrics(const Json& json, const Fields& parent, const char* member) {
  Fields metrics(json, parent, member);
  std::int64_t count = 0;
  double cost = 0;
  for (const char* key :
       {"prompt_tokens", "completion_tokens", "cached_tokens", "total_prompt_tokens",
        "total_completion_tokens", "total_cached_tokens", "total_steps"}) {
    if (metrics.Int(key, count) && count < 0) throw metrics.Bad(key, "expected 0 or more");
  }
  metrics.Number("cost_usd", cost);
  metrics.Number("total_cost_usd", cost);
  for (const char* key : {"prompt_token_ids", "completion_token_ids", "logprobs"}) {
    metrics.Array(key);
  }
  CheckObject(metrics, "extra");
  metrics.RefuseUnknown();
}

std::set<std::string> CheckCalls(const Json& json, const Fields& step) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < json.size(); ++i) {
    Fields call(json[i], step, "tool_calls", static_cast<std::int64_t>(i));
    if (!ids.insert(NeedText(call, "tool_call_id")).second) {
      throw call.Bad("tool_call_id", "is used twice in this step");
    }
    std::string name;
    if (!call.String("function_name", name)) throw call.Bad("function_name", "is missing");
    if (!call.Need("arguments").is_object()) throw call.Bad("arguments", "expected an object");
    CheckObject(call, "extra");
    call.RefuseUnknown();
  }
  return ids;
}

void CheckResults(const Json& json, const Fields& step, const std::set<std::string>& calls) {
  Fields observation(json, step, "observation");
  const Json* results = observation.Array("results");
  if (results == nullptr) throw observation.Bad("results", "is missing");
  for (std::size_t i = 0; i < results->size(); ++i) {
    Fields result((*results)[i], observation, "results", static_cast<std::int64_t>(i));
    std::string id;
    if (!result.String("source_call_id", id) || !calls.contains(id)) {
      throw result.Bad("source_call_id", "names no call of this step");
    }
    CheckContent(result, "content");
    result.Array("subagent_trajectory_ref");
    CheckObject(result, "extra");
    result.RefuseUnknown();
  }
  observation.RefuseUnknown();
}

void CheckStep(const Json& json, const Fields& document, std::int64_t index) {
  Fields step(json, document, "steps", index);
  std::int64_t number = 0;
  step.Int("step_id", number);
  if (number != index + 1) {
    throw step.Bad("step_id", "expected " + std::to_string(index + 1));
  }
  const std::string source = NeedText(step, "source");
  if (source != "system" && source != "user" && source != "agent") {
    throw step.Bad("source", "expected system, user or agent");
  }
  std::string text;
  if (step.String("timestamp", text) && ParseIsoTime(text) == 0) {
    throw step.Bad("timestamp", "expected an ISO 8601 time");
  }
  step.Need("message");
  CheckContent(step, "message");
  for (const char* key : {"model_name", "reasoning_effort", "reasoning_content", "tool_calls",
                          "observation", "metrics"}) {
    if (step.Find(key) != nullptr && source != "agent") {
      throw step.Bad(key, "only steps of the agent have it");
    }
  }
  bool copied = false;
  step.Bool("is_copied_context", copied);
  CheckObject(step, "extra");
  std::set<std::string> calls;
  if (const Json* list = step.Array("tool_calls")) calls = CheckCalls(*list, step);
  if (const Json* observation = step.Find("observation")) {
    CheckResults(*observation, step, calls);
  }
  if (const Json* metrics = step.Find("metrics")) CheckMetrics(*metrics, step, "metrics");
  step.RefuseUnknown();
}

}  // namespace

void ValidateAtif(const Json& json) {
  Fields document(json, "");
  if (!NeedText(document, "schema_version").starts_with("ATIF-v1.")) {
    throw document.Bad("schema_version", "expected ATIF-v1.7");
  }
  std::string text;
  for (const char* key : {"session_id", "trajectory_id", "notes"}) document.String(key, text);
  CheckAgent(document.Need("agent"), document);
  const Json* steps = document.Array("steps");
  if (steps == nullptr || steps->empty()) throw document.Bad("steps", "expected one or more");
  for (std::size_t i = 0; i < steps->size(); ++i) {
    CheckStep((*steps)[i], document, static_cast<std::int64_t>(i));
  }
  if (const Json* metrics = document.Find("final_metrics")) {
    CheckMetrics(*metrics, document, "final_metrics");
  }
  document.Find("continued_trajectory_ref");
  document.Array("subagent_trajectories");
  CheckObject(document, "extra");
  document.RefuseUnknown();
}

}  // namespace kedge::trace
