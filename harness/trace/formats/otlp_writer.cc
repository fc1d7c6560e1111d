#include "harness/trace/formats/otlp_writer.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/digest.h"
#include "harness/trace/formats/own_spans.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr int kInternal = 1;
constexpr int kClient = 3;
constexpr int kStatusError = 2;

Json Attribute(const char* key, Json&& value) {
  Json wrapped;
  if (value.is_boolean()) {
    wrapped = {{"boolValue", std::move(value)}};
  } else if (value.is_number_integer()) {
    wrapped = {{"intValue", DumpJson(value)}};
  } else if (value.is_number()) {
    wrapped = {{"doubleValue", std::move(value)}};
  } else {
    wrapped = {{"stringValue", std::move(value)}};
  }
  return {{"key", key}, {"value", std::move(wrapped)}};
}

std::string NanosText(std::int64_t nanos) {
  return std::to_string(std::max<std::int64_t>(nanos, 0));
}

// One message with one text part, as JSON text.
std::string MessagesText(const std::string& role, const std::string& text) {
  return DumpJson(Json::array(
      {{{"role", role}, {"parts", Json::array({{{"type", "text"}, {"content", text}}})}}}));
}

class OtlpWriter {
 public:
  explicit OtlpWriter(const Trace& trace)
      : trace_(trace), trace_id_(Sha256Hex(trace.id).substr(0, 32)), root_id_(SpanId("root")) {}

  Json Write() {
    PairResults();
    Json spans = Json::array();
    spans.push_back(Root());
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
      if (!results_.contains(i)) spans.push_back(StepSpan(i));
    }
    const Json scope = {{"scope", {{"name", "kedge"}}}, {"spans", std::move(spans)}};
    const Json resource = {
        {"attributes",
         Json::array({Attribute("service.name",
                                trace_.agent.empty() ? Json("agent") : Json(trace_.agent))})}};
    return {{"resourceSpans",
             Json::array({{{"resource", resource}, {"scopeSpans", Json::array({scope})}}})}};
  }

 private:
  std::string SpanId(const std::string& what) const {
    return Sha256Hex(trace_.id + "\n" + what).substr(0, 16);
  }

  // Ties each result to the latest call before it with the same id.
  void PairResults() {
    std::map<std::string, std::size_t> calls;
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
      const Step& step = trace_.steps[i];
      if (step.kind == StepKind::kToolCall && !step.call.id.empty()) calls[step.call.id] = i;
      if (step.kind != StepKind::kObservation) continue;
      const auto call = calls.find(step.observation.call_id);
      if (call == calls.end()) continue;
      result_of_[call->second] = i;
      results_.insert(i);
      calls.erase(call);
    }
  }

  Json NewSpan(const std::string& id, std::string name, int kind, std::int64_t start,
               std::int64_t end) const {
    return {{"traceId", trace_id_},
            {"spanId", id},
            {"name", std::move(name)},
            {"kind", kind},
            {"startTimeUnixNano", NanosText(start)},
            {"endTimeUnixNano", NanosText(std::max(start, end))},
            {"attributes", Json::array()}};
  }

  static void Put(Json& span, const char* key, Json value) {
    span["attributes"].push_back(Attribute(key, std::move(value)));
  }

  Json Root() const {
    std::int64_t first = 0;
    std::int64_t last = 0;
    for (const Step& step : trace_.steps) {
      if (step.unix_nanos <= 0) continue;
      first = first == 0 ? step.unix_nanos : std::min(first, step.unix_nanos);
      last = std::max(last, step.unix_nanos);
    }
    Json span = NewSpan(root_id_, "invoke_agent " + trace_.agent, kInternal, first, last);
    Put(span, "gen_ai.operation.name", "invoke_agent");
    Put(span, "gen_ai.conversation.id", trace_.id);
    if (!trace_.agent.empty()) Put(span, "gen_ai.agent.name", trace_.agent);
    Trace head = trace_;
    head.steps.clear();
    Json own = ToJson(head);
    own.erase("steps");
    Put(span, kOwnTrace, DumpJson(own));
    if (trace_.outcome) PutScores(span, *trace_.outcome, last);
    return span;
  }

  static void PutScores(Json& span, const Outcome& outcome, std::int64_t time) {
    for (const Score& score : outcome.scores) {
      Json attributes = Json::array();
      attributes.push_back(Attribute("gen_ai.evaluation.name", score.scorer));
      attributes.push_back(Attribute("gen_ai.evaluation.score.value", score.score));
      attributes.push_back(
          Attribute("gen_ai.evaluation.score.label", score.pass ? "pass" : "fail"));
      if (!score.why.empty()) {
        attributes.push_back(Attribute("gen_ai.evaluation.explanation", score.why));
      }
      span["events"].push_back({{"name", "gen_ai.evaluation.result"},
                                {"timeUnixNano", NanosText(time)},
                                {"attributes", std::move(attributes)}});
    }
  }

  Json StepSpan(std::size_t index) const {
    const Step& step = trace_.steps[index];
    Json own = ToJson(step);
    Json span =
        NewSpan(SpanId(std::to_string(index)), {}, kInternal, step.unix_nanos, step.unix_nanos);
    span["parentSpanId"] = root_id_;
    switch (step.kind) {
      case StepKind::kMessage:
        span["name"] = "message " + step.actor;
        TakeText(own, step.actor, span, "gen_ai.input.messages");
        break;
      case StepKind::kModelCall:
        span["name"] = "chat";
        span["kind"] = kClient;
        Put(span, "gen_ai.operation.name", "chat");
        TakeText(own, "assistant", span, "gen_ai.output.messages");
        break;
      case StepKind::kDecision:
        span["name"] = "plan " + step.decision.point;
        Put(span, "gen_ai.operation.name", "plan");
        break;
      case StepKind::kToolCall:
        PutCall(step, own, span);
        if (const auto result = result_of_.find(index); result != result_of_.end()) {
          PutResultOfCall(result->second, span);
        }
        break;
      case StepKind::kObservation:
        span["name"] = "tool result";
        PutObservation(step.observation, own, span);
        break;
      case StepKind::kGuard:
        span["name"] = "run_guardrail " + step.guard.guard;
        Put(span, "gen_ai.operation.name", "run_guardrail");
        Put(span, "gen_ai.guardrail.verdict.type", step.guard.verdict);
        break;
    }
    for (const char* key : {"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"}) {
      if (step.kind == StepKind::kObservation || !own.contains(key)) continue;
      Put(span, key, own[key]);
      own.erase(key);
    }
    Put(span, kOwnStep, DumpJson(own));
    Put(span, kOwnStepIndex, index);
    return span;
  }

  static void TakeText(Json& own, const std::string& role, Json& span, const char* key) {
    if (!own.contains("text")) return;
    Put(span, key, MessagesText(role, own["text"].get_ref<const std::string&>()));
    own.erase("text");
  }

  static void PutCall(const Step& step, Json& own, Json& span) {
    span["name"] = "execute_tool " + step.call.name;
    Put(span, "gen_ai.operation.name", "execute_tool");
    Put(span, "gen_ai.tool.name", step.call.name);
    Put(span, "gen_ai.tool.call.arguments", DumpJson(step.call.arguments));
    if (!step.call.id.empty()) Put(span, "gen_ai.tool.call.id", step.call.id);
    own.erase("tool_call");
  }

  void PutResultOfCall(std::size_t index, Json& span) const {
    const Step& step = trace_.steps[index];
    Json own = ToJson(step);
    Observation seen = step.observation;
    seen.call_id.clear();  // the call has said it
    PutObservation(seen, own, span);
    Put(span, kOwnObservation, DumpJson(own));
    Put(span, kOwnObservationIndex, index);
    const std::string end = NanosText(std::max(trace_.steps[index].unix_nanos, StartOf(span)));
    span["endTimeUnixNano"] = end;
  }

  static std::int64_t StartOf(const Json& span) {
    return std::stoll(span["startTimeUnixNano"].get_ref<const std::string&>());
  }

  static void PutObservation(const Observation& seen, Json& own, Json& span) {
    Put(span, "gen_ai.tool.call.result", seen.content);
    if (!seen.call_id.empty()) Put(span, "gen_ai.tool.call.id", seen.call_id);
    if (!seen.error_class.empty()) Put(span, "error.type", seen.error_class);
    if (seen.is_error) span["status"] = {{"code", kStatusError}};
    own.erase("observation");
  }

  const Trace& trace_;
  const std::string trace_id_;
  const std::string root_id_;
  std::map<std::size_t, std::size_t> result_of_;  // tool call -> its observation
  std::set<std::size_t> results_;
};

}  // namespace

Json ToOtlp(const Trace& trace) { return OtlpWriter(trace).Write(); }

}  // namespace kedge::trace
