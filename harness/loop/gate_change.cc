// What the change guard needs to know, and the people who may overrule what it asks.
#include "harness/gate/approval.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/trace_archive.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Everything of the tasks of a split that an answer could be read from.
template <typename See>
void ForEachText(const suite::Suite& suite, std::string_view split, See see) {
  for (const suite::Task& task : suite.tasks()) {
    if (task.split != split) continue;
    see(task.instruction);
    for (const suite::UserFact& fact : task.facts) see(fact.value);
    for (const std::string& tell : task.tell) see(tell);
    for (const suite::ExpectedCall& call : task.expected_calls) see(DumpJson(call.arguments));
  }
}

void AddPublicTexts(const GateSession& session, guards::LeakIndex& index) {
  for (const std::string_view layer : strategy::kLayerNames) {
    index.AddPublic(DumpJson(session.files.champion.layer(layer)));
  }
  if (!session.files.suite->world()) return;
  for (const world::ToolSpec& tool : session.files.suite->world()->tools()) {
    index.AddPublic(tool.description);
  }
}

void AddDevTexts(const GateSession& session, guards::LeakIndex& index) {
  suite::SuiteOptions options;
  options.seed = session.options.suite_seed;
  options.variant = session.options.variant;
  options.data = session.options.data;
  options.split = "all";
  const auto suite = suite::Suite::Load(session.options.suite_folder, options);
  ForEachText(*suite, "dev", [&index](const std::string& text) { index.AddPublic(text); });
}

void AddHiddenTexts(const GateSession& session, guards::LeakIndex& index) {
  const auto add = [&index](const std::string& text) { index.AddHidden(text); };
  ForEachText(*session.files.suite, "gate", add);
  if (session.files.vault) ForEachText(*session.files.vault, "vault", add);
}

std::vector<std::string> ToolNames(const suite::Suite& suite) {
  std::vector<std::string> names;
  if (!suite.world()) return names;
  for (const world::ToolSpec& tool : suite.world()->tools()) names.push_back(tool.name);
  return names;
}

void ReadSources(const GateSession& session, guards::SourceTraces& sources) {
  for (const std::string& file : session.options.learned_from) {
    ReadArchive(file, [&](trace::Trace&& trace) { sources.Add(trace); });
  }
}

bool HasLeak(const gate::ChangeReasons& reasons) {
  for (const gate::Reason& reason : reasons.deny) {
    if (reason.code == "change_guard:S14-leakage") return true;
  }
  return false;
}

}  // namespace

gate::ChangeReasons CheckGateChange(const GateSession& session) {
  guards::SourceTraces sources;
  ReadSources(session, sources);
  guards::ChangeEvidence evidence;
  evidence.tools = ToolNames(*session.files.suite);
  if (!session.options.learned_from.empty()) evidence.source_traces = &sources;

  guards::LeakIndex quick;
  AddPublicTexts(session, quick);
  AddHiddenTexts(session, quick);
  evidence.hidden_tasks = &quick;
  const gate::ChangeReasons reasons = gate::CheckChange(session.inputs, evidence);
  if (!HasLeak(reasons)) return reasons;

  // What a dev task says as well is no leak; those are made only when it matters.
  guards::LeakIndex careful;
  AddPublicTexts(session, careful);
  AddDevTexts(session, careful);
  AddHiddenTexts(session, careful);
  evidence.hidden_tasks = &careful;
  return gate::CheckChange(session.inputs, evidence);
}

void AskApprovals(GateSession& session, gate::Verdict& verdict) {
  std::vector<guards::Approval> approvals;
  for (const std::string& file : session.options.approval_files) {
    approvals.push_back(guards::LoadApproval(file));
  }
  const std::int64_t now = session.clock.UnixNanos() / kNanosPerSecond;
  if (gate::RequireApprovals(verdict, session.asked, session.files.policy, approvals, now)) {
    session.decided = false;
  }
}

}  // namespace kedge::loop
