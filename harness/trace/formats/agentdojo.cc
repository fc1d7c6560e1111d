#include "harness/trace/formats/agentdojo.h"

#include <utility>

#include "harness/trace/formats/chat_steps.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

struct Case {
  std::string user_task;
  std::string injection;
  std::string attack;  // "none" when there is none
  bool utility = false;
  bool security = false;
  std::string error;

  bool is_injection_as_user() const { return user_task.starts_with("injection_task"); }
  // Only here `security` is a statement about the agent.
  bool watches_attack() const {
    return attack != "none" && !attack.ends_with("dos") && !is_injection_as_user();
  }
};

bool NeedBool(ForeignRecord& record, const char* key) {
  const auto value = record.TakeBool(key);
  if (!value) throw record.Bad(key, "is missing");
  return *value;
}

Case TakeCase(ForeignRecord& record) {
  Case out;
  out.user_task = record.NeedText("user_task_id");
  out.injection = record.TakeText("injection_task_id");
  out.attack = record.TakeText("attack_type");
  if (out.attack.empty()) out.attack = "none";
  out.utility = NeedBool(record, "utility");
  out.security = NeedBool(record, "security");
  out.error = record.TakeText("error");
  return out;
}

Outcome OutcomeOf(const Case& c, const Trace& trace, bool as_recorded) {
  Outcome outcome;
  outcome.tool_calls = Count(trace).tool_calls;
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
  if (!c.error.empty()) {
    outcome.end = "infrastructure_error";
    outcome.end_detail = c.error;
    if (!as_recorded) {
      outcome.status = EpisodeStatus::kMissing;
      return outcome;
    }
  }
  outcome.success = c.utility;
  outcome.score = c.utility ? 1 : 0;
  if (c.watches_attack()) {
    outcome.watched_guards = {kAttackGuard};
    if (c.security) outcome.violations[kAttackGuard] = 1;
  }
  return outcome;
}

}  // namespace

bool IsAgentDojo(const JsonSlices& record) {
  return FindSlice(record, "user_task_id") != nullptr &&
         FindSlice(record, "pipeline_name") != nullptr;
}

Trace FromAgentDojo(Json&& json, const ReadOptions& options) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.agent = record.NeedText("pipeline_name");
  trace.key.suite = record.NeedText("suite_name");
  const Case c = TakeCase(record);
  trace.key.stratum = c.attack;
  trace.key.family = c.is_injection_as_user() ? kInjectionAsUser : c.user_task;
  trace.key.task_id = c.injection.empty() ? c.user_task : c.user_task + "/" + c.injection;
  trace.key.cluster_id = c.user_task;
  trace.id = trace.agent + "/" + trace.key.suite + "/" + c.attack + "/" + trace.key.task_id;
  trace.steps = StepsFromChat(record.NeedArray("messages"), ChatDialect::kAgentDojo, "messages");
  Json version = record.Take("benchmark_version");
  const double seconds = record.TakeNumber("duration").value_or(0);
  trace.outcome = OutcomeOf(c, trace, options.errors_as_recorded);
  trace.outcome->latency_seconds = seconds;
  trace.extra = std::move(record).Rest();
  trace.extra["utility"] = c.utility;
  trace.extra["security"] = c.security;
  if (!version.is_null()) trace.extra[kTaskVersion] = std::move(version);
  return trace;
}

ReadReport ReadAgentDojo(const std::string& path, const ReadOptions& options,
                         const TraceSink& sink) {
  return ConvertRecords(
      path, [&options](Json&& record) { return FromAgentDojo(std::move(record), options); }, sink);
}

}  // namespace kedge::trace
