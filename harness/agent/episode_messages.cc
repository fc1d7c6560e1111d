#include "harness/agent/episode_messages.h"

#include <utility>

#include "harness/agent/end_names.h"
#include "harness/core/error.h"
#include "harness/trace/fields.h"

namespace kedge::agent {
namespace {

using trace::Fields;

// JSON numbers above 2^53 lose their last digits in many languages.
constexpr std::uint64_t kSeedMask = (std::uint64_t{1} << 53) - 1;

std::string NeedText(Fields& fields, const char* key) {
  std::string text;
  if (!fields.String(key, text)) throw fields.Bad(key, "is missing");
  return text;
}

void ReadCount(Fields& fields, const char* key, std::int64_t& out) {
  if (fields.Int(key, out) && out < 0) throw fields.Bad(key, "expected 0 or more");
}

bool ReadCost(Fields& fields, double& cost) {
  if (!fields.Number("cost", cost)) return false;
  if (cost < 0) throw fields.Bad("cost", "expected 0 or more");
  return true;
}

Json ToJson(const world::ToolSpec& tool) {
  Json json = {{"name", tool.name},
               {"description", tool.description},
               {"arguments", tool.arguments},
               {"writes", tool.writes}};
  if (!tool.argument_types.empty()) json["argument_types"] = tool.argument_types;
  if (!tool.result_types.empty()) json["result_types"] = tool.result_types;
  return json;
}

trace::StepKind ReadEventKind(Fields& fields) {
  const std::string kind = NeedText(fields, "kind");
  if (kind == "message") return trace::StepKind::kMessage;
  if (kind == "model_call") return trace::StepKind::kModelCall;
  if (kind == "decision") return trace::StepKind::kDecision;
  throw fields.Bad("kind", "expected message, model_call or decision; kedge records the rest");
}

trace::Decision ReadEventDecision(const Json& json, const Fields& event) {
  Fields fields(json, event, "decision");
  trace::Decision decision;
  decision.point = NeedText(fields, "point");
  decision.chosen = NeedText(fields, "chosen");
  fields.Strings("options", decision.options);
  fields.Strings("fired_rules", decision.fired_rules);
  fields.String("reason", decision.reason);
  fields.RefuseUnknown();
  return decision;
}

}  // namespace

Json InitializeParams(const strategy::Strategy& strategy) {
  return {{"protocol", kProtocolName}, {"strategy", strategy.ToJson()}};
}

void CheckInitializeResult(const Json& result) {
  Fields fields(result, "result");
  const std::string protocol = NeedText(fields, "protocol");
  if (protocol != kProtocolName) {
    throw fields.Bad("protocol", std::string("expected \"") + kProtocolName + "\"");
  }
  std::string text;
  fields.String("name", text);
  fields.String("version", text);
  fields.RefuseUnknown();
}

Json StrategyReference(const strategy::Strategy& strategy) {
  return {{"name", strategy.name()}, {"hash", strategy.hash()}};
}

Json EpisodeStartParams(const EpisodeStart& start, Json strategy) {
  Json tools = Json::array();
  for (const world::ToolSpec& tool : start.tools) tools.push_back(ToJson(tool));
  return {{"episode", start.episode_id},
          {"instruction", start.instruction},
          {"policy", start.policy},
          {"tools", std::move(tools)},
          {"strategy", std::move(strategy)},
          {"seed", start.seed & kSeedMask},
          {"limits",
           {{"max_steps", start.limits.max_steps},
            {"max_tool_calls", start.limits.max_tool_calls},
            {"deadline_ms", start.limits.deadline.count()}}}};
}

EpisodeEnd ReadEpisodeResult(const Json& result) {
  Fields fields(result, "result");
  EpisodeEnd end;
  end.end = kAnswered;
  end.final_text = NeedText(fields, "text");
  ReadCount(fields, "input_tokens", end.input_tokens);
  ReadCount(fields, "output_tokens", end.output_tokens);
  end.has_cost = ReadCost(fields, end.cost);
  fields.RefuseUnknown();
  return end;
}

ToolCallParams ReadToolCallParams(const Json& params) {
  Fields fields(params, "params");
  ToolCallParams call{NeedText(fields, "episode"), NeedText(fields, "name"), Json::object()};
  if (const Json* arguments = fields.Find("arguments")) {
    if (!arguments->is_object()) throw fields.Bad("arguments", "expected an object");
    call.arguments = *arguments;
  }
  fields.RefuseUnknown();
  return call;
}

Json ToJson(const world::ToolResult& result) {
  if (result.ok) return {{"ok", true}, {"content", result.content}};
  return {{"ok", false}, {"error_class", result.error_class}, {"message", result.message}};
}

UserAskParams ReadUserAskParams(const Json& params) {
  Fields fields(params, "params");
  UserAskParams ask{NeedText(fields, "episode"), NeedText(fields, "question")};
  fields.RefuseUnknown();
  return ask;
}

TraceEventParams ReadTraceEventParams(const Json& params) {
  Fields fields(params, "params");
  TraceEventParams event;
  event.episode = NeedText(fields, "episode");
  trace::Step& step = event.step;
  step.kind = ReadEventKind(fields);
  step.actor = "agent";
  fields.String("text", step.text);
  if (step.kind == trace::StepKind::kDecision) {
    step.decision = ReadEventDecision(fields.Need("decision"), fields);
  }
  ReadCount(fields, "input_tokens", step.input_tokens);
  ReadCount(fields, "output_tokens", step.output_tokens);
  double cost = 0;
  if (ReadCost(fields, cost)) step.cost = cost;
  fields.RefuseUnknown();
  return event;
}

}  // namespace kedge::agent
