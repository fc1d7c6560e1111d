#include <fmt/format.h>

#include <map>

#include "harness/core/utf8.h"
#include "reports/page.h"
#include "reports/report.h"
#include "reports/trace_view.h"
#include "reports/xml_text.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kFailuresInFull = 200;
constexpr std::size_t kFailuresListed = 10'000;
constexpr std::size_t kMaxOutputBytes = 4000;

std::string FirstComplaint(const trace::Outcome& outcome) {
  if (outcome.end != "answered") {
    return outcome.end + (outcome.end_detail.empty() ? "" : ": " + outcome.end_detail);
  }
  for (const trace::Score& score : outcome.scores) {
    if (!score.pass) return score.scorer + ": " + score.why;
  }
  return "failed";
}

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

}  // namespace

struct RunReport::State {
  struct FamilyCounts {
    std::string stratum;
    std::int64_t episodes = 0, successes = 0, missing = 0;
  };

  Paths paths;
  Header header;
  std::unique_ptr<AtomicFile> json_file;
  std::map<std::string, FamilyCounts> families;
  FamilyCounts total;
  std::vector<trace::Trace> failures;      // the first, in full
  std::vector<std::string> failure_lines;  // the rest, one line each
  std::int64_t unlisted_failures = 0;
  double seconds = 0;
  // JUnit states the counts before the cases, so the cases wait here; one is about 150 bytes.
  std::string junit_cases;

  void Count(FamilyCounts& counts, const trace::Outcome& outcome) const {
    ++counts.episodes;
    counts.successes += outcome.success ? 1 : 0;
    counts.missing += outcome.status == trace::EpisodeStatus::kMissing ? 1 : 0;
  }

  void AddCase(const trace::Trace& episode) {
    const trace::Outcome& outcome = *episode.outcome;
    junit_cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.4f}\"",
                               XmlEscape(header.suite + "." + episode.key.family),
                               XmlEscape(episode.id), outcome.latency_seconds);
    if (outcome.success) {
      junit_cases += "/>\n";
      return;
    }
    const char* element = outcome.status == trace::EpisodeStatus::kMissing ? "error" : "failure";
    junit_cases += fmt::format(">\n      <{0} message=\"{1}\" type=\"{2}\"/>\n    </testcase>\n",
                               element, XmlEscape(Elide(FirstComplaint(outcome), kMaxOutputBytes)),
                               XmlEscape(outcome.end));
  }

  void AddFailure(const trace::Trace& episode) {
    if (failures.size() < kFailuresInFull) {
      failures.push_back(episode);
    } else if (failure_lines.size() < kFailuresListed) {
      failure_lines.push_back(episode.id + ": " + Elide(FirstComplaint(*episode.outcome), 300));
    } else {
      ++unlisted_failures;
    }
  }

  void WriteHtml() {
    AtomicFile file(paths.html);
    HtmlWriter html(file);
    WritePage(html, header.title, "kedge " + header.version + ", " + header.generated_at,
              [&] { WriteBody(html); });
    file.Commit();
  }

  void WriteBody(HtmlWriter& html) const {
    html.Leaf("h1", header.title);
    {
      const auto banner = html.Open("section", {{"class", "verdict hold"}});
      html.Leaf("strong",
                fmt::format("{} of {} episodes succeeded", total.successes, total.episodes),
                {{"class", "word"}});
      if (total.missing > 0) {
        html.Leaf("div",
                  fmt::format("{} episodes are missing: infrastructure failed.", total.missing));
      }
    }
    html.Leaf("h2", "Families");
    WriteTable(html, "Success by family",
               {"Family", "Stratum", "#Episodes", "#Successes", "#Rate", "#Missing"}, [&] {
                 for (const auto& [name, counts] : families) WriteFamily(html, name, counts);
               });
    WriteFailures(html);
  }

  static void WriteFamily(HtmlWriter& html, const std::string& name, const FamilyCounts& counts) {
    const auto row = html.Open("tr");
    html.Leaf("td", name);
    html.Leaf("td", counts.stratum);
    const auto number = [&](const std::string& text) { html.Leaf("td", text, {{"class", "n"}}); };
    number(std::to_string(counts.episodes));
    number(std::to_string(counts.successes));
    number(fmt::format("{:.1f} %", 100 * static_cast<double>(counts.successes) /
                                       static_cast<double>(counts.episodes)));
    number(std::to_string(counts.missing));
  }

  void WriteFailures(HtmlWriter& html) const {
    if (failures.empty()) return;
    html.Leaf("h2", "Episodes that did not succeed");
    for (const trace::Trace& episode : failures) {
      const auto details = html.Open("details");
      html.Leaf("summary", episode.id + ": " + Elide(FirstComplaint(*episode.outcome), 300));
      WriteTrace(html, episode);
    }
    for (const std::string& line : failure_lines) html.Leaf("div", line);
    if (unlisted_failures > 0) {
      html.Leaf("p", fmt::format("{} more are in the results file.", unlisted_failures));
    }
  }

  void WriteJUnit() {
    const std::string counts = fmt::format(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.3f}\"", total.episodes,
        total.episodes - total.successes - total.missing, total.missing, seconds);
    AtomicFile file(paths.junit);
    file.Write(fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kedge run\" {0}>\n"
        "  <testsuite name=\"{1}\" {0}>\n",
        counts, XmlEscape(header.title)));
    file.Write(junit_cases);
    file.Write("  </testsuite>\n</testsuites>\n");
    file.Commit();
  }
};

RunReport::RunReport(const Paths& paths, const Header& header) : state_(std::make_unique<State>()) {
  state_->paths = paths;
  state_->header = header;
  if (paths.json.empty()) return;
  state_->json_file = std::make_unique<AtomicFile>(paths.json);
  state_->json_file->Write(DumpJson(
      {{"format", "kedge-results/1"}, {"suite", header.suite}, {"strategy", header.strategy}}));
  state_->json_file->Write("\n");
}

RunReport::~RunReport() = default;

void RunReport::Add(const trace::Trace& episode) {
  const trace::Outcome& outcome = *episode.outcome;
  State::FamilyCounts& family = state_->families[episode.key.family];
  family.stratum = episode.key.stratum;
  state_->Count(family, outcome);
  state_->Count(state_->total, outcome);
  state_->seconds += outcome.latency_seconds;
  if (!state_->paths.junit.empty()) state_->AddCase(episode);
  if (!outcome.success) state_->AddFailure(episode);
  if (state_->json_file) {
    state_->json_file->Write(DumpJson(ResultLine(episode)));
    state_->json_file->Write("\n");
  }
}

void RunReport::Finish() {
  if (state_->json_file) state_->json_file->Commit();
  if (!state_->paths.junit.empty()) state_->WriteJUnit();
  if (!state_->paths.html.empty()) state_->WriteHtml();
}

}  // namespace kedge::reports
