#include "reports/trace_view.h"

#include <fmt/format.h>

#include <limits>

#include "harness/core/utf8.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kMaxStepBytes = 1200;
constexpr std::size_t kMaxSteps = 200;
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

struct StepView {
  const char* style;
  std::string label;
  std::string text;
};

std::string Shown(const std::string& text) {
  if (text.size() <= kMaxStepBytes) return text;
  return Elide(text, kMaxStepBytes) + fmt::format(" ({} bytes in all)", text.size());
}

StepView DecisionView(const trace::Decision& decision) {
  std::string text = decision.chosen;
  if (decision.options.size() > 1) text += fmt::format(" (of {})", decision.options.size());
  for (const std::string& rule : decision.fired_rules) text += ", rule " + rule;
  if (!decision.reason.empty()) text += ": " + decision.reason;
  return {"decision", "decides " + decision.point, text};
}

StepView View(const trace::Step& step) {
  switch (step.kind) {
    case trace::StepKind::kMessage:
    case trace::StepKind::kModelCall:
      return {"message", step.actor, step.text};
    case trace::StepKind::kDecision:
      return DecisionView(step.decision);
    case trace::StepKind::kToolCall:
      return {"call", "calls " + step.call.name, DumpJson(step.call.arguments)};
    case trace::StepKind::kObservation:
      return step.observation.is_error ? StepView{"error", "error " + step.observation.error_class,
                                                  step.observation.content}
                                       : StepView{"result", "result", step.observation.content};
    case trace::StepKind::kGuard:
      return {"guard", "guard " + step.guard.guard + " says " + step.guard.verdict,
              step.guard.message};
  }
  return {"message", step.actor, step.text};
}

bool SameStep(const trace::Step& a, const trace::Step& b) {
  const StepView x = View(a), y = View(b);
  return a.kind == b.kind && x.label == y.label && x.text == y.text;
}

std::size_t FirstDivergence(const trace::Trace& a, const trace::Trace& b) {
  for (std::size_t i = 0;; ++i) {
    if (i == a.steps.size() && i == b.steps.size()) return kNever;
    if (i == a.steps.size() || i == b.steps.size() || !SameStep(a.steps[i], b.steps[i])) return i;
  }
}

void WriteSteps(HtmlWriter& html, const trace::Trace& trace, std::size_t first_divergence) {
  const auto list = html.Open("ol", {{"class", "steps"}});
  for (std::size_t i = 0; i < trace.steps.size() && i < kMaxSteps; ++i) {
    const StepView view = View(trace.steps[i]);
    const auto item = html.Open(
        "li", {{"class", std::string(view.style) + (i == first_divergence ? " first" : "")}});
    html.Leaf("b", view.label);
    html.Text(" " + Shown(view.text));
  }
  if (trace.steps.size() > kMaxSteps) {
    html.Leaf("li", fmt::format("{} more steps", trace.steps.size() - kMaxSteps),
              {{"class", "decision"}});
  }
}

void WriteScores(HtmlWriter& html, const trace::Trace& trace) {
  if (!trace.outcome) return;
  const auto list = html.Open("ul", {{"class", "soft"}});
  html.Leaf("li", std::string(trace.outcome->success ? "succeeded" : "failed") +
                      ", ended: " + trace.outcome->end);
  for (const trace::Score& score : trace.outcome->scores) {
    html.Leaf("li", score.scorer + (score.pass ? ": pass" : ": fail") +
                        (score.why.empty() ? "" : ", " + Shown(score.why)));
  }
}

void WriteArm(HtmlWriter& html, const char* heading, const trace::Trace* trace,
              std::size_t first_divergence) {
  const auto section = html.Open("section");
  html.Leaf("h3", heading);
  if (trace == nullptr) {
    html.Leaf("p", "The trace was not kept.", {{"class", "soft"}});
    return;
  }
  WriteScores(html, *trace);
  WriteSteps(html, *trace, first_divergence);
}

}  // namespace

void WriteTracePair(HtmlWriter& html, const trace::Trace* champion, const trace::Trace* candidate) {
  const std::size_t first =
      champion != nullptr && candidate != nullptr ? FirstDivergence(*champion, *candidate) : kNever;
  const auto arms = html.Open("div", {{"class", "arms"}});
  WriteArm(html, "Champion", champion, first);
  WriteArm(html, "Candidate", candidate, first);
}

void WriteTrace(HtmlWriter& html, const trace::Trace& trace) {
  WriteScores(html, trace);
  WriteSteps(html, trace, kNever);
}

}  // namespace kedge::reports
