#include "harness/loop/guard_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "guards/explanation.h"
#include "guards/review.h"
#include "guards/trace_events.h"
#include "harness/core/error.h"
#include "harness/loop/trace_archive.h"

namespace kedge::loop {
namespace {

trace::Trace FindTrace(const std::string& archive, const std::string& id) {
  std::optional<trace::Trace> found;
  ReadArchive(archive, [&](trace::Trace&& trace) {
    if (!found && (id.empty() || trace.id == id)) found = std::move(trace);
  });
  if (found) return std::move(*found);
  throw Error(ErrorKind::kMissingInput, "holds no trace of the id " + id).At(archive);
}

}  // namespace

std::size_t GuardCheckResult::CountAtLeast(const std::string& severity) const {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [&severity](const guards::RecordedFinding& one) {
        return !one.finding.shadow && !one.finding.approved &&
               guards::IsAtLeast(one.finding.severity, severity);
      }));
}

Json GuardCheckResult::ToJson() const {
  Json rows = Json::array();
  for (const guards::RecordedFinding& finding : findings) rows.push_back(guards::ToJson(finding));
  return {{"policy_digest", policy->digest()},
          {"traces", traces},
          {"events", events},
          {"traces_by_rule", traces_by_rule},
          {"shadow_rules", policy->shadow_rule_ids()},
          {"findings", std::move(rows)}};
}

GuardCheckResult RunGuardCheck(const std::string& policy_path,
                               const std::vector<std::string>& archives) {
  GuardCheckResult result;
  result.policy = guards::Policy::Load(policy_path);
  for (const std::string& id : result.policy->rule_ids()) result.traces_by_rule[id] = 0;
  guards::Monitor monitor(result.policy);
  for (const std::string& archive : archives) {
    ReadArchive(archive, [&](trace::Trace&& trace) {
      const std::size_t before = result.findings.size();
      result.events += guards::CheckTrace(trace, archive, monitor, result.findings);
      ++result.traces;
      std::set<std::string> rules;
      for (std::size_t i = before; i < result.findings.size(); ++i) {
        rules.insert(result.findings[i].finding.rule);
      }
      for (const std::string& rule : rules) ++result.traces_by_rule[rule];
    });
  }
  return result;
}

std::string RunGuardExplain(const std::string& policy_path, const std::string& archive,
                            const std::string& id, std::int64_t event) {
  const auto policy = guards::Policy::Load(policy_path);
  const trace::Trace trace = FindTrace(archive, id);
  const std::vector<guards::Event> events = guards::EventsOf(trace);
  const std::string head = "trace " + trace.id + ", ";
  if (event == 0) return head + guards::ExplainEvent(policy, events, events.size(), trace.id);
  if (event > 0) {
    return head +
           guards::ExplainEvent(policy, events, static_cast<std::size_t>(event - 1), trace.id);
  }
  guards::Monitor monitor(policy);
  monitor.Reset(trace.id);
  const std::vector<guards::Decision> decisions = guards::Replay(monitor, events);
  std::string out;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i].findings.empty()) continue;
    out += (out.empty() ? "" : "\n") + head + guards::ExplainEvent(policy, events, i, trace.id);
  }
  return out.empty() ? head + "no rule says anything\n" : out;
}

}  // namespace kedge::loop
