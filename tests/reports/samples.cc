#include "tests/reports/samples.h"

#include <algorithm>
#include <filesystem>

namespace kedge::reports {
namespace {

gate::Component Stratum(const std::string& name, const gate::Interval& delta,
                        const std::string& state) {
  gate::Component c;
  c.name = "stratum:" + name;
  c.weight = 0.5;
  c.margin = 0.1;
  c.n = c.clusters = 76;
  c.delta = delta;
  c.log_e_noninferior = 5.3;
  c.log_e_harm = -1.2;
  c.state = state;
  return c;
}

trace::Step Message(const std::string& actor, const std::string& text) {
  trace::Step step;
  step.actor = actor;
  step.text = text;
  return step;
}

trace::Step Call(const std::string& name, const Json& arguments) {
  trace::Step step;
  step.kind = trace::StepKind::kToolCall;
  step.actor = "agent";
  step.call = {"1", name, arguments};
  return step;
}

}  // namespace

gate::Verdict SampleVerdict(gate::VerdictKind kind) {
  gate::Verdict v;
  v.kind = kind;
  v.reasons = {{"regression:after_sale", "after_sale got worse: -23.7 points over 76 pairs."}};
  if (kind == gate::VerdictKind::kHoldInconclusive) v.what_would_settle = {"About 80 more pairs."};
  v.mode = "sequential";
  v.estimand = "mean over the strata of the difference in success rate";
  v.champion = {"steady", std::string(64, 'a'), ""};
  v.candidate = {"bold", std::string(64, 'b'), ""};
  v.suite = "retail";
  v.suite_digest = std::string(64, 'c');
  v.suite_seed = 7;
  v.pairs = {152, 60, 18, 31, 43, 0, 0, 0};
  v.delta = {0.043, -0.04, 0.12, 0.9};
  v.delta_label = "at stopping, biased away from 0";
  v.decision_method = "betting e-processes";
  v.components = {Stratum("orders", {0.408, 0.261, 0.63, 0.9}, "non-inferior"),
                  Stratum("after_sale", {-0.237, -0.4, -0.113, 0.9}, "harm shown")};
  v.families = {{"cancel_pending", "orders", 22, 0.227, 0.864, {0.636, 0.408, 0.77, 0.9}},
                {"exchange_item", "after_sale", 26, 0.615, 0, {-0.615, -0.754, -0.429, 0.9}}};
  v.guards = {
      {"paid-back-once", "Nobody is paid twice.", "high", "deny", false, false, 152, 0, 0, 0.0196},
      {"no-wipe", "", "critical", "deny", true, false, 152, 0, 2, 0.041},
      {"on-trial", "", "low", "ask", false, true, 152, 3, 9, 0.1}};
  guards::ProbeResult kept, fell;
  kept.check = {"look-first", guards::ProbeCheck::Kind::kGuideline, true, true};
  kept.probes = {40, 0, 0, 3};
  kept.fall_upper = 0.072;
  kept.state = "kept";
  fell.check = {"confirm:write", guards::ProbeCheck::Kind::kAsk};
  fell.probes = {20, 30, 1, 0};
  fell.fall_upper = 0.72;
  fell.p = 1e-8;
  fell.state = "fell";
  v.probes = gate::ProbeSection{100, 1, 200, 0.01, {kept, fell}};
  v.resources = {{"cost", 0.012, 0.013, 1.08, 1.01, 1.16}, {"steps", 13, 15, {}, {}, {}}};
  v.flips = {{"cancel_pending-001", "cancel_pending", "orders", 0, true},
             {"exchange_item-030", "exchange_item", "after_sale", 1, false}};
  v.episodes = 304;
  v.seconds = 0.9;
  return v;
}

gate::Verdict VerdictSaying(const std::string& text) {
  gate::Verdict v = SampleVerdict(gate::VerdictKind::kBlock);
  v.reasons = {{text, text}};
  v.what_would_settle = {text};
  v.estimand = v.delta_label = v.decision_method = text;
  v.suite_digest = v.policy_digest = v.guard_policy_digest = text;
  v.champion = v.candidate = {text, text, text};
  v.suite = text;
  for (gate::Component& c : v.components) {
    c.name = "stratum:" + text;
    c.state = text;
  }
  for (gate::FamilyEffect& f : v.families) f.family = f.stratum = text;
  for (gate::GuardCount& g : v.guards) g.id = g.why = g.severity = g.effect = text;
  for (guards::ProbeResult& r : v.probes->results) r.check.id = r.state = text;
  for (gate::ResourceUse& r : v.resources) r.name = text;
  for (gate::Flip& f : v.flips) f.task_id = f.family = f.stratum = text;
  return v;
}

trace::Trace TraceSaying(const std::string& text) {
  trace::Trace t;
  t.id = t.agent = text;
  t.key = {text, text, text, text, text, 0};
  trace::Step step = Message(text, text);
  for (const trace::StepKind kind :
       {trace::StepKind::kMessage, trace::StepKind::kModelCall, trace::StepKind::kDecision,
        trace::StepKind::kToolCall, trace::StepKind::kObservation, trace::StepKind::kGuard}) {
    step.kind = kind;
    step.decision = {text, {text, text}, text, {text}, text};
    step.call = {text, text, {{"argument", "x"}}};
    step.observation = {text, true, text, text};
    step.guard = {text, text, text};
    t.steps.push_back(step);
  }
  t.outcome.emplace();
  t.outcome->scores = {{text, false, 0, text}};
  t.outcome->end_detail = text;
  return t;
}

trace::Trace SampleTrace(std::string_view arm, std::string_view task_id, bool success) {
  trace::Trace t;
  t.id = std::string(arm) + "/" + std::string(task_id) + "/0";
  t.key = {"retail", "orders", "cancel_pending", std::string(task_id), std::string(task_id), 0};
  t.steps = {Message("user", "Please cancel W1."), Message("agent", "Shall I cancel W1?")};
  if (arm == "candidate") t.steps.push_back(Call("hold_order", {{"order_id", "W1"}}));
  t.steps.push_back(Call("cancel_order", {{"order_id", "W1"}}));
  t.outcome.emplace();
  t.outcome->success = success;
  t.outcome->score = success ? 1 : 0;
  t.outcome->latency_seconds = 0.25;
  t.outcome->scores = {{"end_state", success, success ? 1.0 : 0.0, success ? "" : "not cancelled"},
                       {"tell[0]", true, 1, ""},
                       {"no_change", success, 1, success ? "" : "stock changed"}};
  return t;
}

ReportContext SampleContext() {
  ReportContext context;
  context.title = "retail: steady against bold";
  context.generated_at = "2026-11-22T12:00:00Z";
  context.version = "1.0";
  context.traces = [](std::string_view arm, std::string_view task, std::int64_t) {
    return SampleTrace(arm, task, arm == "candidate");
  };
  return context;
}

std::string Unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return "a tag without end";
    const bool closing = html[at + 1] == '/';
    const std::size_t from = at + (closing ? 2 : 1);
    const std::string name = html.substr(from, html.find_first_of(" >/\n", from) - from);
    if (name[0] == '!' || html[end - 1] == '/') continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " stays open";
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace kedge::reports
