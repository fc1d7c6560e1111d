#include "agent_ref/condition.h"

#include <utility>

namespace kedge::agent_ref {
namespace {

using strategy::ValueTest;
using strategy::ValueTests;

std::string Word(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

std::string Listed(const ValueTest& test, const char* between) {
  std::string list;
  for (const Json& value : test.any_of) list += (list.empty() ? "" : between) + Word(value);
  return list;
}

std::string TestInWords(const ValueTest& test) {
  if (test.any_of.size() == 1) return "is " + Word(test.any_of[0]);
  if (!test.any_of.empty()) return "is one of " + Listed(test, ", ");
  std::string words;
  if (test.at_least) words = "is at least " + CanonicalJson(Json(*test.at_least));
  if (test.at_most) {
    words += (words.empty() ? "is at most " : " and at most ") + CanonicalJson(Json(*test.at_most));
  }
  return words;
}

std::string TestName(const ValueTest& test) {
  if (!test.any_of.empty()) return "=" + Listed(test, ".");
  std::string name;
  if (test.at_least) name += ".from" + CanonicalJson(Json(*test.at_least));
  if (test.at_most) name += ".to" + CanonicalJson(Json(*test.at_most));
  return name;
}

bool PassPart(const ValueTests& tests, const Json& situation, const char* part) {
  if (tests.empty()) return true;
  const auto values = situation.find(part);
  return values != situation.end() && strategy::Pass(tests, *values);
}

}  // namespace

Condition::Condition(ValueTests arguments, ValueTests seen)
    : arguments_(std::move(arguments)), seen_(std::move(seen)) {
  Json when = Json::object();
  AddTo(when);
  if (!when.empty()) text_ = CanonicalJson(when);
}

bool Condition::Holds(const Json& situation) const {
  return empty() || (situation.is_object() && PassPart(arguments_, situation, "arguments") &&
                     PassPart(seen_, situation, "seen"));
}

bool Condition::Covers(const Condition& special) const {
  return strategy::Covers(arguments_, special.arguments_) && strategy::Covers(seen_, special.seen_);
}

bool Condition::MayMeet(const Condition& other) const {
  return strategy::MayMeet(arguments_, other.arguments_) && strategy::MayMeet(seen_, other.seen_);
}

Condition Condition::And(const Condition& other) const {
  ValueTests arguments = other.arguments_;
  ValueTests seen = other.seen_;
  arguments.insert(arguments_.begin(), arguments_.end());
  seen.insert(seen_.begin(), seen_.end());
  return {std::move(arguments), std::move(seen)};
}

void Condition::AddTo(Json& when) const {
  if (!arguments_.empty()) when["arguments"] = ToJson(arguments_);
  if (!seen_.empty()) when["seen"] = ToJson(seen_);
}

std::string Condition::InWords() const {
  std::string words;
  for (const ValueTests* tests : {&arguments_, &seen_}) {
    for (const auto& [name, test] : *tests) {
      words += (words.empty() ? "" : " and ") + name + " " + TestInWords(test);
    }
  }
  return words;
}

std::string Condition::Name() const {
  std::string name;
  for (const ValueTests* tests : {&arguments_, &seen_}) {
    for (const auto& [field, test] : *tests) {
      name += (name.empty() ? "" : ".") + field + TestName(test);
    }
  }
  return name;
}

}  // namespace kedge::agent_ref
