#include "harness/trace/timeline.h"

#include <cstdio>
#include <string_view>

#include "harness/core/utf8.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

constexpr std::string_view kRed = "\x1b[31m", kYellow = "\x1b[33m", kCyan = "\x1b[36m",
                           kDim = "\x1b[2m", kBold = "\x1b[1m", kReset = "\x1b[0m";

std::string Paint(std::string text, std::string_view colour, const TimelineOptions& options) {
  return options.colour ? std::string(colour) + text + std::string(kReset) : std::move(text);
}

// On one line, cut to size.
std::string Shown(std::string_view text, const TimelineOptions& options) {
  std::string line = EscapeControls(Elide(text, options.max_bytes));
  for (std::size_t at = 0; (at = line.find('\n', at)) != std::string::npos; at += 3) {
    line.replace(at, 1, " ⏎ ");
  }
  if (text.size() > options.max_bytes) line += " (" + std::to_string(text.size()) + " bytes)";
  return line;
}

std::string Joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

std::string DecisionLine(const Decision& decision, const TimelineOptions& options) {
  std::string line = "decision " + decision.point + ": " + decision.chosen;
  if (!decision.options.empty()) line += " of [" + Joined(decision.options) + "]";
  if (!decision.fired_rules.empty()) line += " by " + Joined(decision.fired_rules);
  if (!decision.reason.empty()) line += " because " + decision.reason;
  return Paint(Shown(line, options), kCyan, options);
}

std::string ObservationLine(const Observation& seen, const TimelineOptions& options) {
  if (!seen.is_error) return "result " + Shown(seen.content, options);
  std::string line = "ERROR";
  if (!seen.error_class.empty()) line += " " + seen.error_class;
  return Paint(Shown(line + ": " + seen.content, options), kRed, options);
}

std::string TextLine(std::string_view what, const Step& step, const TimelineOptions& options) {
  return std::string(what) + (step.text.empty() ? "" : " " + Shown(step.text, options));
}

std::string Meters(const Step& step, const TimelineOptions& options) {
  if (step.input_tokens == 0 && step.output_tokens == 0) return {};
  return Paint("  [" + std::to_string(step.input_tokens) + " -> " +
                   std::to_string(step.output_tokens) + " tokens]",
               kDim, options);
}

// Where the column ends that begins at `from`; escape sequences take no room.
struct Column {
  std::size_t end = 0;         // of the text
  std::size_t last_blank = 0;  // the last place to fold at; 0: none
};

Column ColumnAt(std::string_view line, std::size_t from, std::size_t room) {
  Column column{from, 0};
  for (std::size_t used = 0; column.end < line.size();) {
    const char c = line[column.end];
    if (c == '\x1b') {
      column.end = line.find('m', column.end);
      if (column.end == std::string_view::npos) column.end = line.size() - 1;
      ++column.end;
      continue;
    }
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // a code point
    if (begins && used == room) break;
    if (c == ' ' && column.end > from) column.last_blank = column.end;
    used += begins ? 1 : 0;
    ++column.end;
  }
  return column;
}

// Continued lines begin under the first one's text.
std::string Fold(const std::string& line, std::size_t indent, std::size_t columns) {
  constexpr std::size_t kLeastRoom = 20;
  if (columns < indent + kLeastRoom) return line;
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const Column column = ColumnAt(line, at, columns - indent);
    const bool is_last = column.end == line.size();
    const std::size_t end = is_last || column.last_blank == 0 ? column.end : column.last_blank;
    if (!out.empty()) out += "\n" + std::string(indent, ' ');
    out += line.substr(at, end - at);
    at = end;
    while (!is_last && at < line.size() && line[at] == ' ') ++at;
  }
  return out;
}

std::string Heading(const Trace& trace, const TimelineOptions& options) {
  std::string line = "trace " + trace.id;
  if (!trace.agent.empty()) line += "  agent " + trace.agent;
  if (!trace.key.suite.empty()) line += "  suite " + trace.key.suite;
  if (!trace.key.task_id.empty()) line += "  task " + trace.key.task_id;
  return Fold(Paint(Shown(line, options), kBold, options), 2, options.columns) + "\n";
}

std::string OutcomeLine(const Outcome& outcome, const TimelineOptions& options) {
  const bool missing = outcome.status == EpisodeStatus::kMissing;
  std::string line = missing ? "missing" : outcome.success ? "success" : "failure";
  char score[32];
  std::snprintf(score, sizeof score, ", score %.3g", outcome.score);
  if (!missing) line += score;
  if (outcome.end != "answered") line += ", ended by " + outcome.end;
  for (const auto& [guard, count] : outcome.violations) {
    line += ", " + guard + " broken " + std::to_string(count) + "x";
  }
  for (const auto& [guard, count] : outcome.shadow_findings) {
    line += ", " + guard + " (shadow) " + std::to_string(count) + "x";
  }
  const std::string_view colour = missing ? kYellow : outcome.success ? kBold : kRed;
  return Fold("outcome " + Paint(Shown(line, options), colour, options), 2, options.columns) + "\n";
}

// Seconds since the first step that has a time, right-aligned; blank without a time.
std::string Clock(std::int64_t nanos, std::int64_t first) {
  char out[32] = "          ";
  if (nanos > 0 && first > 0) {
    std::snprintf(out, sizeof out, "%9.3fs",
                  (static_cast<double>(nanos) - static_cast<double>(first)) / 1e9);
  }
  return out;
}

}  // namespace

std::string StepLine(const Step& step, const TimelineOptions& options) {
  switch (step.kind) {
    case StepKind::kMessage:
      return TextLine("says", step, options);
    case StepKind::kModelCall:
      return TextLine("model", step, options) + Meters(step, options);
    case StepKind::kDecision:
      return DecisionLine(step.decision, options);
    case StepKind::kToolCall:
      return "call " + Shown(step.call.name + " " + DumpJson(step.call.arguments), options);
    case StepKind::kObservation:
      return ObservationLine(step.observation, options);
    case StepKind::kGuard:
      return Paint(
          Shown("GUARD " + step.guard.guard + " " + step.guard.verdict + ": " + step.guard.message,
                options),
          kYellow, options);
  }
  return {};
}

std::string Timeline(const Trace& trace, const TimelineOptions& options) {
  std::string out = Heading(trace, options);
  std::int64_t first = 0;
  for (const Step& step : trace.steps) {
    if (first == 0 && step.unix_nanos > 0) first = step.unix_nanos;
  }
  char head[64];
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Step& step = trace.steps[i];
    std::snprintf(head, sizeof head, "%5zu %s  ", i + 1, Clock(step.unix_nanos, first).c_str());
    std::string actor = EscapeControls(Elide(step.actor, 12));
    if (actor.size() < 7) actor.resize(7, ' ');
    const std::size_t indent = std::string_view(head).size() + actor.size() + 1;
    out += head + Paint(actor, kDim, options) + " " +
           Fold(StepLine(step, options), indent, options.columns) + "\n";
  }
  if (trace.outcome) out += OutcomeLine(*trace.outcome, options);
  return out;
}

}  // namespace kedge::trace
