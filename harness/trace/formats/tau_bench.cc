#include "harness/trace/formats/tau_bench.h"

#include <utility>

#include "harness/trace/formats/chat_steps.h"
#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

// Whether any reward in the file is neither 0 nor 1. Broken records are reported by the second
// pass.
bool HasContinuousReward(const std::string& path) {
  bool continuous = false;
  (void)ForEachRecord(path, [&continuous](const RecordText& record) {
    const JsonSlices members = SliceObject(record.text);
    const JsonSlice* reward = FindSlice(members, "reward");
    if (reward == nullptr) return true;
    try {
      const Json value = ParseJson(reward->text);
      continuous = value.is_number() && value != 0 && value != 1;
    } catch (const Error&) {
    }
    return !continuous;
  });
  return continuous;
}

std::string VersionOf(const Json& info) {
  const auto task = info.find("task");
  if (task == info.end() || !task->is_object()) return {};
  return DefinitionDigest(*task, {"actions", "outputs"});
}

}  // namespace

bool IsTauBench(const JsonSlices& record) {
  return FindSlice(record, "traj") != nullptr && FindSlice(record, "reward") != nullptr &&
         FindSlice(record, "task_id") != nullptr;
}

Trace FromTauBench(Json&& json, bool reward_is_continuous) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.key.task_id = record.NeedIdentifier("task_id");
  trace.key.trial = record.TakeInt("trial");
  trace.id = trace.key.task_id + "/" + std::to_string(trace.key.trial);
  const auto reward = record.TakeNumber("reward");
  if (!reward) throw record.Bad("reward", "is missing");
  trace.steps = StepsFromChat(record.NeedArray("traj"), ChatDialect::kOpenAi, "traj");
  Outcome outcome;
  outcome.success = reward_is_continuous ? *reward > 0 : *reward == 1;
  outcome.score = outcome.success ? 1 : 0;
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
  outcome.tool_calls = Count(trace).tool_calls;
  trace.outcome = std::move(outcome);
  trace.extra = std::move(record).Rest();
  trace.extra["reward"] = *reward;
  if (const auto info = trace.extra.find("info"); info != trace.extra.end() && info->is_object()) {
    const std::string version = VersionOf(*info);
    if (!version.empty()) trace.extra[kTaskVersion] = version;
  }
  return trace;
}

ReadReport ReadTauBench(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  const bool continuous = HasContinuousReward(path);
  return ConvertRecords(
      path, [continuous](Json&& record) { return FromTauBench(std::move(record), continuous); },
      sink);
}

}  // namespace kedge::trace
