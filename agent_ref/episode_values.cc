// Finding a value of a type: known, from a reading tool, or from the user.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMaxOptions = 6;

// Ranks of the ways to a value.
constexpr int kPreferred = 0;
constexpr int kKnownAtAll = 1;
constexpr int kToolAlone = 2;
constexpr int kAskUser = 3;
constexpr int kToolWithAsking = 4;
constexpr int kAgainstPreference = 5;

bool IsIgnorance(std::string_view reply) {
  const std::string folded = Folded(reply);
  for (const char* words : {"don't know", "do not know", "not sure", "no idea"}) {
    if (folded.find(words) != std::string::npos) return true;
  }
  return folded.empty();
}

}  // namespace

bool Episode::Preference::Likes(const Tool* tool) const {
  if (tool == nullptr) return source == "user";
  return source == "tool" || source == "tool:" + tool->name;
}

Lookup Episode::LookupIn(Scope& scope, int depth, bool may_ask, bool latest) {
  return [this, &scope, depth, may_ask, latest](const std::string& name) {
    Wanted wanted{name};
    wanted.may_ask = may_ask;
    wanted.latest = latest;
    return Resolve(wanted, scope, depth);
  };
}

std::optional<Episode::Conditions> Episode::RenderWhere(const Wanted& wanted, Scope& scope,
                                                        int depth) {
  Conditions conditions;
  if (wanted.where == nullptr) return conditions;
  for (const auto& [type, text] : *wanted.where) {
    const auto value = text.Render(LookupIn(scope, depth + 1, wanted.may_ask, false));
    if (!value) return std::nullopt;
    conditions.emplace_back(type, Folded(std::string_view(*value)));
  }
  return conditions;
}

Episode::Preference Episode::PreferenceFor(const Wanted& wanted, const Scope& scope) const {
  if (wanted.argument == nullptr) return {};
  const Moment moment{wanted.tool, scope.found->goal->id, {}, wanted.argument};
  const auto rules = SpeakingRules(playbook_, {strategy::RuleAction::kPrefer}, moment, *this);
  if (rules.empty()) return {};
  return {rules[0]->rule.source, {rules[0]->id}, IdsOf(rules)};
}

std::vector<Episode::Way> Episode::WaysTo(const Wanted& wanted, const std::vector<Known>& known,
                                          const Preference& preference, const Scope& scope,
                                          int depth) const {
  std::vector<Way> ways;
  const bool any = preference.source.empty();
  if (!known.empty()) {
    const bool good = any || preference.Likes(known[0].tool);
    ways.push_back({Way::Kind::kKnown, nullptr, good ? kPreferred : kAgainstPreference});
    if (good) return ways;
  }
  const int left = static_cast<int>(playbook_.parameters.max_depth) - depth;
  for (const Tool& tool : toolbox_.tools()) {
    if (left <= 0 || tool.writes || OnStack(tool) || !tool.Offers(wanted.type)) continue;
    const Reach reach = ReachOf(tool, scope, left - 1);
    if (reach == Reach::kNo || (reach == Reach::kWithAsking && !wanted.may_ask)) continue;
    const int rank = reach == Reach::kFree ? kToolAlone : kToolWithAsking;
    ways.push_back({Way::Kind::kTool, &tool, preference.Likes(&tool) ? kPreferred : rank});
  }
  if (wanted.may_ask && CanAsk(wanted.type)) {
    const bool liked = preference.source == "ask" || preference.source == "user";
    ways.push_back({Way::Kind::kAsk, nullptr, liked ? kKnownAtAll : kAskUser});
  }
  std::stable_sort(ways.begin(), ways.end(),
                   [](const Way& a, const Way& b) { return a.rank < b.rank; });
  return ways;
}

std::optional<Json> Episode::TakeKnown(const std::vector<Known>& known, const Wanted& wanted,
                                       const Scope& scope) {
  if (known.empty()) return std::nullopt;
  if (wanted.all) {
    Json list = Json::array();
    for (const Known& value : known) list.push_back(value.value);
    return list;
  }
  const bool slip = known.size() > 1 && wanted.tool != nullptr &&
                    dice_.Slips("value", scope.found->goal->id, wanted.tool->name, wanted.type);
  return known[slip ? 1 : 0].value;
}

bool Episode::CanAsk(const std::string& type) const {
  const SemanticType* semantic = playbook_.FindType(type);
  return semantic != nullptr && !semantic->ask.empty() && unanswered_.count(type) == 0;
}

std::optional<Json> Episode::AskFor(const Wanted& wanted) {
  const SemanticType& semantic = *playbook_.FindType(wanted.type);
  for (std::int64_t i = 0; i < playbook_.parameters.asks; ++i) {
    const std::string reply = Ask(semantic.ask);
    board_.AddUserText(reply, false);
    std::optional<std::string> text;
    if (semantic.pattern) {
      text = FindValue(semantic, reply);
    } else if (!IsIgnorance(reply)) {
      text = std::string(Trimmed(reply));
      board_.AddUserValue(wanted.type, *text);
    }
    if (!text) continue;
    const Json value = FoldedTo(&semantic, *std::move(text));
    const Json fitted = wanted.argument == nullptr ? value : Fit(*wanted.argument, value);
    if (!fitted.is_null()) return fitted;
  }
  unanswered_.insert(wanted.type);
  return std::nullopt;
}

std::optional<Json> Episode::Resolve(const Wanted& wanted, Scope& scope, int depth) {
  const std::optional<Conditions> where = RenderWhere(wanted, scope, depth);
  if (!where) return std::nullopt;
  std::vector<Known> known = KnownValues(wanted, scope, *where);
  const Preference preference = PreferenceFor(wanted, scope);
  std::stable_partition(known.begin(), known.end(),
                        [&](const Known& value) { return preference.Likes(value.tool); });
  const std::vector<Way> ways = WaysTo(wanted, known, preference, scope, depth);

  std::vector<std::string> options;
  for (const Way& way : ways) {
    if (way.kind == Way::Kind::kTool) options.push_back("tool:" + way.tool->name);
    if (way.kind == Way::Kind::kAsk) options.push_back("ask");
    if (way.kind != Way::Kind::kKnown) continue;
    for (std::size_t i = 0; i < known.size() && i < kMaxOptions; ++i) {
      options.push_back("known:" + PlainText(known[i].value));
    }
  }
  const auto decide = [&](std::string chosen, const char* reason) {
    if (options.size() < 2 && preference.fired.empty() && chosen[0] == 'k') return;  // no choice
    Decide("argument_source", options, std::move(chosen), preference.fired,
           wanted.type + ": " + reason, preference.retrieved);
  };
  for (const Way& way : ways) {
    if (way.kind == Way::Kind::kAsk) {
      decide("ask", "the user may know it");
      if (auto value = AskFor(wanted)) return value;
      continue;
    }
    if (way.kind == Way::Kind::kTool) {
      decide("tool:" + way.tool->name, "the tool offers it");
      Perform(*way.tool, scope, Role::kSource, depth + 1);
      known = KnownValues(wanted, scope, *where);
    }
    std::optional<Json> value = TakeKnown(known, wanted, scope);
    if (!value) continue;
    if (way.kind == Way::Kind::kKnown) decide("known:" + PlainText(*value), "known already");
    return value;
  }
  return std::nullopt;
}

}  // namespace kedge::agent_ref
