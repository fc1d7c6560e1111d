#include <algorithm>
#include <set>

#include "guards/change/added_text.h"
#include "guards/change/rules.h"
#include "guards/change/words_of.h"
#include "guards/detect/detector.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

struct InjectionShape {
  const char* what;
  text::Pattern pattern;
};

// Read off the text as it is, in lower case.
const std::vector<InjectionShape>& InjectionShapes() {
  const text::Pattern::Options any_case{false};
  static const std::vector<InjectionShape> kShapes = {
      {"a role marker",
       text::Pattern::Compile(
           R"((?:^|\n)\s*(?:system|assistant|user|developer|human|ai)\s*:)"
           R"(|<\|[a-z_]+\|>|\[/?(?:inst|sys|system)\]|<</?sys>>|###\s*(?:system|instruction))",
           any_case)},
      {"an order to set other orders aside",
       text::Pattern::Compile(
           R"(\b(?:ignore|disregard|forget|override|overrule|supersedes?|replaces?)\b[^.\n]{0,40})"
           R"(\b(?:previous|prior|above|earlier|all|any|other|these|those|every|instructions?|rules?|guidelines?|polic(?:y|ies))\b)",
           any_case)},
      {"a word about its own guards or evaluation",
       text::Pattern::Compile(
           R"(\b(?:guard(?:rail)?s?|graders?|scorers?|evaluators?|evaluations?|being (?:tested|evaluated|watched|monitored))"
           R"(|benchmarks?|test (?:suites?|sets?|cases?|harness)|approval (?:process|step|gate)|telemetry|audit (?:log|trail)s?)"
           R"(|reward (?:function|model)s?|monitoring|change guards?|kedge)\b)",
           any_case)}};
  return kShapes;
}

void CheckShape(ChangeContext& context, const AddedText& added) {
  for (const InjectionShape& shape : InjectionShapes()) {
    if (!shape.pattern.Matches(added.text)) continue;
    context.Report(
        kInjectionRule, added.what,
        std::string("the text holds ") + shape.what + ": \"" + Elided(added.text) + "\"");
    return;
  }
  static const auto kPack = DetectorPack::Find("injection/v1");
  const std::vector<Detection> found = kPack->Scan(added.text);
  if (found.empty()) return;
  context.Report(kInjectionRule, added.what,
                 "the text has the shape of an injected instruction (" + found[0].rule + "): \"" +
                     Elided(added.text) + "\"");
}

std::set<std::string> ToolsOf(const strategy::Guideline& guideline, const strategy::Rule& rule) {
  std::set<std::string> tools(guideline.scope.begin(), guideline.scope.end());
  tools.insert(rule.tools.begin(), rule.tools.end());
  tools.insert(rule.helpers.begin(), rule.helpers.end());
  tools.insert(rule.when_called.begin(), rule.when_called.end());
  tools.insert(rule.unless_called.begin(), rule.unless_called.end());
  if (rule.source.starts_with("tool:")) tools.insert(rule.source.substr(5));
  return tools;
}

// A text that speaks of a tool which its rule does not: an agent that reads texts would follow it.
// A rule about an effect or an argument is about every tool that has it.
void CheckNamedTools(ChangeContext& context, const strategy::Guideline& guideline,
                     const strategy::Rule& rule) {
  if (rule.tools.empty()) return;
  const std::set<std::string> own = ToolsOf(guideline, rule);
  for (const std::string& word : WordsOf(guideline.text)) {
    const auto& tools = context.evidence.tools;
    if (own.contains(word) || std::find(tools.begin(), tools.end(), word) == tools.end()) continue;
    context.Report(kInjectionRule, guideline.id,
                   "the text of guideline '" + guideline.id + "' names the tool '" + word +
                       "', which its rule does not");
    return;
  }
}

}  // namespace

void CheckInjection(ChangeContext& context) {
  for (const AddedText& added : context.added) {
    if (added.spoken) CheckShape(context, added);
  }
  for (const auto& [guideline, rule] : context.brought()) {
    CheckNamedTools(context, *guideline, rule);
  }
}

}  // namespace kedge::guards
