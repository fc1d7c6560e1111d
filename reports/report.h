#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/verdict.h"
#include "harness/trace/trace.h"

namespace kedge::reports {

/// Fetches the recorded trace of one episode ("champion" or "candidate", task id, trial); nullopt
/// when it was not kept. Called one at a time, so a report never holds more than two traces.
using TraceLookup = std::function<std::optional<trace::Trace>(
    std::string_view arm, std::string_view task_id, std::int64_t trial)>;

/// What a report shows beside the verdict.
struct ReportContext {
  TraceLookup traces;           ///< may be empty: no traces are shown
  std::string title;            ///< e.g. "retail: champion against candidate-better"
  std::string generated_at;     ///< RFC 3339 time for the foot of the page
  std::string version;          ///< of kedge
  std::size_t max_flips = 200;  ///< traces shown for at most so many flips; the rest is listed
};

/// One HTML file with no outside request: verdict and reasons first, then the effect by stratum
/// and family with intervals (SVG), guards and resources, then every task that flipped with both
/// traces side by side. Every outside text is escaped; control characters are shown, not emitted.
/// Atomic: on failure an old file stays.
void WriteGateHtml(const std::string& path, const gate::Verdict& verdict,
                   const ReportContext& context);

/// The verdict as GitHub-flavoured Markdown, for a pull request comment or a job summary.
std::string GateMarkdown(const gate::Verdict& verdict);

/// JUnit XML (the schema that GitHub actions and GitLab read): one test case for the
/// verdict, per component (overall, stratum, guard rate, resource) and per guard's count; failures
/// for what blocks, skipped for what is open.
std::string GateJUnit(const gate::Verdict& verdict);

/// The verdict for a terminal: a few lines, reasons included. No colour.
std::string GateText(const gate::Verdict& verdict);

/// Report of a `kedge run` (one strategy): streamed, one Add per episode (with an outcome) in plan
/// order, then Finish; the files appear whole or not at all. What must wait for the counts waits on
/// disk beside the reports, in files without a name: memory is O(families), and nothing is left
/// even when the process is killed. The constructor throws when a folder cannot be written.
class RunReport {
 public:
  struct Paths {
    std::string html, junit, json;  ///< empty: not written
  };
  struct Header {
    std::string title, suite, strategy, generated_at, version;
  };
  RunReport(const Paths& paths, const Header& header);
  ~RunReport();  ///< without Finish nothing is left on disk
  void Add(const trace::Trace& episode);
  void Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::reports
