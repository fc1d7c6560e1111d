#include "harness/trace/formats/atif.h"

#include <cmath>
#include <utility>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_kind.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

// A list of parts is joined for reading and, unless it is one text, kept as it was.
std::string TakeParts(ForeignRecord& record, const char* key, Json& rest) {
  Json value = record.Take(key);
  if (value.is_null()) return {};
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  if (!value.is_array()) throw record.Bad(key, "expected text or a list of parts");
  std::string text;
  for (const Json& part : value) {
    if (!part.is_object()) continue;
    const std::string more = TextAttribute(part, "text");
    if (!text.empty() && !more.empty()) text += '\n';
    text += more;
  }
  rest[key] = std::move(value);
  return text;
}

void MergeRest(ForeignRecord&& record, Json& rest) {
  Json more = std::move(record).Rest();
  if (more.is_object()) {
    for (auto& [key, value] : more.items()) rest[key] = std::move(value);
  }
}

void KeepRest(Json&& rest, Step& step) {
  if (!rest.is_null()) step.extra[kAtifRest] = std::move(rest);
}

class StepReader {
 public:
  explicit StepReader(std::vector<Step>& steps) : steps_(steps) {}

  void Read(Json&& json, std::string path) {
    ForeignRecord record(std::move(json), std::move(path));
    (void)record.Take("step_id");
    const std::string timestamp = record.TakeText("timestamp");
    when_ = ParseIsoTime(timestamp);
    const std::string source = record.NeedText("source");
    if (source != "system" && source != "user" && source != "agent") {
      throw record.Bad("source", "expected system, user or agent");
    }
    const std::size_t first = steps_.size();
    Step step = NewStep(source == "agent" ? StepKind::kModelCall : StepKind::kMessage, source);
    Json rest;
    // A text that is not this time's usual form would be lost in nanoseconds.
    if (when_ == 0 && !timestamp.empty()) rest["timestamp"] = timestamp;
    step.text = TakeParts(record, "message", rest);
    TakeMetrics(record, step, rest);
    Json calls = record.TakeArray("tool_calls");
    Json observation = record.Take("observation");
    MergeRest(std::move(record), rest);
    KeepRest(std::move(rest), step);
    steps_.push_back(std::move(step));
    for (Json& call : calls) ReadCall(std::move(call), source, record.PathOf("tool_calls"));
    if (!observation.is_null())
      ReadResults(std::move(observation), record.PathOf("observation"), first);
  }

 private:
  Step NewStep(StepKind kind, std::string actor) const {
    Step step;
    step.kind = kind;
    step.actor = std::move(actor);
    step.unix_nanos = when_;
    return step;
  }

  static void TakeMetrics(ForeignRecord& record, Step& step, Json& rest) {
    Json json = record.Take("metrics");
    if (json.is_null()) return;
    ForeignRecord metrics(std::move(json), record.PathOf("metrics"));
    step.input_tokens = metrics.TakeInt("prompt_tokens");
    step.output_tokens = metrics.TakeInt("completion_tokens");
    step.cost = metrics.TakeNumber("cost_usd");
    Json more = std::move(metrics).Rest();
    if (!more.is_null()) rest["metrics"] = std::move(more);
  }

  void ReadCall(Json&& json, const std::string& source, const std::string& path) {
    ForeignRecord call(std::move(json), path);
    Step step = NewStep(StepKind::kToolCall, source);
    step.call.id = call.TakeText("tool_call_id");
    step.call.name = call.NeedText("function_name");
    step.call.arguments = ArgumentsFrom(call.Take("arguments"));
    KeepRest(std::move(call).Rest(), step);
    steps_.push_back(std::move(step));
  }

  void ReadResults(Json&& json, const std::string& path, std::size_t first) {
    ForeignRecord observation(std::move(json), path);
    for (Json& item : observation.TakeArray("results")) {
      ForeignRecord result(std::move(item), observation.PathOf("results"));
      Step step = NewStep(StepKind::kObservation, "tool");
      Json rest;
      step.observation.call_id = result.TakeText("source_call_id");
      step.observation.content = TakeParts(result, "content", rest);
      if (Json extra = result.Take("extra"); extra.is_object()) {
        ForeignRecord flags(std::move(extra), result.PathOf("extra"));
        step.observation.is_error = flags.TakeBool("is_error").value_or(false);
        step.observation.error_class = flags.TakeText("error_type");
        Json more = std::move(flags).Rest();
        if (!more.is_null()) rest["extra"] = std::move(more);
      }
      MergeRest(std::move(result), rest);
      KeepRest(std::move(rest), step);
      steps_.push_back(std::move(step));
    }
    Json more = std::move(observation).Rest();
    if (!more.is_null()) steps_[first].extra[kAtifRest]["observation"] = std::move(more);
  }

  std::vector<Step>& steps_;
  std::int64_t when_ = 0;
};

// Puts the texts, calls and results of the standard fields back into what kedge kept of a step.
void RestoreStep(Json& own, const Json& step) {
  const Json place = own.value("at", Json());
  own.erase("at");
  if (own.value("in", Json()) == "message") own["text"] = step.at("message");
  own.erase("in");
  if (place.is_null()) return;
  const auto index = place.get<std::size_t>();
  if (own["kind"] == "tool_call") {
    const Json& call = step.at("tool_calls").at(index);
    Json& out = own["tool_call"];
    out["gen_ai.tool.name"] = call.at("function_name");
    if (!out.contains("gen_ai.tool.call.arguments")) {
      out["gen_ai.tool.call.arguments"] = call.at("arguments");
    }
    if (!out.contains("gen_ai.tool.call.id")) out["gen_ai.tool.call.id"] = call.at("tool_call_id");
    if (out["gen_ai.tool.call.id"] == "") out.erase("gen_ai.tool.call.id");
  } else {
    const Json& result = step.at("observation").at("results").at(index);
    Json& out = own["observation"];
    out["gen_ai.tool.call.result"] = result.at("content");
    if (!out.contains("gen_ai.tool.call.id"))
      out["gen_ai.tool.call.id"] = result.at("source_call_id");
    if (out["gen_ai.tool.call.id"] == "") out.erase("gen_ai.tool.call.id");
  }
}

Trace FromOwnAtif(const Json& document) {
  Json trace = document.at("extra").at(kAtifOwn).at("trace");
  Json& steps = trace["steps"] = Json::array();
  for (const Json& step : document.at("steps")) {
    for (Json own : step.at("extra").at(kAtifOwn)) {
      RestoreStep(own, step);
      steps.push_back(std::move(own));
    }
  }
  return TraceFromJson(trace);
}

bool IsOwn(const Json& document) {
  const Json extra = document.is_object() ? document.value("extra", Json()) : Json();
  return extra.is_object() && extra.contains(kAtifOwn);
}

Trace FromForeignAtif(Json&& document) {
  ForeignRecord record(std::move(document), "");
  const std::string version = record.NeedText("schema_version");
  Trace trace;
  for (const char* key : {"session_id", "trajectory_id"}) {
    if (trace.id.empty() && record.Has(key)) trace.id = record.TakeText(key);
  }
  Json rest = {{"schema_version", version}};
  if (Json json = record.Take("agent"); !json.is_null()) {
    ForeignRecord agent(std::move(json), "agent");
    trace.agent = agent.TakeText("name");
    Json more = std::move(agent).Rest();
    if (!more.is_null()) rest["agent"] = std::move(more);
  }
  Json steps = record.NeedArray("steps");
  if (trace.id.empty()) trace.id = "atif-" + JsonDigest(steps).substr(0, 16);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    StepReader(trace.steps).Read(std::move(steps[i]), "steps[" + std::to_string(i) + "]");
  }
  if (Json extra = record.Take("extra"); extra.is_object()) {
    ForeignRecord members(std::move(extra), "extra");
    const Json outcome = members.Take("outcome");
    if (outcome.is_object()) trace.outcome = OutcomeFromJson(outcome);
    Json more = std::move(members).Rest();
    if (!more.is_null()) rest["extra"] = std::move(more);
  }
  MergeRest(std::move(record), rest);
  trace.extra[kAtifRest] = std::move(rest);
  return trace;
}

}  // namespace

bool IsAtif(const JsonSlices& record) {
  const JsonSlice* version = FindSlice(record, "schema_version");
  return version != nullptr && version->text.starts_with("\"ATIF-v1.");
}

Trace FromAtif(Json&& document) {
  if (IsOwn(document)) {
    try {
      return FromOwnAtif(document);
    } catch (const Json::exception& error) {
      throw BadData(std::string("not as it was written: ") + error.what()).At({}, 0, "extra.kedge");
    }
  }
  return FromForeignAtif(std::move(document));
}

ReadReport ReadAtif(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ConvertRecords(path, FromAtif, sink);
}

}  // namespace kedge::trace
