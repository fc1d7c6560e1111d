// Values from elsewhere: from another source than the one that was asked first, or from what an
// error's message quotes.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/quoted_words.h"
#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kWordsPerArgument = 4;
// Of the chance to take another source after an error, for taking one before there is any: what
// works only after the error is told apart from what works always.
constexpr double kUpFrontShare = 0.5;

// Nobody's choice: a literal of the strategy, or one of its choices by the user's words.
bool IsLookedFor(const ArgumentSpec* spec) {
  return spec == nullptr || (!spec->literal && spec->choices.empty() && !spec->all);
}

bool TakesWords(const Argument& argument) {
  return argument.json_type.empty() || argument.json_type == "string" ||
         argument.json_type == "integer" || argument.json_type == "number";
}

// Whether a message says the argument's name.
bool NamesArgument(const std::string& folded_message, const Argument& argument) {
  std::string spaced = Folded(std::string_view(argument.name));
  if (ContainsWords(folded_message, spaced)) return true;
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  return ContainsWords(folded_message, spaced);
}

}  // namespace

std::optional<Json> Episode::ValueFrom(const Tool& tool, const Argument& argument,
                                       const std::string& source, Scope& scope, int depth) {
  // What is settled about the argument itself must not keep away records that say otherwise.
  Scope apart = scope;
  apart.bound.erase(argument.type);
  const Tool* from = toolbox_.Find(ToolOfSource(source));
  if (from != nullptr && !from->writes && !OnStack(*from)) {
    Perform(*from, apart, Role::kSource, depth + 1);
  }
  const Preference only{source, {}, {}};
  Wanted wanted = WantedFor(tool, argument, SpecFor(tool, argument, scope, Role::kGoal));
  const auto where = RenderWhere(wanted, apart, depth);
  if (!where) return std::nullopt;
  wanted.ignore_bound = true;
  wanted.only = &only;
  const std::vector<Known> known = KnownValues(wanted, apart, *where);
  if (!known.empty()) return known[0].value;
  const bool asks = source == "ask" || source == "user";
  return asks && CanAsk(wanted.type) ? AskFor(wanted) : std::nullopt;
}

std::vector<Episode::Remedy> Episode::Sources(const Tool& tool, const Prepared& prepared,
                                              const Json& arguments, const Scope& scope,
                                              int depth) const {
  std::vector<Remedy> sources;
  for (const Argument* argument : prepared.found) {
    const auto value = arguments.find(argument->name);
    if (value == arguments.end()) continue;
    if (!IsLookedFor(SpecFor(tool, *argument, scope, Role::kGoal))) continue;
    AddSources(tool, *argument, *value, scope, depth, sources);
  }
  return sources;
}

// Where else the argument could come from; nowhere else when the user said the value.
void Episode::AddSources(const Tool& tool, const Argument& argument, const Json& value, Scope scope,
                         int depth, std::vector<Remedy>& sources) const {
  const Wanted wanted = WantedFor(tool, argument, SpecFor(tool, argument, scope, Role::kGoal));
  const std::string folded = Folded(value);
  std::set<const Tool*> origins;
  bool user_says_another = false;
  for (const Fact& fact : board_.facts()) {
    if (fact.type != wanted.type) continue;
    if (fact.folded == folded) {
      if (fact.tool == nullptr) return;
      origins.insert(fact.tool);
    } else if (fact.tool == nullptr) {
      user_says_another = true;
    }
  }
  const auto add = [&](const std::string& source) {
    std::string name = SourceName(argument.name, source);
    if (explored_.count(tool.name + " " + name) != 0) return;
    sources.push_back({nullptr, {argument.name, Json()}, std::move(name), source});
  };
  if (user_says_another) add("user");
  scope.bound.erase(argument.type);
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& from : toolbox_.tools()) {
    if (left <= 0 || from.writes || &from == &tool || OnStack(from)) continue;
    if (!from.Offers(wanted.type) || origins.count(&from) != 0) continue;
    if (ReachOf(from, scope, left - 1) != Reach::kNo) add("tool:" + from.name);
  }
}

std::vector<Episode::Remedy> Episode::Words(const Tool& tool, const Prepared& prepared,
                                            const Json& arguments,
                                            const std::string& message) const {
  std::vector<const Argument*> meant;
  for (const Argument* argument : prepared.free) {
    if (TakesWords(*argument)) meant.push_back(argument);
  }
  const std::string folded = Folded(std::string_view(message));
  const auto first_named = std::stable_partition(
      meant.begin(), meant.end(),
      [&](const Argument* argument) { return NamesArgument(folded, *argument); });
  if (first_named != meant.begin()) meant.erase(first_named, meant.end());
  std::vector<Remedy> remedies;
  for (const Argument* argument : meant) {
    std::size_t place = 0;
    for (const std::string& word : QuotedWords(message)) {
      Json value = Fit(*argument, word);
      if (value.is_null() || ++place > kWordsPerArgument) continue;
      std::string name = SettingName(argument->name, value);
      if (arguments.value(argument->name, argument->fallback) == value ||
          explored_.count(tool.name + " " + name) != 0) {
        continue;
      }
      const std::string source =
          place == 1 ? kFromMessage : kFromMessage + (":" + std::to_string(place));
      remedies.push_back({nullptr, {argument->name, std::move(value)}, std::move(name), source});
    }
  }
  return remedies;
}

void Episode::ExploreSource(const Tool& tool, Prepared& prepared, Scope& scope, int depth) {
  const double chance = playbook_.parameters.explore_sources * kUpFrontShare;
  if (chance <= 0) return;
  const std::string label = "explore/" + scope.found->goal->id + "/" + tool.name + "/source";
  if (dice_.Uniform(label) >= chance) return;
  std::vector<Remedy> sources = Sources(tool, prepared, prepared.arguments, scope, depth);
  std::erase_if(sources, [&](const Remedy& remedy) {  // a rule has said where it comes from
    const Argument* argument = tool.FindArgument(remedy.setting.first);
    return !PreferenceFor(WantedFor(tool, *argument, SpecFor(tool, *argument, scope, Role::kGoal)),
                          scope)
                .source.empty();
  });
  const auto remedy = Pick(std::move(sources), OrderFor(tool, ""), label + "/which");
  if (!remedy) return;
  const Argument& argument = *tool.FindArgument(remedy->setting.first);
  const std::string chosen = TakeChoice({tool.name, argument.name, remedy->source});
  Decide("explore", {chosen, "go on"}, chosen, {}, "before " + tool.name + ": trying something");
  const auto value = ValueFrom(tool, argument, remedy->source, scope, depth);
  if (!value) {
    Decide("explore", {}, KeepChoice(tool.name, argument.name), {}, "there is no other value");
    return;
  }
  prepared.arguments[argument.name] = *value;
  scope.bound[argument.type] = *value;
}

}  // namespace kedge::agent_ref
