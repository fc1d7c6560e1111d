#include "guards/redaction.h"

#include <algorithm>
#include <map>

#include "guards/event_view.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

struct Range {
  std::size_t begin = 0, end = 0;
  std::string rule;
};

// Later ranges first, so that earlier offsets stay true.
bool Replace(std::vector<Range> ranges, std::string& text) {
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (range.begin >= range.end || range.end > text.size()) return false;
    if (!merged.empty() && range.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  for (auto range = merged.rbegin(); range != merged.rend(); ++range) {
    text.replace(range->begin, range->end - range->begin, "[redacted:" + range->rule + "]");
  }
  return true;
}

}  // namespace

std::optional<Event> Redacted(const Event& event, const Json& result,
                              const std::vector<Finding>& findings) {
  Event out = event;
  const bool of_result = event.type == EventType::kToolResult;
  Json parsed = of_result ? result : event.arguments;
  std::map<std::string, std::vector<Range>> places;
  for (const Finding& finding : findings) {
    if (finding.verdict != Verdict::kRedact || finding.shadow || finding.late) continue;
    places[finding.pointer].push_back({finding.begin, finding.end, finding.rule});
  }
  bool changed = false;
  for (auto& [pointer, ranges] : places) {
    if (pointer.empty() && !HasTool(event.type)) {
      if (!Replace(std::move(ranges), out.text)) return std::nullopt;
      continue;
    }
    auto* place = const_cast<Json*>(text::ResolvePointer(parsed, pointer));
    if (place == nullptr || !place->is_string()) return std::nullopt;
    if (!Replace(std::move(ranges), place->get_ref<std::string&>())) return std::nullopt;
    changed = true;
  }
  if (!changed) return out;
  if (!of_result) {
    out.arguments = std::move(parsed);
  } else if (event.result.is_string() && !parsed.is_string()) {
    out.result = DumpJson(parsed);  // it came as text
  } else {
    out.result = std::move(parsed);
  }
  return out;
}

}  // namespace kedge::guards
