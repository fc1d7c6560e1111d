// Arguments of a tool, and whether it could be called at all.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/setting.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

// The allowed value whose words occur in the text ("no_longer_needed": "no longer needed").
std::optional<Json> Named(const std::vector<Json>& allowed, const std::string& folded_text) {
  for (const Json& value : allowed) {
    std::string words = Folded(value);
    std::replace(words.begin(), words.end(), '_', ' ');
    if (ContainsWords(folded_text, words)) return value;
  }
  return std::nullopt;
}

// What an argument is when nothing says what it should be.
std::optional<Json> DefaultOf(const Argument& argument) {
  if (!argument.fallback.is_null()) return argument.fallback;
  if (!argument.allowed.empty()) return argument.allowed[0];
  return std::nullopt;
}

}  // namespace

const ArgumentSpec* Episode::SpecFor(const Tool& tool, const Argument& argument, const Scope& scope,
                                     Role role) const {
  if (role == Role::kGoal) {
    const ArgumentSpecs& specs = scope.found->goal->arguments;
    if (const auto spec = specs.find(argument.name); spec != specs.end()) return &spec->second;
  }
  const auto sources = playbook_.argument_sources.find(tool.name);
  if (sources == playbook_.argument_sources.end()) return nullptr;
  const auto spec = sources->second.find(argument.name);
  return spec == sources->second.end() ? nullptr : &spec->second;
}

std::optional<Json> Episode::Choose(const Tool& tool, const Argument& argument,
                                    const ArgumentSpec& spec) {
  const auto& choices = spec.choices;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!choices[i].first.Matches(start_.instruction)) continue;
    const bool slip = choices.size() > 1 && dice_.Slips("choose", tool.name, argument.name);
    return choices[slip ? (i + 1) % choices.size() : i].second;
  }
  return spec.fallback;
}

std::optional<Json> Episode::ResolveArgument(const Tool& tool, const Argument& argument,
                                             Scope& scope, Role role, int depth) {
  const ArgumentSpec* spec = SpecFor(tool, argument, scope, role);
  if (spec != nullptr && spec->literal) {
    const auto value = spec->literal->Render(LookupIn(scope, depth, true, false));
    if (value) return Fit(argument, *value);
    return std::nullopt;
  }
  if (spec != nullptr && !spec->choices.empty()) {
    if (auto value = Choose(tool, argument, *spec)) return value;
  }
  const bool typed = spec != nullptr && !spec->type.empty();
  // A choice among fixed words is made from the user's words before anything is looked up.
  if (!typed && !argument.allowed.empty()) {
    if (auto value = Named(argument.allowed, Folded(std::string_view(start_.instruction)))) {
      return value;
    }
  }
  return Resolve(WantedFor(tool, argument, spec), scope, depth);
}

Episode::Wanted Episode::WantedFor(const Tool& tool, const Argument& argument,
                                   const ArgumentSpec* spec) {
  const bool typed = spec != nullptr && !spec->type.empty();
  Wanted wanted{typed ? spec->type : argument.type};
  wanted.tool = &tool;
  wanted.argument = &argument;
  if (typed) {
    wanted.where = &spec->where;
    wanted.ignore_bound = !spec->where.empty();
    wanted.all = spec->all;
  }
  return wanted;
}

std::optional<Episode::Prepared> Episode::ResolveArguments(const Tool& tool, Scope& scope,
                                                           Role role, int depth,
                                                           std::string& missing) {
  Prepared prepared;
  for (const Argument& argument : tool.arguments) {
    const auto& slots = scope.found->slots;
    const bool in_slot = std::any_of(slots.begin(), slots.end(),
                                     [&](const auto& slot) { return slot.first == argument.type; });
    if (!argument.required && !in_slot && SpecFor(tool, argument, scope, role) == nullptr) {
      (argument.Listed().empty() ? prepared.free : prepared.open).push_back(&argument);
      continue;
    }
    std::optional<Json> value = ResolveArgument(tool, argument, scope, role, depth);
    if (value) {
      if (!in_slot && argument.Listed().empty()) prepared.found.push_back(&argument);
    } else if ((value = DefaultOf(argument))) {
      (argument.Listed().empty() ? prepared.free : prepared.open).push_back(&argument);
    }
    if (value && !value->is_null()) {
      if (role == Role::kGoal) scope.bound.try_emplace(argument.type, *value);
      prepared.arguments[argument.name] = *std::move(value);
    } else if (argument.required) {
      missing = argument.type;
      Decide("stop", {}, "stop", {}, tool.name + " cannot be called without " + argument.name);
      return std::nullopt;
    }
  }
  if (Explores(role)) ExploreSource(tool, prepared, scope, depth);
  ApplySettings(tool, scope, prepared);
  return prepared;
}

// Rules give arguments values whatever they had; the first that names an argument has it.
void Episode::ApplySettings(const Tool& tool, const Scope& scope, Prepared& prepared) {
  const std::string& goal = scope.found->goal->id;
  const Json found = prepared.arguments;  // rules speak of what it was going to be
  const Moment moment{&tool, goal, {}, nullptr, &found};
  const auto rules = SpeakingRules(playbook_, {strategy::RuleAction::kSet}, moment, *this);
  std::set<std::string> given;
  for (const ActiveRule* active : rules) {
    for (const auto& [name, value] : active->rule.settings.items()) {
      const Argument* argument = tool.FindArgument(name);
      if (argument == nullptr || !given.insert(name).second) continue;
      const Json fitting = Fit(*argument, value);
      if (fitting.is_null() || dice_.Slips("set", goal, tool.name, name)) continue;
      if (LeavesOut(*active, tool, SettingChoice(name, fitting), scope)) continue;
      Decide("argument_source", {SettingChoice(name, fitting), "leave it"},
             SettingChoice(name, fitting), {active->id}, "rule for " + tool.name, IdsOf(rules));
      prepared.arguments[name] = fitting;
      for (auto* list : {&prepared.open, &prepared.free, &prepared.found}) {
        std::erase(*list, argument);
      }
    }
  }
}

bool Episode::OnStack(const Tool& tool) const {
  return std::find(stack_.begin(), stack_.end(), &tool) != stack_.end();
}

Episode::Reach Episode::ReachOf(const Tool& tool, const Argument& argument, const Scope& scope,
                                int depth) const {
  const ArgumentSpec* spec = SpecFor(tool, argument, scope, Role::kHelper);
  if (spec != nullptr && spec->type.empty()) return Reach::kFree;
  if (!argument.allowed.empty() || !argument.fallback.is_null()) return Reach::kFree;
  Wanted wanted{spec == nullptr ? argument.type : spec->type};
  wanted.argument = &argument;
  if (!KnownValues(wanted, scope, {}).empty()) return Reach::kFree;
  Reach best = CanAsk(wanted.type) ? Reach::kWithAsking : Reach::kNo;
  for (const Tool& source : toolbox_.tools()) {
    if (depth <= 0 || best == Reach::kFree) break;
    if (source.writes || &source == &tool || OnStack(source) || !source.Offers(wanted.type)) {
      continue;
    }
    best = std::max(best, ReachOf(source, scope, depth - 1));
  }
  return best;
}

Episode::Reach Episode::ReachOf(const Tool& tool, const Scope& scope, int depth) const {
  Reach worst = Reach::kFree;
  for (const Argument& argument : tool.arguments) {
    if (!argument.required) continue;
    worst = std::min(worst, ReachOf(tool, argument, scope, depth));
    if (worst == Reach::kNo) break;
  }
  return worst;
}

}  // namespace kedge::agent_ref
