// The pages of a gate.
#include "harness/core/file.h"
#include "harness/loop/gate_steps.h"
#include "harness/run/episode.h"
#include "reports/report.h"

namespace kedge::loop {
namespace {

reports::TraceLookup JournalLookup(const suite::Suite& suite, const run::Journal& journal) {
  return [&](std::string_view arm, std::string_view task_id,
             std::int64_t trial) -> std::optional<trace::Trace> {
    const std::optional<std::size_t> task = suite.FindTask(task_id);
    if (!task) return std::nullopt;
    return journal.FindTrace(run::EpisodeId(suite, {*task, trial, std::string(arm), 0}));
  };
}

}  // namespace

GateSessionResult WriteGateReports(const GateSession& session, gate::Verdict verdict) {
  const std::string& folder = session.options.output_folder;
  GateSessionResult result{std::move(verdict), folder + "/report.html", folder + "/summary.md",
                           folder + "/junit.xml", folder + "/verdict.json"};
  reports::ReportContext context;
  context.title = result.verdict.suite + ": " + result.verdict.champion.name + " against " +
                  result.verdict.candidate.name;
  context.generated_at = FormatTimestamp(session.clock.UnixNanos());
  context.version = session.options.version;
  if (session.journal) context.traces = JournalLookup(*session.files.suite, *session.journal);
  reports::WriteGateHtml(result.html, result.verdict, context);
  WriteFileAtomic(result.markdown, reports::GateMarkdown(result.verdict));
  WriteFileAtomic(result.junit, reports::GateJUnit(result.verdict));
  WriteFileAtomic(result.json, PrettyJson(gate::ToJson(result.verdict)) + "\n");
  return result;
}

}  // namespace kedge::loop
