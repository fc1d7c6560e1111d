#include "agent_ref/episode.h"

#include <algorithm>

#include "agent_ref/words.h"
#include "harness/core/utf8.h"

namespace kedge::agent_ref {

std::vector<std::string> IdsOf(const std::vector<const ActiveRule*>& rules) {
  std::vector<std::string> ids;
  ids.reserve(rules.size());
  for (const ActiveRule* rule : rules) ids.push_back(rule->id);
  return ids;
}

Episode::Episode(const Playbook& playbook, const Toolbox& toolbox, const agent::EpisodeStart& start,
                 agent::EpisodeIo& io)
    : playbook_(playbook),
      toolbox_(toolbox),
      start_(start),
      io_(io),
      dice_(start.seed, playbook.model_seed, playbook.slip_rate),
      board_(playbook),
      words_(WordsIn(start.instruction)) {
  input_tokens_ =
      playbook.prompt_tokens + EstimateTokens(start.policy) + EstimateTokens(start.instruction);
}

agent::EpisodeEnd Episode::Run() {
  board_.AddUserText(start_.instruction, true);
  const std::vector<FoundGoal> goals = FindGoals(playbook_, start_.instruction);
  std::vector<std::string> ids;
  for (const FoundGoal& found : goals) ids.push_back(found.goal->id);
  if (goals.empty()) {
    Decide("goal", {}, "", {}, "no goal's pattern matches what the user said");
    return Finish(playbook_.texts.fallback.Render([](const std::string&) { return std::nullopt; })
                      .value_or(""));
  }
  std::string text;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (i > 0 && dice_.Slips("goal", ids[i])) {
      Decide("goal", ids, "", {}, "slip: overlooked " + ids[i]);
      continue;
    }
    Decide("goal", ids, ids[i], {}, "its pattern matches what the user said");
    text += (text.empty() ? "" : " ") + RunGoal(goals[i]);
  }
  return Finish(std::move(text));
}

std::string Episode::RunGoal(const FoundGoal& found) {
  Scope scope;
  scope.found = &found;
  const Goal& goal = *found.goal;
  if (goal.tool.empty()) {
    for (const Check& check : goal.checks) {
      if (auto refusal = RefusedBy(check, scope, 0)) return *refusal;
    }
    return Answer(goal, scope);
  }
  const Tool* tool = toolbox_.Find(goal.tool);
  if (tool == nullptr) {
    Decide("stop", {}, "stop", {}, "there is no tool " + goal.tool);
    return TextFor({Attempt::Status::kFailed, "there is no way to do it"});
  }
  Decide("tool", {tool->name}, tool->name, {}, "fulfils the goal " + goal.id);
  const Attempt attempt = Perform(*tool, scope, Role::kGoal, 0);
  if (attempt.status != Attempt::Status::kDone) return TextFor(attempt);
  return Answer(goal, scope);
}

std::string Episode::TextFor(const Attempt& attempt) {
  const Lookup lookup = [&](const std::string& name) -> std::optional<Json> {
    std::string text = attempt.text;
    if (name == "type") std::replace(text.begin(), text.end(), '_', ' ');
    return Json(std::move(text));
  };
  switch (attempt.status) {
    case Attempt::Status::kRefused:
      return attempt.text;
    case Attempt::Status::kDeclined:
      return playbook_.texts.declined.Render(lookup).value_or("");
    case Attempt::Status::kMissing:
      return playbook_.texts.missing.Render(lookup).value_or("");
    default:
      return playbook_.texts.failed.Render(lookup).value_or("");
  }
}

void Episode::Decide(std::string point, std::vector<std::string> options, std::string chosen,
                     std::vector<std::string> fired, std::string reason,
                     std::vector<std::string> retrieved, const std::string& left_out) {
  trace::Step step;
  step.kind = trace::StepKind::kDecision;
  step.actor = "agent";
  step.decision = {std::move(point), std::move(options), std::move(chosen), std::move(fired),
                   std::move(reason)};
  if (!retrieved.empty()) step.extra[kRetrievedKey] = std::move(retrieved);
  if (!left_out.empty()) step.extra[kLeftOutKey] = left_out;
  io_.Record(std::move(step));
}

std::string Episode::Ask(const std::string& question) {
  output_tokens_ += EstimateTokens(question);
  std::string reply = io_.AskUser(question);
  input_tokens_ += EstimateTokens(reply);
  return reply;
}

bool Episode::Succeeded(const std::string& tool) const {
  return std::any_of(calls_.begin(), calls_.end(),
                     [&](const Call& call) { return call.ok && call.tool->name == tool; });
}

bool Episode::Knows(const std::string& type) const { return board_.Knows(type); }

agent::EpisodeEnd Episode::Finish(std::string text) {
  agent::EpisodeEnd end;
  end.final_text = EstimateTokens(text) > playbook_.max_tokens
                       ? Elide(text, static_cast<std::size_t>(playbook_.max_tokens) * 4)
                       : std::move(text);
  end.input_tokens = input_tokens_;
  end.output_tokens = output_tokens_ + EstimateTokens(end.final_text);
  if (playbook_.price) {
    end.has_cost = true;
    end.cost = (static_cast<double>(end.input_tokens) * playbook_.price->first +
                static_cast<double>(end.output_tokens) * playbook_.price->second) /
               1e6;
  }
  return end;
}

}  // namespace kedge::agent_ref
