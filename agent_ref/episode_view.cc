#include "agent_ref/episode_view.h"

#include <optional>
#include <string_view>
#include <utility>

#include "agent_ref/retrieval.h"
#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

// The observation of the call at `index`: by id, or the next one before any other call.
const trace::Observation* ObservationOf(const std::vector<trace::Step>& steps, std::size_t index) {
  const std::string& id = steps[index].call.id;
  for (std::size_t i = index + 1; i < steps.size(); ++i) {
    const trace::Step& step = steps[i];
    if (step.kind == trace::StepKind::kToolCall && id.empty()) return nullptr;
    if (step.kind != trace::StepKind::kObservation) continue;
    if (id.empty() || step.observation.call_id == id) return &step.observation;
  }
  return nullptr;
}

/// A tool that a decision says will be called ("call NAME", "call NAME instead"), or no name.
struct Picked {
  std::string tool;
  bool instead = false;
};

Picked Called(const trace::Decision& decision) {
  constexpr std::string_view kCall = "call ";
  constexpr std::string_view kInstead = " instead";
  if (decision.chosen.rfind(kCall, 0) != 0) return {};
  std::string tool = decision.chosen.substr(kCall.size());
  const bool instead = tool.ends_with(kInstead);
  if (instead) tool.resize(tool.size() - kInstead.size());
  return {std::move(tool), instead};
}

// The argument that a decision gives another value, or empty.
std::string Varied(const trace::Decision& decision) {
  const bool gives = decision.point == "explore" || decision.point == "retry";
  return gives ? ArgumentSet(decision.chosen) : std::string();
}

void AddRuleUses(const trace::Step& step, int index, std::vector<RuleUse>& uses) {
  for (const std::string& id : step.decision.fired_rules) uses.push_back({id, true, index});
  const auto left_out = step.extra.find(kLeftOutKey);
  if (left_out != step.extra.end() && left_out->is_string()) {
    uses.push_back({left_out->get<std::string>(), false, index});
  }
}

// The call that a decision left out; nothing when it left out none.
std::optional<RefusalView> RefusedIn(const trace::Step& step, int index) {
  if (step.decision.point != "explore" || step.decision.chosen != kRefuseChoice) {
    return std::nullopt;
  }
  if (!step.extra.is_object()) return std::nullopt;
  const auto call = step.extra.find(kNotCalledKey);
  if (call == step.extra.end() || !call->is_object()) return std::nullopt;
  const auto tool = call->find("tool");
  const auto arguments = call->find("arguments");
  if (tool == call->end() || !tool->is_string() || arguments == call->end()) return std::nullopt;
  return RefusalView{tool->get<std::string>(), *arguments, index};
}

// NAME of a text "BEFORE NAME AFTER"; empty when it is none.
std::string Between(const std::string& text, std::string_view before, std::string_view after) {
  if (text.size() <= before.size() + after.size() || text.rfind(before, 0) != 0) return "";
  if (text.compare(text.size() - after.size(), after.size(), after) != 0) return "";
  return text.substr(before.size(), text.size() - before.size() - after.size());
}

// The helper of a choice "call NAME first" or "call NAME after"; empty for another choice.
std::string HelperAround(const std::string& choice) {
  std::string helper = Between(choice, "call ", " first");
  return helper.empty() ? Between(choice, "call ", " after") : helper;
}

// The helper that rules asked for in this decision, and whether it was called.
std::optional<AskedView> AskedIn(const trace::Decision& decision, std::string tool, int index) {
  using Answer = AskedView::Answer;
  if (decision.point == "explore") {
    if (decision.chosen != kLeaveOutChoice || decision.options.empty()) return std::nullopt;
    std::string helper = HelperAround(decision.options[0]);
    if (helper.empty()) return std::nullopt;
    return AskedView{std::move(tool), std::move(helper), index, Answer::kLeftOut};
  }
  if (decision.point != "order" || decision.options.empty()) return std::nullopt;
  std::string helper = HelperAround(decision.options[0]);
  if (helper.empty()) return std::nullopt;
  Answer answer = Answer::kCalled;
  if (decision.chosen == "skip") {
    const bool by_chance = decision.reason.rfind("slip", 0) == 0;
    // A helper that is being called already is not asked for around its own call.
    if (!by_chance && decision.reason.rfind("rule", 0) != 0) return std::nullopt;
    answer = by_chance ? Answer::kLeftOut : Answer::kKeptAway;
  }
  return AskedView{std::move(tool), std::move(helper), index, answer};
}

// What decisions say about the next call of a tool: that an argument comes from elsewhere.
class TakenSources {
 public:
  void Note(const trace::Decision& decision) {
    if (decision.point != "explore" && decision.point != "retry") return;
    if (IsKept(decision.chosen)) taken_.reset();
    if (auto taken = TakenIn(decision.chosen)) taken_ = std::move(taken);
  }
  // The call that the last decision was about; it may have taken others to find the value.
  void Apply(CallView& call) {
    if (!taken_ || taken_->tool != call.tool) return;
    call.varied = taken_->argument;
    call.source = taken_->source;
  }
  void Forget(const std::string& tool) {
    if (taken_ && taken_->tool == tool) taken_.reset();
  }

 private:
  std::optional<TakenFrom> taken_;
};

}  // namespace

std::string ValueText(const CallView& call, const std::string& argument) {
  if (!call.arguments.is_object()) return "";
  const auto value = call.arguments.find(argument);
  return value == call.arguments.end() ? std::string() : CanonicalJson(*value);
}

EpisodeView ViewOf(const trace::Trace& trace) {
  EpisodeView view;
  view.id = trace.id;
  view.family = trace.key.family;
  view.task = trace.key.task_id;
  view.principal = trace.principal;
  if (trace.outcome && trace.outcome->status == trace::EpisodeStatus::kScored) {
    view.success = trace.outcome->success;
  }
  // A tool that exploration picked is called as soon as its arguments are found, which may take
  // other calls and questions.
  Picked picked;
  std::string varied;
  std::string goal_tool;
  TakenSources sources;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    if (step.kind == trace::StepKind::kDecision) {
      view.logs_decisions = true;
      AddRuleUses(step, static_cast<int>(i), view.rule_uses);
      if (step.decision.point == "tool") {
        goal_tool = step.decision.chosen;
        view.chosen_tools.insert(goal_tool);
      }
      const int index = static_cast<int>(i);
      if (auto refusal = RefusedIn(step, index)) view.refusals.push_back(*std::move(refusal));
      if (auto asked = AskedIn(step.decision, goal_tool, index)) {
        view.asked.push_back(*std::move(asked));
      }
      if (step.decision.point == "explore") picked = Called(step.decision);
      sources.Note(step.decision);
      if (std::string argument = Varied(step.decision); !argument.empty()) {
        varied = std::move(argument);
      }
    }
    if (step.kind != trace::StepKind::kToolCall) continue;
    const bool explored = step.call.name == picked.tool;
    const bool instead = explored && picked.instead;
    if (explored) picked = {};
    const std::string set = std::move(varied);
    varied.clear();
    const trace::Observation* observation = ObservationOf(trace.steps, i);
    if (observation != nullptr) {
      view.calls.push_back({step.call.name, step.call.arguments, !observation->is_error,
                            observation->error_class, static_cast<int>(i), explored,
                            observation->is_error ? std::string() : observation->content, set});
      view.calls.back().instead = instead;
      sources.Apply(view.calls.back());
    }
    sources.Forget(step.call.name);
  }
  return view;
}

Json ToJson(const EpisodeView& view) {
  Json calls = Json::array();
  for (const CallView& call : view.calls) {
    calls.push_back({call.tool, call.arguments, call.ok, call.error_class, call.result, call.step,
                     call.explored, call.varied});
    if (!call.source.empty()) calls.back().push_back(call.source);
    if (call.instead) calls.back().push_back("instead");
  }
  Json uses = Json::array();
  for (const RuleUse& use : view.rule_uses) uses.push_back({use.id, use.followed, use.step});
  Json json = {{"id", view.id},
               {"family", view.family},
               {"task", view.task},
               {"principal", view.principal},
               {"calls", std::move(calls)},
               {"chosen_tools", view.chosen_tools}};
  if (!uses.empty()) json["rule_uses"] = std::move(uses);
  if (view.success) json["success"] = *view.success;
  for (const RefusalView& refusal : view.refusals) {
    json["refusals"].push_back({refusal.tool, refusal.arguments, refusal.step});
  }
  for (const AskedView& asked : view.asked) {
    json["asked"].push_back({asked.tool, asked.helper, asked.step, static_cast<int>(asked.answer)});
  }
  return json;
}

}  // namespace kedge::agent_ref
