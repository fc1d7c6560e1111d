// What the change guard needs to know, and the people who may overrule what it asks.
#include "harness/gate/approval.h"
#include "harness/loop/gate_steps.h"
#include "harness/loop/leak_texts.h"
#include "harness/loop/trace_archive.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

std::shared_ptr<const suite::Suite> LoadAllSplits(const GateSession& session) {
  return suite::Suite::Load(session.options.suite_folder, {.seed = session.options.suite_seed,
                                                           .split = "all",
                                                           .variant = session.options.variant,
                                                           .data = session.options.data});
}

std::shared_ptr<const guards::LeakIndex> IndexHiddenTasks(const GateSession& session,
                                                          bool dev_is_public) {
  auto index = std::make_shared<guards::LeakIndex>();
  AddPublicTexts(session.files.champion, *session.files.suite, *index);
  if (dev_is_public) AddDevTexts(*LoadAllSplits(session), *index);
  AddHiddenTexts(*session.files.suite, "gate", *index);
  if (session.files.vault) AddHiddenTexts(*session.files.vault, "vault", *index);
  return index;
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

  evidence.hidden_tasks = [&session] { return IndexHiddenTasks(session, false); };
  const gate::ChangeReasons reasons = gate::CheckChange(session.inputs, evidence);
  if (!HasLeak(reasons)) return reasons;

  // What a dev task says as well is no leak; those are made only when it matters.
  evidence.hidden_tasks = [&session] { return IndexHiddenTasks(session, true); };
  return gate::CheckChange(session.inputs, evidence);
}

void AskApprovals(GateSession& session, gate::Verdict& verdict) {
  std::vector<guards::Approval> approvals;
  for (const std::string& file : session.options.approval_files) {
    approvals.push_back(guards::LoadApproval(file));
  }
  const std::int64_t now = session.clock.UnixNanos() / kNanosPerSecond;
  if (gate::RequireApprovals(verdict, session.asked, session.files.policy, approvals,
                             session.files.author, now)) {
    session.decided = false;
  }
}

}  // namespace kedge::loop
