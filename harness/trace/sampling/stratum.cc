#include "harness/trace/sampling/stratum.h"

#include <bit>
#include <set>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::trace {
namespace {

constexpr std::pair<const char*, bool StratumOptions::*> kDimensions[] = {
    {"tools", &StratumOptions::tools},         {"outcome", &StratumOptions::outcome},
    {"error", &StratumOptions::error},         {"length", &StratumOptions::length},
    {"principal", &StratumOptions::principal}, {"guards", &StratumOptions::guards}};

std::string Joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : "+") + name;
  return out.empty() ? "none" : out;
}

std::string ToolSet(const Trace& trace) {
  std::set<std::string> names;
  for (const Step& step : trace.steps) {
    if (step.kind == StepKind::kToolCall) names.insert(step.call.name);
  }
  return Joined(names);
}

const char* OutcomeName(const Trace& trace) {
  if (!trace.outcome) return "unjudged";
  if (trace.outcome->status == EpisodeStatus::kMissing) return "missing";
  return trace.outcome->success ? "success" : "failure";
}

std::string ErrorClass(const Trace& trace) {
  if (trace.outcome && trace.outcome->end != "answered") return trace.outcome->end;
  std::string last = "none";
  for (const Step& step : trace.steps) {
    if (step.kind != StepKind::kObservation || !step.observation.is_error) continue;
    last = step.observation.error_class.empty() ? "error" : step.observation.error_class;
  }
  return last;
}

std::set<std::string> Guards(const Trace& trace) {
  std::set<std::string> guards;
  for (const Step& step : trace.steps) {
    if (step.kind == StepKind::kGuard) guards.insert(step.guard.guard);
  }
  if (!trace.outcome) return guards;
  for (const auto& [guard, count] : trace.outcome->violations) {
    if (count > 0) guards.insert(guard);
  }
  return guards;
}

}  // namespace

StratumOptions StratumOptionsFrom(const std::vector<std::string>& dimensions) {
  StratumOptions options{false, false, false, false, false, false};
  for (const std::string& wanted : dimensions) {
    bool known = false;
    for (const auto& [name, member] : kDimensions) {
      if (wanted != name) continue;
      options.*member = true;
      known = true;
    }
    if (known) continue;
    throw UsageError("'" + wanted +
                     "': expected tools, outcome, error, length, principal or guards");
  }
  return options;
}

std::string StratumOf(const Trace& trace, const StratumOptions& options) {
  std::string name;
  const auto add = [&](bool wanted, const char* key, const std::string& value) {
    if (wanted) name += (name.empty() ? "" : " ") + std::string(key) + "=" + value;
  };
  add(options.outcome, "outcome", OutcomeName(trace));
  add(options.error, "error", ErrorClass(trace));
  add(options.guards, "guards", Joined(Guards(trace)));
  add(options.length, "steps<", std::to_string(std::bit_ceil(trace.steps.size())));
  add(options.tools, "tools", ToolSet(trace));
  add(options.principal, "principal", trace.principal.empty() ? "none" : trace.principal);
  return name.empty() ? "all" : name;
}

std::string CoarseStratumOf(const Trace& trace) {
  return std::string("other: outcome=") + OutcomeName(trace) +
         (Guards(trace).empty() ? "" : " guards");
}

std::vector<std::uint64_t> ToolCallShingles(const Trace& trace) {
  std::vector<std::uint64_t> shingles;
  std::string previous = "start";
  for (const Step& step : trace.steps) {
    if (step.kind != StepKind::kToolCall || step.actor == "user") continue;
    std::string call = DumpJson(step.call.name) + CanonicalJson(step.call.arguments);
    shingles.push_back(StableHash64(previous + "\n" + call));
    previous = std::move(call);
  }
  if (!shingles.empty()) shingles.push_back(StableHash64(previous + "\nend"));
  return shingles;
}

}  // namespace kedge::trace
