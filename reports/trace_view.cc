#include "reports/trace_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "harness/core/utf8.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kMaxStepBytes = 1200;
constexpr std::size_t kMaxLabelBytes = 200;
constexpr std::size_t kMaxSteps = 200;
constexpr std::size_t kMaxScores = 20;

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

/// How many steps both begin with.
std::size_t SharedSteps(const trace::Trace& a, const trace::Trace& b) {
  const std::size_t least = std::min(a.steps.size(), b.steps.size());
  for (std::size_t i = 0; i < least; ++i) {
    if (!SameStep(a.steps[i], b.steps[i])) return i;
  }
  return least;
}

void WriteStep(HtmlWriter& html, const trace::Step& step, bool parts_here) {
  const StepView view = View(step);
  const auto item =
      html.Open("li", {{"class", std::string(view.style) + (parts_here ? " first" : "")}});
  if (parts_here) html.Leaf("span", "the traces part here", {{"class", "parts"}});
  html.Leaf("b", Elide(view.label, kMaxLabelBytes));
  if (!view.text.empty()) html.Leaf("div", Shown(view.text), {{"class", "text"}});
}

void WriteSteps(HtmlWriter& html, std::span<const trace::Step> steps, bool mark_first) {
  const auto list = html.Open("ol", {{"class", "steps"}});
  for (std::size_t i = 0; i < steps.size() && i < kMaxSteps; ++i) {
    WriteStep(html, steps[i], mark_first && i == 0);
  }
  if (steps.size() > kMaxSteps) {
    html.Leaf("li", fmt::format("{} more steps", steps.size() - kMaxSteps),
              {{"class", "decision"}});
  }
}

void WriteScore(HtmlWriter& html, const trace::Score& score) {
  const auto item = html.Open("li");
  html.Text(Elide(score.scorer, kMaxLabelBytes) + ": ");
  html.Leaf("span", score.pass ? "pass" : "fail", {{"class", score.pass ? "gained" : "lost"}});
  if (!score.why.empty()) html.Text(Shown(score.why));
}

void WriteScores(HtmlWriter& html, const trace::Trace& trace) {
  if (!trace.outcome) return;
  const trace::Outcome& outcome = *trace.outcome;
  const auto list = html.Open("ul", {{"class", "scores"}});
  {
    const auto item = html.Open("li");
    html.Leaf("span", outcome.success ? "succeeded" : "failed",
              {{"class", outcome.success ? "gained" : "lost"}});
    html.Text("ended: " + Elide(outcome.end, kMaxLabelBytes) +
              (outcome.end_detail.empty() ? "" : ", " + Shown(outcome.end_detail)));
  }
  for (std::size_t i = 0; i < outcome.scores.size() && i < kMaxScores; ++i) {
    WriteScore(html, outcome.scores[i]);
  }
  if (outcome.scores.size() > kMaxScores) {
    html.Leaf("li", fmt::format("{} more scorers", outcome.scores.size() - kMaxScores));
  }
}

void WriteSharedSteps(HtmlWriter& html, const trace::Trace& trace, std::size_t shared) {
  if (shared == 0) return;
  const auto details = html.Open("details");
  const trace::Step& first = trace.steps[0];
  html.Leaf("summary", fmt::format("The first {} are the same in both{}",
                                   shared == 1 ? "step" : fmt::format("{} steps", shared),
                                   first.text.empty() ? "" : ": “" + Elide(first.text, 200) + "”"));
  WriteSteps(html, std::span(trace.steps).first(shared), false);
}

void WriteArm(HtmlWriter& html, const char* heading, const trace::Trace* trace) {
  const auto section = html.Open("section");
  html.Leaf("h3", heading);
  if (trace == nullptr) {
    html.Leaf("p", "The trace was not kept.", {{"class", "soft"}});
    return;
  }
  WriteScores(html, *trace);
}

void WriteRest(HtmlWriter& html, const trace::Trace& trace, std::size_t shared, bool mark) {
  const auto section = html.Open("section");
  if (shared == trace.steps.size()) {
    html.Leaf("p", "Nothing more happened.", {{"class", "soft"}});
    return;
  }
  WriteSteps(html, std::span(trace.steps).subspan(shared), mark);
}

}  // namespace

void WriteTracePair(HtmlWriter& html, const trace::Trace* champion, const trace::Trace* candidate) {
  const bool both = champion != nullptr && candidate != nullptr;
  const std::size_t shared = both ? SharedSteps(*champion, *candidate) : 0;
  {
    const auto arms = html.Open("div", {{"class", "arms"}});
    WriteArm(html, "Champion", champion);
    WriteArm(html, "Candidate", candidate);
  }
  if (both) WriteSharedSteps(html, *champion, shared);
  const auto arms = html.Open("div", {{"class", "arms"}});
  for (const trace::Trace* trace : {champion, candidate}) {
    if (trace != nullptr) {
      WriteRest(html, *trace, shared, both);
    } else {
      const auto nothing = html.Open("section");
    }
  }
}

void WriteTrace(HtmlWriter& html, const trace::Trace& trace) {
  WriteScores(html, trace);
  WriteSteps(html, trace.steps, false);
}

}  // namespace kedge::reports
