#include "guards/trace_check.h"

#include <algorithm>

#include "guards/event_json.h"
#include "guards/event_view.h"
#include "guards/severity.h"
#include "guards/trace_events.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

std::ptrdiff_t RankOf(const std::string& severity) {
  const auto* found = std::find(std::begin(kSeverityNames), std::end(kSeverityNames), severity);
  if (found == std::end(kSeverityNames)) {
    throw UsageError("unknown severity '" + severity +
                     "'; expected critical, high, medium, low or info");
  }
  return found - std::begin(kSeverityNames);
}

}  // namespace

std::string Describe(const Event& event) {
  std::string out(ToString(event.type));
  if (!event.tool.empty()) out += " " + event.tool;
  return out;
}

std::size_t CheckTrace(const trace::Trace& trace, const std::string& file, Monitor& monitor,
                       std::vector<RecordedFinding>& out) {
  const std::vector<Event> events = EventsOf(trace);
  monitor.Reset(trace.id);
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (Finding& finding : monitor.Observe(events[i]).findings) {
      out.push_back({file, trace.id, i + 1, Describe(events[i]), std::move(finding)});
    }
  }
  for (Finding& finding : monitor.Finish().findings) {
    out.push_back({file, trace.id, 0, "end of the episode", std::move(finding)});
  }
  return events.size();
}

Json ToJson(const RecordedFinding& recorded) {
  Json out = ToJson(recorded.finding);
  out["file"] = recorded.file;
  out["trace"] = recorded.trace;
  out["event"] = recorded.event;
  out["what"] = recorded.what;
  return out;
}

bool IsAtLeast(const std::string& severity, const std::string& least) {
  return RankOf(severity) <= RankOf(least);
}

}  // namespace kedge::guards
