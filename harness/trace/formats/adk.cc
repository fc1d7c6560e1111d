#include "harness/trace/formats/adk.h"

#include <cmath>
#include <utility>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

void AppendContent(ForeignRecord& turn, const char* key, const char* role, std::int64_t when,
                   std::vector<Step>& steps) {
  Json content = turn.Take(key);
  if (content.is_null()) return;
  if (content.is_string()) content = {{"content", std::move(content)}};
  if (content.is_object() && content.value("role", Json()).is_null()) content["role"] = role;
  AppendSteps(TakeChatMessage(std::move(content), turn.PathOf(key)), when, steps);
}

void AppendCall(Json&& json, const std::string& path, const char* name_key, const char* args_key,
                std::int64_t when, std::vector<Step>& steps) {
  ForeignRecord use(std::move(json), path);
  Step& step = steps.emplace_back();
  step.kind = StepKind::kToolCall;
  step.actor = "agent";
  step.unix_nanos = when;
  step.call.id = use.TakeText("id");
  step.call.name = use.NeedText(name_key);
  step.call.arguments = ArgumentsFrom(use.Take(args_key));
  step.extra = std::move(use).Rest();
}

void AppendResponse(Json&& json, const std::string& path, std::int64_t when,
                    std::vector<Step>& steps) {
  Json part = {{"role", "tool"},
               {"parts", Json::array({{{"function_response", std::move(json)}}})}};
  AppendSteps(TakeChatMessage(std::move(part), path), when, steps);
}

std::int64_t TimeOf(ForeignRecord& turn) {
  const double seconds = turn.TakeNumber("creation_timestamp").value_or(0);
  // Some exporters write microseconds.
  const double nanos = seconds > 1e12 ? seconds * 1e3 : seconds * 1e9;
  return nanos > 0 && nanos < 9e18 ? static_cast<std::int64_t>(nanos) : 0;
}

void ReadTurn(Json&& json, const std::string& path, Trace& trace) {
  ForeignRecord turn(std::move(json), path);
  const std::int64_t when = TimeOf(turn);
  const std::size_t first = trace.steps.size();
  AppendContent(turn, "user_content", "user", when, trace.steps);
  Json data = turn.Take("intermediate_data");
  if (data.is_object()) {
    ForeignRecord between(std::move(data), turn.PathOf("intermediate_data"));
    for (Json& use : between.TakeArray("tool_uses")) {
      AppendCall(std::move(use), between.PathOf("tool_uses"), "name", "args", when, trace.steps);
    }
    for (Json& response : between.TakeArray("tool_responses")) {
      AppendResponse(std::move(response), between.PathOf("tool_responses"), when, trace.steps);
    }
    Json rest = std::move(between).Rest();
    if (rest.is_object() && rest.value("intermediate_responses", Json()).empty()) {
      rest.erase("intermediate_responses");
    }
    if (!rest.is_null() && !rest.empty())
      trace.extra["intermediate_data"].push_back(std::move(rest));
  }
  AppendContent(turn, "final_response", "model", when, trace.steps);
  Json rest = std::move(turn).Rest();
  if (rest.is_null()) return;
  if (trace.steps.size() > first) {
    trace.steps[first].extra["invocation"] = std::move(rest);
  } else {
    trace.extra["silent_invocations"].push_back(std::move(rest));
  }
}

Trace FromCase(Json&& json, const std::string& suite) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.key.suite = suite;
  trace.key.task_id = record.NeedIdentifier("eval_id");
  trace.id = suite.empty() ? trace.key.task_id : suite + "/" + trace.key.task_id;
  Json turns = record.NeedArray("conversation");
  for (std::size_t i = 0; i < turns.size(); ++i) {
    ReadTurn(std::move(turns[i]), "conversation[" + std::to_string(i) + "]", trace);
  }
  Json session = record.Take("session_input");
  if (session.is_object()) {
    ForeignRecord input(std::move(session), "session_input");
    trace.agent = input.TakeText("app_name");
    trace.principal = input.TakeText("user_id");
    if (Json rest = std::move(input).Rest(); !rest.is_null()) {
      trace.extra["session_input"] = std::move(rest);
    }
  }
  if (Json rest = std::move(record).Rest(); !rest.is_null()) trace.extra["case"] = std::move(rest);
  return trace;
}

void ReadOldTurn(Json&& json, std::vector<Step>& steps) {
  ForeignRecord turn(std::move(json), "");
  AppendContent(turn, "query", "user", 0, steps);
  for (Json& use : turn.TakeArray("expected_tool_use")) {
    AppendCall(std::move(use), "expected_tool_use", "tool_name", "tool_input", 0, steps);
  }
  AppendContent(turn, "reference", "model", 0, steps);
  Json rest = std::move(turn).Rest();
  if (rest.is_null()) return;
  if (steps.empty()) throw BadData("a turn without a query, a tool use or an answer");
  steps.back().extra["turn"] = std::move(rest);
}

}  // namespace

bool IsAdkEvalSet(const JsonSlices& record) {
  return FindSlice(record, "eval_cases") != nullptr && FindSlice(record, "eval_set_id") != nullptr;
}

bool IsOldAdkTurn(const JsonSlices& record) {
  return FindSlice(record, "query") != nullptr && FindSlice(record, "expected_tool_use") != nullptr;
}

ReadReport ReadAdkEvalSet(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  ReadReport report;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    const JsonSlices members = SliceObject(record.text, record.line);
    std::string suite;
    if (const JsonSlice* name = FindSlice(members, "eval_set_id")) {
      const Json json = ParseRecord({name->text, name->line}, path);
      if (json.is_string()) suite = json;
    }
    const JsonSlice* cases = FindSlice(members, "eval_cases");
    if (cases == nullptr) {
      report.Bad(std::move(BadData("is missing").At(path, record.line, "eval_cases")));
      return true;
    }
    JsonSlices slices = SliceArray(cases->text, cases->line);
    for (const JsonSlice& slice : slices.items) {
      ConvertRecord(
          {slice.text, slice.line}, path,
          [&suite](Json&& json) { return FromCase(std::move(json), suite); }, sink, report);
    }
    CheckUntaken(members, {"eval_set_id", "eval_cases"}, path, report);
    const std::optional<Error>& broken = slices.error ? slices.error : members.error;
    if (broken) report.Bad(std::move(Error(*broken).At(path, broken->line())));
    return true;
  });
  if (cut) report.Bad(*cut);
  return report;
}

ReadReport ReadOldAdkEvalSet(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  ReadReport report;
  Trace trace;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    try {
      std::vector<Step> steps;
      ReadOldTurn(ParseRecord(record, path), steps);
      std::move(steps.begin(), steps.end(), std::back_inserter(trace.steps));
    } catch (Error& error) {
      if (error.file().empty()) error.At(path, record.line, error.field());
      report.Bad(error);
    }
    return true;
  });
  if (cut) report.Bad(*cut);
  if (trace.steps.empty()) return report;
  Json texts = Json::array();
  for (const Step& step : trace.steps) texts.push_back(step.text);
  trace.id = "adk-" + JsonDigest(texts).substr(0, 16);
  ++report.read;
  sink(std::move(trace));
  return report;
}

}  // namespace kedge::trace
