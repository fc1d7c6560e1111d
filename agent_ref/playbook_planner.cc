#include <utility>

#include "agent_ref/playbook_parts.h"
#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

Parameters ParseParameters(const Node& node) {
  node.AllowKeys({"max_calls", "max_depth", "asks", "explore", "explore_on_error", "explore_tries",
                  "explore_retries", "explore_reading", "explore_values", "explore_skip",
                  "explore_refusal", "explore_sources", "explore_words", "explore_instead"});
  Parameters parameters;
  parameters.max_calls = node.IntOr("max_calls", parameters.max_calls, 1, 200);
  parameters.max_depth = node.IntOr("max_depth", parameters.max_depth, 1, 6);
  parameters.asks = node.IntOr("asks", parameters.asks, 1, 5);
  parameters.explore = node.NumberOr("explore", parameters.explore, 0, 1);
  parameters.explore_on_error =
      node.NumberOr("explore_on_error", parameters.explore_on_error, 0, 1);
  parameters.explore_tries = node.IntOr("explore_tries", parameters.explore_tries, 0, 30);
  parameters.explore_retries = node.IntOr("explore_retries", parameters.explore_retries, 0, 5);
  parameters.explore_reading = node.NumberOr("explore_reading", parameters.explore_reading, 0, 1);
  parameters.explore_skip = node.NumberOr("explore_skip", parameters.explore_skip, 0, 1);
  parameters.explore_values = node.NumberOr("explore_values", parameters.explore_values, 0, 1);
  parameters.explore_refusal = node.NumberOr("explore_refusal", parameters.explore_refusal, 0, 1);
  parameters.explore_sources = node.NumberOr("explore_sources", parameters.explore_sources, 0, 1);
  parameters.explore_words = node.NumberOr("explore_words", parameters.explore_words, 0, 1);
  parameters.explore_instead = node.NumberOr("explore_instead", parameters.explore_instead, 0, 1);
  return parameters;
}

ExplorationOrder ParseExplorationOrder(const Node& node) {
  node.AllowKeys({"tool", "error", "first", "last"});
  ExplorationOrder order;
  order.tool = node["tool"].NonEmptyString();
  if (const auto error = node.Find("error")) order.error = error->NonEmptyString();
  order.first = node.StringsOr("first");
  order.last = node.StringsOr("last");
  return order;
}

SemanticType ParseType(const std::string& name, const Node& node) {
  node.AllowKeys({"pattern", "ask", "fold"});
  SemanticType type;
  type.name = name;
  if (const auto pattern = node.Find("pattern")) type.pattern = ParsePattern(*pattern, true);
  if (const auto ask = node.Find("ask")) type.ask = ask->NonEmptyString();
  if (const auto fold = node.Find("fold")) {
    type.fold = fold->OneOf({"lower", "upper"}) == "lower" ? SemanticType::Fold::kLower
                                                           : SemanticType::Fold::kUpper;
  }
  if (!type.pattern && type.ask.empty()) throw node.Fail("expected `pattern`, `ask` or both");
  return type;
}

std::vector<TextTemplate> ParseAnswer(const Node& node) {
  if (!node.is_array()) return {TextTemplate::Parse(node)};
  std::vector<TextTemplate> parts;
  for (const Node& part : node.Items()) parts.push_back(TextTemplate::Parse(part));
  return parts;
}

Goal ParseGoal(const Node& node) {
  node.AllowKeys({"id", "patterns", "tool", "arguments", "checks", "answer"});
  Goal goal;
  goal.id = node["id"].NonEmptyString();
  for (const Node& pattern : node["patterns"].Items()) {
    goal.patterns.push_back(ParsePattern(pattern, false));
  }
  if (goal.patterns.empty()) throw node["patterns"].Fail("expected at least one pattern");
  if (const auto tool = node.Find("tool")) goal.tool = tool->NonEmptyString();
  if (const auto arguments = node.Find("arguments")) {
    if (goal.tool.empty()) throw arguments->Fail("a goal without `tool` has no arguments");
    goal.arguments = ParseArgumentSpecs(*arguments);
  }
  if (const auto checks = node.Find("checks")) {
    for (const Node& check : checks->Items()) goal.checks.push_back(ParseCheck(check, false));
  }
  if (const auto answer = node.Find("answer")) goal.answer = ParseAnswer(*answer);
  if (goal.tool.empty() && goal.answer.empty())
    throw node.Fail("expected `tool`, `answer` or both");
  return goal;
}

TextTemplate TextOr(const std::optional<Node>& node, const char* key, const char* fallback) {
  const std::optional<Node> text = node ? node->Find(key) : std::nullopt;
  if (text) return TextTemplate::Parse(*text);
  return TextTemplate::Parse(Document::FromValue(fallback, "texts").root());
}

Texts ParseTexts(const std::optional<Node>& node) {
  if (node) node->AllowKeys({"fallback", "failed", "missing", "declined", "refused", "done"});
  Texts texts;
  texts.fallback = TextOr(node, "fallback", "I am sorry, I cannot help with that.");
  texts.failed = TextOr(node, "failed", "I am sorry, that did not work: {message}");
  texts.missing = TextOr(node, "missing", "I am sorry, I cannot do that without the {type}.");
  texts.declined = TextOr(node, "declined", "All right, I have changed nothing.");
  texts.refused = TextOr(node, "refused", "I am sorry, I cannot do that.");
  texts.done = TextOr(node, "done", "It is done.");
  return texts;
}

}  // namespace

text::Pattern ParsePattern(const Node& node, bool case_sensitive) {
  text::Pattern::Options options;
  options.case_sensitive = case_sensitive;
  try {
    return text::Pattern::Compile(node.NonEmptyString(), options);
  } catch (const Error& error) {
    if (!error.file().empty()) throw;
    throw node.Fail(error.message());
  }
}

void ParsePlannerLayer(const Node& layer, Playbook& playbook) {
  if (const auto parameters = layer.Find("parameters")) {
    playbook.parameters = ParseParameters(*parameters);
  }
  if (const auto types = layer.Find("types")) {
    for (const auto& [name, node] : types->Members()) {
      playbook.types.push_back(ParseType(name, node));
    }
  }
  if (const auto goals = layer.Find("goals")) {
    for (const Node& goal : goals->Items()) playbook.goals.push_back(ParseGoal(goal));
  }
  if (const auto exploration = layer.Find("exploration")) {
    for (const Node& order : exploration->Items()) {
      playbook.exploration.push_back(ParseExplorationOrder(order));
    }
  }
  playbook.texts = ParseTexts(layer.Find("texts"));
}

}  // namespace kedge::agent_ref
