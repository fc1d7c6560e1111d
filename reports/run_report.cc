#include <fmt/format.h>

#include <optional>

#include "harness/core/atomic_file.h"
#include "harness/core/utf8.h"
#include "reports/failure_list.h"
#include "reports/page.h"
#include "reports/report.h"
#include "reports/run_page.h"
#include "reports/xml_text.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kMaxMessageBytes = 300;
constexpr std::size_t kMaxOutputBytes = 4000;

const char* ResultWord(const trace::Outcome& outcome) {
  if (outcome.status == trace::EpisodeStatus::kMissing) return "missing";
  return outcome.success ? "success" : "failure";
}

Json ResultLine(const trace::Trace& episode) {
  const trace::Outcome& outcome = *episode.outcome;
  return {{"id", episode.id},
          {"task_id", episode.key.task_id},
          {"family", episode.key.family},
          {"stratum", episode.key.stratum},
          {"trial", episode.key.trial},
          {"seed", episode.seed},
          {"result", ResultWord(outcome)},
          {"outcome", trace::ToJson(outcome)}};
}

std::string JUnitCase(const trace::Trace& episode, const std::string& suite) {
  const trace::Outcome& outcome = *episode.outcome;
  const std::string start = fmt::format(
      "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.4f}\"",
      XmlEscape(suite + "." + episode.key.family), XmlEscape(episode.id), outcome.latency_seconds);
  if (outcome.success) return start + "/>\n";
  const std::string complaints = Complaints(outcome);
  return start +
         fmt::format(
             ">\n      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n    </testcase>\n",
             outcome.status == trace::EpisodeStatus::kMissing ? "error" : "failure",
             XmlEscape(Elide(complaints.substr(0, complaints.find('\n')), kMaxMessageBytes)),
             XmlEscape(Elide(outcome.end, kMaxMessageBytes)),
             XmlEscape(Elide(complaints, kMaxOutputBytes)));
}

}  // namespace

// JUnit and HTML state the counts before the cases, so the cases wait in spool files.
struct RunReport::State {
  State(const Paths& where, const Header& what) : paths(where), header(what) {
    if (!paths.html.empty()) failures.emplace(paths.html);
    if (!paths.junit.empty()) cases.emplace(paths.junit);
    if (!paths.json.empty()) results.emplace(paths.json);
  }

  void WriteHtml(AtomicFile& file) {
    HtmlWriter html([&](std::string_view piece) { file.Write(piece); });
    WritePage(html, header.title, "kedge " + header.version + ", " + header.generated_at, [&] {
      html.Leaf("h1", header.title);
      WriteRunSummary(html, total, families);
      failures->WriteTo(html);
    });
    html.Finish();
  }

  void WriteJUnit(AtomicFile& file) {
    const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\"",
                                           total.episodes, total.Failures(), total.missing);
    file.Write(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"kedge run\" {0} time=\"{2:.3f}\">\n"
                    "  <testsuite name=\"{1}\" {0} skipped=\"0\" time=\"{2:.3f}\">\n",
                    counts, XmlEscape(header.title), seconds));
    cases->CopyTo([&](std::string_view piece) { file.Write(piece); });
    file.Write("  </testsuite>\n</testsuites>\n");
  }

  Paths paths;
  Header header;
  FamilyRunCounts families;
  RunCounts total;
  double seconds = 0;
  std::optional<FailureList> failures;
  std::optional<SpoolFile> cases;
  std::optional<SpoolFile> results;
};

RunReport::RunReport(const Paths& paths, const Header& header)
    : state_(std::make_unique<State>(paths, header)) {
  if (!state_->results) return;
  state_->results->Write(
      DumpJson(
          {{"format", "kedge-results/1"}, {"suite", header.suite}, {"strategy", header.strategy}}) +
      "\n");
}

RunReport::~RunReport() = default;

void RunReport::Add(const trace::Trace& episode) {
  const trace::Outcome& outcome = *episode.outcome;
  RunCounts& family = state_->families[episode.key.family];
  family.stratum = episode.key.stratum;
  family.Add(outcome);
  state_->total.Add(outcome);
  state_->seconds += outcome.latency_seconds;
  if (state_->failures && !outcome.success) state_->failures->Add(episode);
  if (state_->cases) state_->cases->Write(JUnitCase(episode, state_->header.suite));
  if (state_->results) state_->results->Write(DumpJson(ResultLine(episode)) + "\n");
}

// All is written before anything takes its place, so that a full disk leaves every old file.
void RunReport::Finish() {
  std::optional<AtomicFile> html, junit, json;
  if (state_->failures) state_->WriteHtml(html.emplace(state_->paths.html));
  if (state_->cases) state_->WriteJUnit(junit.emplace(state_->paths.junit));
  if (state_->results) {
    json.emplace(state_->paths.json);
    state_->results->CopyTo([&](std::string_view piece) { json->Write(piece); });
  }
  for (std::optional<AtomicFile>* file : {&html, &junit, &json}) {
    if (*file) (*file)->Commit();
  }
}

}  // namespace kedge::reports
