#include "harness/trace/formats/tau2_bench.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/trace/formats/chat_steps.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kLongText = 512;

// What all simulations of a run share.
struct RunInfo {
  std::string domain;
  std::string agent;
  Json info;
  std::map<std::string, std::string> task_versions;
};

std::string TextAt(const Json& info, const char* object, const char* key) {
  const auto outer = info.find(object);
  if (outer == info.end() || !outer->is_object()) return {};
  const auto inner = outer->find(key);
  return inner != outer->end() && inner->is_string() ? inner->get<std::string>() : std::string();
}

RunInfo ReadInfo(const JsonSlices& members, const std::string& path) {
  RunInfo run;
  if (const JsonSlice* info = FindSlice(members, "info")) {
    run.info = ParseRecord({info->text, info->line}, path);
    run.domain = TextAt(run.info, "environment_info", "domain_name");
    run.agent = TextAt(run.info, "agent_info", "llm");
    ElideLongTexts(run.info, kLongText);
  }
  return run;
}

void ReadTaskVersion(const Json& task, RunInfo& run) {
  const auto criteria = task.find("evaluation_criteria");
  const auto id = task.find("id");
  if (criteria == task.end() || !criteria->is_object() || id == task.end()) return;
  const std::string name = id->is_string() ? id->get<std::string>() : DumpJson(*id);
  run.task_versions[name] = DefinitionDigest(
      *criteria, {"actions", "communicate_info", "env_assertions", "reward_basis"});
}

void ReadTasks(const JsonSlices& members, const std::string& path, RunInfo& run,
               ReadReport& report) {
  const JsonSlice* tasks = FindSlice(members, "tasks");
  if (tasks == nullptr) return;
  for (const JsonSlice& slice : SliceArray(tasks->text, tasks->line).items) {
    try {
      const Json task = ParseRecord({slice.text, slice.line}, path);
      if (task.is_object()) ReadTaskVersion(task, run);
    } catch (const Error& error) {
      report.Bad(error);
    }
  }
}

void AddUsage(const Trace& trace, Outcome& outcome) {
  for (const Step& step : trace.steps) {
    if (step.kind != StepKind::kModelCall) continue;
    outcome.input_tokens += step.input_tokens;
    outcome.output_tokens += step.output_tokens;
  }
  for (const Step& step : trace.steps) {
    const bool by_agent = step.kind == StepKind::kToolCall && step.actor == "agent";
    outcome.tool_calls += by_agent ? 1 : 0;
  }
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
}

void AddParts(const Json& reward_info, Outcome& outcome) {
  const auto parts = reward_info.find("reward_breakdown");
  if (parts == reward_info.end() || !parts->is_object()) return;
  for (const auto& [name, value] : parts->items()) {
    if (!value.is_number()) continue;
    const double score = std::clamp(value.get<double>(), 0.0, 1.0);
    outcome.scores.push_back({name, score == 1, score, {}});
  }
}

void AddReward(const ForeignRecord& record, const Json& reward_info, const ReadOptions& options,
               Outcome& outcome) {
  const Json reward = reward_info.is_object() ? reward_info.value("reward", Json()) : Json();
  if (reward.is_null()) {
    if (!options.errors_as_recorded) outcome.status = EpisodeStatus::kMissing;
    return;
  }
  if (!reward.is_number()) throw record.Bad("reward_info.reward", "expected a number");
  outcome.success = reward == 1;
  outcome.score = std::clamp(reward.get<double>(), 0.0, 1.0);
  AddParts(reward_info, outcome);
}

Outcome TakeOutcome(ForeignRecord& record, const Trace& trace, const ReadOptions& options) {
  Outcome outcome;
  const std::string end = record.TakeText("termination_reason");
  if (!end.empty() && end != "user_stop" && end != "agent_stop") outcome.end = end;
  const Json reward_info = record.Take("reward_info");
  AddReward(record, reward_info, options, outcome);
  if (const auto cost = record.TakeNumber("agent_cost")) {
    outcome.cost = *cost;
    outcome.has_cost = true;
  }
  outcome.latency_seconds = record.TakeNumber("duration").value_or(0);
  AddUsage(trace, outcome);
  return outcome;
}

Trace FromSimulation(Json&& json, const RunInfo& run, const ReadOptions& options) {
  Json reward_info = json.is_object() ? json.value("reward_info", Json()) : Json();
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.agent = run.agent;
  trace.key.suite = run.domain;
  trace.key.task_id = record.NeedIdentifier("task_id");
  trace.key.trial = record.TakeInt("trial");
  trace.id = record.TakeText("id");
  if (trace.id.empty()) trace.id = trace.key.task_id + "/" + std::to_string(trace.key.trial);
  trace.seed = static_cast<std::uint64_t>(record.TakeInt("seed"));
  trace.steps = StepsFromChat(record.NeedArray("messages"), ChatDialect::kTau2, "messages");
  trace.outcome = TakeOutcome(record, trace, options);
  trace.extra = std::move(record).Rest();
  if (!reward_info.is_null()) trace.extra["reward_info"] = std::move(reward_info);
  if (!run.info.is_null()) trace.extra["info"] = run.info;
  const auto version = run.task_versions.find(trace.key.task_id);
  if (version != run.task_versions.end()) trace.extra[kTaskVersion] = version->second;
  return trace;
}

}  // namespace

bool IsTau2Bench(const JsonSlices& record) {
  return FindSlice(record, "simulations") != nullptr && FindSlice(record, "tasks") != nullptr;
}

ReadReport ReadTau2Bench(const std::string& path, const ReadOptions& options,
                         const TraceSink& sink) {
  ReadReport report;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    JsonSlices members = SliceObject(record.text, record.line);
    RunInfo run = ReadInfo(members, path);
    ReadTasks(members, path, run, report);
    const JsonSlice* runs = FindSlice(members, "simulations");
    if (runs == nullptr || (members.error && runs->text.empty())) {
      report.Bad(std::move(BadData("is missing").At(path, record.line, "simulations")));
      return true;
    }
    JsonSlices simulations = SliceArray(runs->text, runs->line);
    const auto convert = [&](Json&& json) { return FromSimulation(std::move(json), run, options); };
    for (const JsonSlice& slice : simulations.items) {
      ConvertRecord({slice.text, slice.line}, path, convert, sink, report);
    }
    CheckUntaken(members, {"info", "tasks", "simulations"}, path, report);
    std::optional<Error>& broken = simulations.error ? simulations.error : members.error;
    if (broken) report.Bad(broken->At(path, broken->line()));
    return true;
  });
  if (cut) report.Bad(*cut);
  return report;
}

}  // namespace kedge::trace
