#include <array>
#include <utility>

#include "agent_ref/playbook_parts.h"
#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

Where ParseWhere(const Node& node) {
  Where where;
  for (const auto& [type, text] : node.Members()) {
    where.emplace_back(type, TextTemplate::Parse(text));
  }
  return where;
}

void ParseChoices(const Node& node, ArgumentSpec& spec) {
  if (node.Items().empty()) throw node.Fail("expected at least one choice");
  for (const Node& choice : node.Items()) {
    choice.AllowKeys({"pattern", "value"});
    spec.choices.emplace_back(ParsePattern(choice["pattern"], false), choice["value"].json());
  }
}

ArgumentSpec ParseArgumentSpec(const Node& node) {
  ArgumentSpec spec;
  if (!node.is_object()) {
    spec.literal = ValueTemplate::Parse(node);
    return spec;
  }
  node.AllowKeys({"value", "choose", "default", "type", "where", "all"});
  if (const auto value = node.Find("value")) spec.literal = ValueTemplate::Parse(*value);
  if (const auto choose = node.Find("choose")) ParseChoices(*choose, spec);
  if (const auto fallback = node.Find("default")) spec.fallback = fallback->json();
  if (const auto type = node.Find("type")) spec.type = type->NonEmptyString();
  if (const auto where = node.Find("where")) spec.where = ParseWhere(*where);
  spec.all = node.BoolOr("all", false);
  const int ways = int{node.Has("value")} + int{node.Has("choose")} + int{node.Has("type")};
  if (ways != 1) throw node.Fail("expected one of `value`, `choose` and `type`");
  if (spec.fallback && spec.choices.empty()) throw node.Fail("`default` goes with `choose`");
  if (spec.type.empty() && (!spec.where.empty() || spec.all)) {
    throw node.Fail("`where` and `all` go with `type`");
  }
  return spec;
}

struct TestWord {
  std::string_view word;
  Check::Test test;
  bool many;
};
constexpr std::array<TestWord, 6> kTests = {{{"is", Check::Test::kIs, false},
                                             {"not", Check::Test::kNot, false},
                                             {"in", Check::Test::kIn, true},
                                             {"not_in", Check::Test::kNotIn, true},
                                             {"at_most", Check::Test::kAtMost, false},
                                             {"at_least", Check::Test::kAtLeast, false}}};

// An operand may be written as a number or a boolean; it is compared as text.
TextTemplate ParseOperand(const Node& node) {
  if (node.is_string()) return TextTemplate::Parse(node);
  if (!node.json().is_primitive() || node.is_null()) throw node.Fail("expected a text or a number");
  return TextTemplate::Parse(Document::FromValue(DumpJson(node.json()), "operand").root());
}

void ParseRequire(const Node& node, Check& check) {
  node.AllowKeys({"type", "where", "is", "not", "in", "not_in", "at_most", "at_least"});
  check.type = node["type"].NonEmptyString();
  if (const auto where = node.Find("where")) check.where = ParseWhere(*where);
  int tests = 0;
  for (const TestWord& word : kTests) {
    const auto operand = node.Find(word.word);
    if (!operand) continue;
    ++tests;
    check.test = word.test;
    if (!word.many) {
      check.operands = {ParseOperand(*operand)};
      continue;
    }
    for (const Node& item : operand->Items()) check.operands.push_back(ParseOperand(item));
    if (check.operands.empty()) throw operand->Fail("expected at least one value");
  }
  if (tests != 1) {
    throw node.Fail("expected exactly one of is, not, in, not_in, at_most and at_least");
  }
}

std::map<std::string, std::int64_t> ParseCounts(const Node& node, std::int64_t min,
                                                std::int64_t max) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& [key, value] : node.Members()) counts[key] = value.Int(min, max);
  return counts;
}

}  // namespace

ArgumentSpecs ParseArgumentSpecs(const Node& node) {
  ArgumentSpecs specs;
  for (const auto& [argument, spec] : node.Members()) {
    specs.emplace(argument, ParseArgumentSpec(spec));
  }
  return specs;
}

Check ParseCheck(const Node& node, bool with_tool) {
  if (with_tool) {
    node.AllowKeys({"tool", "require", "refuse", "unknown"});
  } else {
    node.AllowKeys({"require", "refuse", "unknown"});
  }
  Check check;
  if (with_tool) check.tool = node["tool"].NonEmptyString();
  ParseRequire(node["require"], check);
  node["refuse"].NonEmptyString();
  check.refuse = TextTemplate::Parse(node["refuse"]);
  if (const auto unknown = node.Find("unknown")) {
    check.refuse_unknown = unknown->OneOf({"refuse", "proceed"}) == "refuse";
  }
  return check;
}

void ParseToolPolicyLayer(const Node& layer, Playbook& playbook) {
  playbook.confirm = layer.StringsOr("confirm");
  if (const auto retry = layer.Find("retry")) playbook.retry = ParseCounts(*retry, 0, 10);
  if (const auto rate = layer.Find("rate")) playbook.rate = ParseCounts(*rate, 1, 100);
  if (const auto preconditions = layer.Find("preconditions")) {
    for (const Node& check : preconditions->Items()) {
      playbook.preconditions.push_back(ParseCheck(check, true));
    }
  }
  if (const auto sources = layer.Find("argument_sources")) {
    for (const auto& [tool, specs] : sources->Members()) {
      playbook.argument_sources.emplace(tool, ParseArgumentSpecs(specs));
    }
  }
}

}  // namespace kedge::agent_ref
