#include "harness/trace/trace_json.h"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "harness/trace/fields.h"

namespace kedge::trace {
namespace {

constexpr std::array<std::string_view, 6> kStepKindNames = {"message",   "model_call",  "decision",
                                                            "tool_call", "observation", "guard"};

void PutText(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

void PutInt(Json& json, const char* key, std::int64_t value) {
  if (value != 0) json[key] = value;
}

void PutFinite(Json& json, const char* key, double value) {
  if (!std::isfinite(value)) {
    throw std::move(BadData("not a finite number, which no record may hold").At({}, 0, key));
  }
  json[key] = value;
}

void PutDecision(Json& json, const Decision& decision) {
  Json& out = json["decision"] = {{"point", decision.point}, {"chosen", decision.chosen}};
  if (!decision.options.empty()) out["options"] = decision.options;
  if (!decision.fired_rules.empty()) out["fired_rules"] = decision.fired_rules;
  PutText(out, "reason", decision.reason);
}

void PutObservation(Json& json, const Observation& observation) {
  Json& out = json["observation"] = {{"gen_ai.tool.call.result", observation.content}};
  PutText(out, "gen_ai.tool.call.id", observation.call_id);
  if (observation.is_error) out["is_error"] = true;
  PutText(out, "error.type", observation.error_class);
}

void PutCall(Json& json, const ToolCall& call) {
  Json& out = json["tool_call"] = {{"gen_ai.tool.name", call.name},
                                   {"gen_ai.tool.call.arguments", call.arguments}};
  PutText(out, "gen_ai.tool.call.id", call.id);
}

void PutGuard(Json& json, const GuardMark& guard) {
  Json& out = json["guard"] = {{"id", guard.guard}, {"verdict", guard.verdict}};
  PutText(out, "message", guard.message);
}

Decision ReadDecision(const Json& json, const Fields& step) {
  Fields fields(json, step, "decision");
  Decision decision;
  fields.String("point", decision.point);
  fields.String("chosen", decision.chosen);
  fields.Strings("options", decision.options);
  fields.Strings("fired_rules", decision.fired_rules);
  fields.String("reason", decision.reason);
  fields.RefuseUnknown();
  return decision;
}

ToolCall ReadCall(const Json& json, const Fields& step) {
  Fields fields(json, step, "tool_call");
  ToolCall call;
  if (!fields.String("gen_ai.tool.name", call.name)) {
    throw fields.Bad("gen_ai.tool.name", "is missing");
  }
  call.arguments = fields.Need("gen_ai.tool.call.arguments");
  fields.String("gen_ai.tool.call.id", call.id);
  fields.RefuseUnknown();
  return call;
}

Observation ReadObservation(const Json& json, const Fields& step) {
  Fields fields(json, step, "observation");
  Observation observation;
  fields.String("gen_ai.tool.call.result", observation.content);
  fields.String("gen_ai.tool.call.id", observation.call_id);
  fields.Bool("is_error", observation.is_error);
  fields.String("error.type", observation.error_class);
  fields.RefuseUnknown();
  return observation;
}

GuardMark ReadGuard(const Json& json, const Fields& step) {
  Fields fields(json, step, "guard");
  GuardMark guard;
  fields.String("id", guard.guard);
  fields.String("verdict", guard.verdict);
  fields.String("message", guard.message);
  fields.RefuseUnknown();
  return guard;
}

StepKind ReadKind(Fields& fields) {
  std::string kind;
  if (!fields.String("kind", kind)) throw fields.Bad("kind", "is missing");
  if (const auto known = StepKindFromName(kind)) return *known;
  throw fields.Bad("kind",
                   "expected message, model_call, decision, tool_call, observation or guard");
}

Step ReadStep(const Json& json, const Fields& trace, std::int64_t index) {
  Fields fields(json, trace, "steps", index);
  Step step;
  step.kind = ReadKind(fields);
  fields.String("actor", step.actor);
  fields.String("text", step.text);
  if (const Json* decision = fields.Find("decision"))
    step.decision = ReadDecision(*decision, fields);
  if (const Json* call = fields.Find("tool_call")) step.call = ReadCall(*call, fields);
  if (const Json* observation = fields.Find("observation")) {
    step.observation = ReadObservation(*observation, fields);
  }
  if (const Json* guard = fields.Find("guard")) step.guard = ReadGuard(*guard, fields);
  fields.Int("time_unix_nano", step.unix_nanos);
  fields.Int("gen_ai.usage.input_tokens", step.input_tokens);
  fields.Int("gen_ai.usage.output_tokens", step.output_tokens);
  double cost = 0;
  if (fields.Number("cost", cost)) step.cost = cost;
  if (const Json* extra = fields.Find("extra")) step.extra = *extra;
  fields.RefuseUnknown();
  return step;
}

std::uint64_t ReadSeed(Fields& fields) {
  const Json* seed = fields.Find("seed");
  if (seed == nullptr) return 0;
  // Compared as a signed number, a seed above 2^63 would look negative.
  const bool good =
      seed->is_number_unsigned() || (seed->is_number_integer() && seed->get<std::int64_t>() >= 0);
  if (!good) {
    throw fields.Bad("seed", "expected a whole number of 0 or more");
  }
  return seed->get<std::uint64_t>();
}

double ReadInclusion(Fields& fields) {
  double probability = 1;
  fields.Number("inclusion_probability", probability);
  if (!(probability > 0 && probability <= 1)) {
    throw fields.Bad("inclusion_probability", "expected a number above 0 and at most 1");
  }
  return probability;
}

void PutKey(Json& json, const EpisodeKey& key) {
  PutText(json, "suite", key.suite);
  PutText(json, "stratum", key.stratum);
  PutText(json, "family", key.family);
  PutText(json, "task_id", key.task_id);
  PutText(json, "cluster_id", key.cluster_id);
  PutInt(json, "trial", key.trial);
}

EpisodeKey ReadKey(Fields& fields) {
  EpisodeKey key;
  fields.String("suite", key.suite);
  fields.String("stratum", key.stratum);
  fields.String("family", key.family);
  fields.String("task_id", key.task_id);
  fields.String("cluster_id", key.cluster_id);
  fields.Int("trial", key.trial);
  return key;
}

}  // namespace

std::string_view StepKindName(StepKind kind) {
  return kStepKindNames[static_cast<std::size_t>(kind)];
}

std::optional<StepKind> StepKindFromName(std::string_view name) {
  for (std::size_t i = 0; i < kStepKindNames.size(); ++i) {
    if (name == kStepKindNames[i]) return static_cast<StepKind>(i);
  }
  return std::nullopt;
}

// The member that `kind` names is always written; any other only when it holds something, so that
// nothing of a step is lost.
Json ToJson(const Step& step) {
  Json json = {{"kind", StepKindName(step.kind)}};
  PutText(json, "actor", step.actor);
  PutText(json, "text", step.text);
  if (step.kind == StepKind::kDecision || step.decision != Decision{}) {
    PutDecision(json, step.decision);
  }
  if (step.kind == StepKind::kToolCall || step.call != ToolCall{}) PutCall(json, step.call);
  if (step.kind == StepKind::kObservation || step.observation != Observation{}) {
    PutObservation(json, step.observation);
  }
  if (step.kind == StepKind::kGuard || step.guard != GuardMark{}) PutGuard(json, step.guard);
  PutInt(json, "time_unix_nano", step.unix_nanos);
  PutInt(json, "gen_ai.usage.input_tokens", step.input_tokens);
  PutInt(json, "gen_ai.usage.output_tokens", step.output_tokens);
  if (step.cost) PutFinite(json, "cost", *step.cost);
  if (!step.extra.is_null()) json["extra"] = step.extra;
  return json;
}

Json ToJson(const Trace& trace) {
  Json json = {{"format", kTraceFormat}, {"trace_id", trace.id}};
  PutText(json, "gen_ai.agent.name", trace.agent);
  PutText(json, "strategy.hash", trace.strategy);
  PutKey(json, trace.key);
  PutText(json, "split", trace.split);
  if (trace.seed != 0) json["seed"] = trace.seed;
  PutText(json, "principal", trace.principal);
  if (trace.inclusion_probability != 1) {
    PutFinite(json, "inclusion_probability", trace.inclusion_probability);
  }
  Json& steps = json["steps"] = Json::array();
  for (const Step& step : trace.steps) steps.push_back(ToJson(step));
  if (trace.outcome) json["outcome"] = ToJson(*trace.outcome);
  if (!trace.extra.is_null()) json["extra"] = trace.extra;
  return json;
}

Trace TraceFromJson(const Json& json) {
  Fields fields(json, "");
  std::string format;
  if (!fields.String("format", format)) throw fields.Bad("format", "is missing");
  if (format != kTraceFormat) {
    throw fields.Bad("format", "expected \"" + std::string(kTraceFormat) + "\"");
  }
  Trace trace;
  if (!fields.String("trace_id", trace.id)) throw fields.Bad("trace_id", "is missing");
  fields.String("gen_ai.agent.name", trace.agent);
  fields.String("strategy.hash", trace.strategy);
  trace.key = ReadKey(fields);
  fields.String("split", trace.split);
  trace.seed = ReadSeed(fields);
  fields.String("principal", trace.principal);
  trace.inclusion_probability = ReadInclusion(fields);
  const Json* steps = fields.Array("steps");
  if (steps == nullptr) throw fields.Bad("steps", "is missing");
  trace.steps.reserve(steps->size());
  for (const Json& step : *steps) {
    trace.steps.push_back(ReadStep(step, fields, static_cast<std::int64_t>(trace.steps.size())));
  }
  if (const Json* outcome = fields.Find("outcome")) trace.outcome = OutcomeFromJson(*outcome);
  if (const Json* extra = fields.Find("extra")) trace.extra = *extra;
  fields.RefuseUnknown();
  return trace;
}

}  // namespace kedge::trace
