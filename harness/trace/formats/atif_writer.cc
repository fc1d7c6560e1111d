#include "harness/trace/formats/atif_writer.h"

#include <map>
#include <string>
#include <utility>

#include "harness/core/clock.h"
#include "harness/trace/formats/atif.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr const char* kVersion = "ATIF-v1.7";

const Json* RestOf(const Json& extra) {
  if (!extra.is_object()) return nullptr;
  const auto rest = extra.find(kAtifRest);
  return rest != extra.end() && rest->is_object() ? &*rest : nullptr;
}

// Adds what the reader kept, without overwriting what the model says.
void PutBack(const Json* rest, std::initializer_list<const char*> allowed, Json& out) {
  if (rest == nullptr) return;
  for (const char* key : allowed) {
    const auto it = rest->find(key);
    if (it != rest->end() && !out.contains(key)) out[key] = *it;
  }
}

class AtifWriter {
 public:
  explicit AtifWriter(const Trace& trace) : trace_(trace) {}

  Json Write() {
    for (const Step& step : trace_.steps) Add(step);
    Close();
    if (steps_.empty()) throw BadData("a trace without steps, which ATIF does not allow");
    Json document = {{"schema_version", kVersion},
                     {"session_id", trace_.id},
                     {"agent", {{"name", trace_.agent.empty() ? "unknown" : trace_.agent}}},
                     {"steps", std::move(steps_)},
                     {"final_metrics", FinalMetrics()}};
    const Json* rest = RestOf(trace_.extra);
    if (rest != nullptr && rest->contains("agent")) {
      PutBack(&rest->at("agent"), {"version", "model_name", "tool_definitions", "extra"},
              document["agent"]);
    }
    if (!document["agent"].contains("version")) document["agent"]["version"] = "unknown";
    PutBack(
        rest,
        {"trajectory_id", "notes", "continued_trajectory_ref", "subagent_trajectories", "extra"},
        document);
    Trace head = trace_;
    head.steps.clear();
    Json own = ToJson(head);
    own.erase("steps");
    document["extra"][kAtifOwn]["trace"] = std::move(own);
    if (trace_.outcome) document["extra"]["outcome"] = ToJson(*trace_.outcome);
    return document;
  }

 private:
  Json FinalMetrics() const {
    std::int64_t input = 0;
    std::int64_t output = 0;
    double cost = 0;
    bool has_cost = false;
    for (const Step& step : trace_.steps) {
      input += step.input_tokens;
      output += step.output_tokens;
      has_cost = has_cost || step.cost.has_value();
      cost += step.cost.value_or(0);
    }
    Json metrics = {{"total_prompt_tokens", input},
                    {"total_completion_tokens", output},
                    {"total_steps", number_}};
    if (has_cost) metrics["total_cost_usd"] = cost;
    const Json* rest = RestOf(trace_.extra);
    if (rest != nullptr && rest->contains("final_metrics")) {
      PutBack(&rest->at("final_metrics"), {"total_cached_tokens", "total_cost_usd", "extra"},
              metrics);
    }
    return metrics;
  }

  void Add(const Step& step) {
    switch (step.kind) {
      case StepKind::kMessage:
        Open(step, step.actor == "system" || step.actor == "agent" ? step.actor : "user");
        return PutText(step);
      case StepKind::kModelCall:
        Open(step, "agent");
        return PutText(step);
      case StepKind::kToolCall:
        if (step.actor == "user" && IsOpen()) return PutOwn(ToJson(step));
        if (!IsOpen() || current_["source"] != "agent") Open(step, "agent");
        return PutCall(step);
      case StepKind::kObservation:
        return PutResult(step);
      case StepKind::kDecision:
      case StepKind::kGuard:
        if (!IsOpen()) Open(step, "agent");
        return PutOwn(ToJson(step));
    }
  }

  bool IsOpen() const { return !current_.is_null(); }

  void Open(const Step& step, const std::string& source) {
    Close();
    current_ = {{"step_id", ++number_}, {"source", source}, {"message", ""}};
    if (step.unix_nanos > 0) current_["timestamp"] = FormatTimestamp(step.unix_nanos);
    call_ids_.clear();
  }

  void Close() {
    if (IsOpen()) steps_.push_back(std::exchange(current_, nullptr));
  }

  void PutOwn(Json&& own) { current_["extra"][kAtifOwn].push_back(std::move(own)); }

  void PutText(const Step& step) {
    Json own = ToJson(step);
    own.erase("text");
    own["in"] = "message";
    if (step.text.empty()) own.erase("in");
    current_["message"] = step.text;
    if (current_["source"] == "agent") {
      if (step.input_tokens != 0) current_["metrics"]["prompt_tokens"] = step.input_tokens;
      if (step.output_tokens != 0) current_["metrics"]["completion_tokens"] = step.output_tokens;
      if (step.cost) current_["metrics"]["cost_usd"] = *step.cost;
      const Json* rest = RestOf(step.extra);
      if (rest != nullptr && rest->contains("metrics")) {
        PutBack(&rest->at("metrics"),
                {"cached_tokens", "prompt_token_ids", "completion_token_ids", "logprobs", "extra"},
                current_["metrics"]);
      }
      PutBack(rest, {"model_name", "reasoning_effort", "reasoning_content"}, current_);
    }
    PutBack(RestOf(step.extra), {"is_copied_context", "extra"}, current_);
    PutOwn(std::move(own));
  }

  void PutCall(const Step& step) {
    Json own = ToJson(step);
    Json& call = own["tool_call"];
    Json& calls = current_["tool_calls"];
    own["at"] = calls.size();
    std::string id = step.call.id;
    if (id.empty() || call_ids_.contains(id)) {
      id = "call-" + std::to_string(number_) + "-" + std::to_string(calls.size() + 1);
      call["gen_ai.tool.call.id"] = step.call.id;
    } else {
      call.erase("gen_ai.tool.call.id");
    }
    call.erase("gen_ai.tool.name");
    Json out = {{"tool_call_id", id}, {"function_name", step.call.name}};
    if (step.call.arguments.is_object()) {
      out["arguments"] = step.call.arguments;
      call.erase("gen_ai.tool.call.arguments");
    } else {
      out["arguments"] = Json::object();
    }
    PutBack(RestOf(step.extra), {"extra"}, out);
    if (call.empty()) own.erase("tool_call");
    calls.push_back(std::move(out));
    call_ids_[id] = step.call.id;
    PutOwn(std::move(own));
  }

  // A result without a call in this step has no place but kedge's own.
  void PutResult(const Step& step) {
    const Observation& seen = step.observation;
    Json own = ToJson(step);
    if (!IsOpen()) Open(step, "agent");
    if (!call_ids_.contains(seen.call_id) || seen.call_id.empty()) return PutOwn(std::move(own));
    Json& results = current_["observation"]["results"];
    own["at"] = results.size();
    Json out = {{"source_call_id", seen.call_id}, {"content", seen.content}};
    if (seen.is_error) out["extra"]["is_error"] = true;
    if (!seen.error_class.empty()) out["extra"]["error_type"] = seen.error_class;
    if (const Json* rest = RestOf(step.extra)) {
      PutBack(rest, {"subagent_trajectory_ref"}, out);
      if (rest->contains("extra")) {
        for (const auto& [key, value] : rest->at("extra").items()) out["extra"][key] = value;
      }
    }
    own["observation"].erase("gen_ai.tool.call.result");
    own["observation"].erase("gen_ai.tool.call.id");
    if (own["observation"].empty()) own.erase("observation");
    results.push_back(std::move(out));
    PutOwn(std::move(own));
  }

  const Trace& trace_;
  Json steps_ = Json::array();
  Json current_;
  std::int64_t number_ = 0;
  std::map<std::string, std::string> call_ids_;  // as written -> as the trace has them
};

}  // namespace

Json ToAtif(const Trace& trace) {
  Json document = AtifWriter(trace).Write();
  ValidateAtif(document);
  return document;
}

}  // namespace kedge::trace
