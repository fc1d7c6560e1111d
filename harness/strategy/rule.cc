#include "harness/strategy/rule.h"

#include <optional>
#include <utility>

namespace kedge::strategy {
namespace {

// One name, or a list of at least one.
std::vector<std::string> Names(const Node& node) {
  if (!node.is_array()) return {node.NonEmptyString()};
  std::vector<std::string> names;
  for (const Node& item : node.Items()) names.push_back(item.NonEmptyString());
  if (names.empty()) throw node.Fail("expected at least one name");
  return names;
}

std::vector<std::string> NamesOr(const Node& parent, std::string_view key) {
  const std::optional<Node> node = parent.Find(key);
  return node ? Names(*node) : std::vector<std::string>{};
}

void ParseWhen(const Node& when, Rule& rule) {
  when.AllowKeys({"tool", "effect", "argument", "error", "goal", "called", "arguments", "seen"});
  rule.tools = NamesOr(when, "tool");
  rule.errors = NamesOr(when, "error");
  rule.goals = NamesOr(when, "goal");
  rule.when_called = NamesOr(when, "called");
  if (const auto effect = when.Find("effect")) rule.effect = effect->OneOf({"read", "write"});
  if (const auto argument = when.Find("argument")) rule.argument = argument->NonEmptyString();
  if (const auto tests = when.Find("arguments")) rule.arguments = ParseValueTests(*tests);
  if (const auto tests = when.Find("seen")) rule.seen = ParseValueTests(*tests);
}

bool IsSource(const std::string& word) {
  return word == "user" || word == "tool" || word == "ask" || word == "message" ||
         (word.rfind("tool:", 0) == 0 && word.size() > 5);
}

// At least one argument, each with a value that a schema can list.
Json Settings(const Node& node) {
  const auto members = node.Members();
  if (members.empty()) throw node.Fail("expected at least one argument with its value");
  for (const auto& [argument, value] : members) {
    if (!value.json().is_primitive() || value.json().is_null()) {
      throw value.Fail("expected a text, a number, true or false");
    }
  }
  return node.json();
}

void ParseAction(const std::string& word, const Node& value, Rule& rule) {
  if (word == "call_first" || word == "call_after") {
    rule.action = word == "call_first" ? RuleAction::kCallFirst : RuleAction::kCallAfter;
    rule.helpers = Names(value);
  } else if (word == "avoid") {
    rule.action = RuleAction::kAvoid;
    rule.helpers = Names(value);
  } else if (word == "recover" || word == "instead") {
    rule.action = word == "recover" ? RuleAction::kRecover : RuleAction::kInstead;
    rule.helpers = {value.NonEmptyString()};
  } else if (word == "on_error") {
    rule.action =
        value.OneOf({"retry", "stop"}) == "retry" ? RuleAction::kRetry : RuleAction::kGiveUp;
  } else if (word == "prefer") {
    rule.action = RuleAction::kPrefer;
    rule.source = value.NonEmptyString();
    if (!IsSource(rule.source)) throw value.Fail("expected user, tool, ask, message or tool:NAME");
  } else if (word == "confirm") {
    rule.action = RuleAction::kConfirm;
    rule.confirm = value.Bool();
  } else if (word == "set") {
    rule.action = RuleAction::kSet;
    rule.settings = Settings(value);
  } else {
    rule.action = RuleAction::kStop;
    rule.text = value.NonEmptyString();
  }
}

void ParseThen(const Node& then, Rule& rule) {
  then.AllowKeys({"call_first", "call_after", "avoid", "recover", "instead", "on_error", "prefer",
                  "confirm", "set", "stop"});
  const auto members = then.Members();
  if (members.size() != 1) throw then.Fail("expected exactly one action");
  ParseAction(members[0].first, members[0].second, rule);
}

void ParseUnless(const Node& unless, Rule& rule) {
  unless.AllowKeys({"called", "known"});
  rule.unless_called = NamesOr(unless, "called");
  if (const auto known = unless.Find("known")) rule.unless_known = known->NonEmptyString();
}

// Values belong to the call of a tool, and exist once its arguments are found.
void CheckValueTests(const Node& guideline, const Rule& rule) {
  if (rule.arguments.empty() && rule.seen.empty()) return;
  if (rule.tools.empty()) {
    throw guideline.Fail("`when.arguments` and `when.seen` need `when.tool`");
  }
  if (rule.action == RuleAction::kPrefer && rule.errors.empty()) {
    throw guideline.Fail(
        "without `when.error`, `prefer` speaks before there are values for `arguments` and `seen`");
  }
}

// A condition that the action cannot use, or lacks, would make a rule that never speaks or always.
void CheckFit(const Node& guideline, const Rule& rule) {
  const bool after_error = rule.action == RuleAction::kRecover ||
                           rule.action == RuleAction::kInstead ||
                           rule.action == RuleAction::kRetry || rule.action == RuleAction::kGiveUp;
  if (after_error && rule.errors.empty()) {
    throw guideline.Fail("this action needs `when.error`");
  }
  const bool also_after_error = rule.action == RuleAction::kStop ||
                                rule.action == RuleAction::kSet ||
                                rule.action == RuleAction::kPrefer;
  if (!after_error && !also_after_error && !rule.errors.empty()) {
    throw guideline.Fail(
        "`when.error` goes with recover, instead, on_error, prefer, set or stop only");
  }
  if (rule.action == RuleAction::kSet && rule.tools.empty()) {
    throw guideline.Fail("`set` needs `when.tool`: arguments are a tool's own");
  }
  if (rule.action == RuleAction::kPrefer && rule.argument.empty()) {
    throw guideline.Fail("`prefer` needs `when.argument`");
  }
  if (rule.source == "message" && rule.errors.empty()) {
    throw guideline.Fail("`prefer: message` needs `when.error`: it is the message of an error");
  }
  const bool about_helpers =
      rule.action == RuleAction::kAvoid || rule.action == RuleAction::kInstead;
  if (about_helpers && rule.tools.empty()) {
    throw guideline.Fail("`avoid` and `instead` need `when.tool`");
  }
  CheckValueTests(guideline, rule);
  const bool unconditional = rule.tools.empty() && rule.errors.empty() && rule.goals.empty() &&
                             rule.effect.empty() && rule.argument.empty() &&
                             rule.when_called.empty();
  if (unconditional && rule.action != RuleAction::kConfirm) {
    throw guideline.Fail("`when` is empty: the rule would speak always");
  }
}

}  // namespace

Rule ParseRule(const Node& guideline) {
  Rule rule;
  ParseWhen(guideline["when"], rule);
  ParseThen(guideline["then"], rule);
  if (const auto unless = guideline.Find("unless")) ParseUnless(*unless, rule);
  CheckFit(guideline, rule);
  return rule;
}

Rule ParseRule(const Guideline& guideline) {
  Json value = Json::object();
  if (!guideline.when.is_null()) value["when"] = guideline.when;
  if (!guideline.then.is_null()) value["then"] = guideline.then;
  if (!guideline.unless.is_null()) value["unless"] = guideline.unless;
  const Document document =
      Document::FromValue(std::move(value), "guideline \"" + guideline.id + "\"");
  return ParseRule(document.root());
}

}  // namespace kedge::strategy
