// The pages of a gate.
#include <filesystem>

#include "harness/core/error.h"
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

// The reports beside it were written with more than a recorded verdict holds: traces above all.
bool HoldsVerdict(const std::string& path, const Json& document) {
  if (!std::filesystem::exists(path)) return false;
  try {
    return ParseJson(ReadFile(path), path) == document;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

GateSessionResult WriteGateReports(const GateSession& session, gate::Verdict verdict) {
  const std::string& folder = session.options.output_folder;
  Json document = session.recorded ? session.document : gate::ToJson(verdict);
  GateSessionResult result{std::move(verdict),     std::move(document),   folder + "/report.html",
                           folder + "/summary.md", folder + "/junit.xml", folder + "/verdict.json"};
  if (session.recorded && HoldsVerdict(result.json, result.document)) return result;
  reports::ReportContext context;
  context.title = result.verdict.suite + ": " + result.verdict.champion.name + " against " +
                  result.verdict.candidate.name;
  context.generated_at = FormatTimestamp(session.clock.UnixNanos());
  context.version = session.options.version;
  if (session.journal) context.traces = JournalLookup(*session.files.suite, *session.journal);
  reports::WriteGateHtml(result.html, result.verdict, context);
  WriteFileAtomic(result.markdown, reports::GateMarkdown(result.verdict));
  WriteFileAtomic(result.junit, reports::GateJUnit(result.verdict));
  WriteFileAtomic(result.json, PrettyJson(result.document) + "\n");
  return result;
}

}  // namespace kedge::loop
