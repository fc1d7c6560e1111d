#include "harness/suite/task_fields.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

UserFact ReadFact(const std::string& name, const Node& node) {
  UserFact fact{name, "", {}};
  if (node.is_string()) {
    fact.value = node.NonEmptyString();
  } else {
    node.AllowKeys({"value", "keywords"});
    fact.value = node["value"].NonEmptyString();
    fact.keywords = node.StringsOr("keywords");
  }
  if (fact.keywords.empty()) fact.keywords = {name};
  for (const std::string& keyword : fact.keywords) {
    if (keyword.empty()) throw node.Fail("a keyword is empty");
  }
  return fact;
}

std::vector<ExpectedCall> ReadCalls(const Node& node) {
  std::vector<ExpectedCall> calls;
  for (const Node& item : node.Items()) {
    item.AllowKeys({"tool", "arguments"});
    ExpectedCall call{item["tool"].NonEmptyString(), Json::object()};
    if (const auto arguments = item.Find("arguments")) {
      if (!arguments->is_object()) throw arguments->Fail("expected an object");
      call.arguments = arguments->json();
    }
    calls.push_back(std::move(call));
  }
  if (calls.empty()) throw node.Fail("list at least one call or leave it out");
  return calls;
}

ScorerSpec ReadScorer(const Node& node) {
  ScorerSpec spec;
  const Node type = node["type"];
  spec.type = type.String();
  CheckScorerType(type);
  spec.parameters = node.json();
  spec.parameters.erase("type");
  return spec;
}

std::vector<std::string> ReadTexts(const Node& node) {
  std::vector<std::string> texts;
  for (const Node& item : node.Items()) {
    // A number is a text to be told as well.
    texts.push_back(item.json().is_number() ? DumpJson(item.json()) : item.NonEmptyString());
  }
  return texts;
}

}  // namespace

std::string ReadName(const Node& node) {
  std::string name = node.NonEmptyString();
  if (name.size() > 100 || !std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    throw node.Fail("a name has at most 100 letters, digits, '_', '-' and '.'");
  }
  return name;
}

void ReadTaskFields(const Node& node, Task& task) {
  if (const auto facts = node.Find("facts")) {
    for (const auto& [name, fact] : facts->Members()) task.facts.push_back(ReadFact(name, fact));
  }
  task.user_confirms = node.BoolOr("confirms", true);
  task.impossible = node.BoolOr("impossible", false);
  task.no_change = node.BoolOr("no_change", false);
  if (const auto calls = node.Find("calls")) task.expected_calls = ReadCalls(*calls);
  if (const auto solution = node.Find("solution")) task.solution = ReadCalls(*solution);
  if (const auto tell = node.Find("tell")) task.tell = ReadTexts(*tell);
  task.answer = node.StringOr("answer", "");
  if (const auto scorers = node.Find("scorers")) {
    for (const Node& scorer : scorers->Items()) task.scorers.push_back(ReadScorer(scorer));
  }
  task.principal = node.StringOr("principal", "");
  if (const auto cluster = node.Find("cluster")) task.cluster_id = cluster->NonEmptyString();
  if (task.no_change && !task.expected_calls.empty()) {
    throw node["no_change"].Fail("a task that expects calls cannot have `no_change: true`");
  }
  task.checks_end_state = task.no_change || !task.expected_calls.empty();
  if (!task.checks_end_state && task.tell.empty() && task.scorers.empty() && !task.impossible) {
    throw node.Fail("there is nothing to check: give `calls`, `no_change`, `tell` or `scorers`");
  }
}

}  // namespace kedge::suite
