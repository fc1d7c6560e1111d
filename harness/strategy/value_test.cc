#include "harness/strategy/value_test.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace kedge::strategy {
namespace {

Json Literal(const Node& node) {
  if (!node.json().is_primitive() || node.json().is_null()) {
    throw node.Fail("expected a text, a number, true or false");
  }
  return node.json();
}

std::optional<double> NumberOf(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

bool Within(const ValueTest& bounds, const Json& value) {
  const std::optional<double> number = NumberOf(value);
  return number && (!bounds.at_least || *number >= *bounds.at_least) &&
         (!bounds.at_most || *number <= *bounds.at_most);
}

bool Covers(const ValueTest& general, const ValueTest& special) {
  if (!special.any_of.empty()) {
    return std::all_of(special.any_of.begin(), special.any_of.end(),
                       [&](const Json& value) { return Passes(general, value); });
  }
  if (!general.any_of.empty()) return false;
  const bool low =
      !general.at_least || (special.at_least && *special.at_least >= *general.at_least);
  const bool high = !general.at_most || (special.at_most && *special.at_most <= *general.at_most);
  return low && high;
}

bool MayMeet(const ValueTest& a, const ValueTest& b) {
  if (!a.any_of.empty()) {
    return std::any_of(a.any_of.begin(), a.any_of.end(),
                       [&](const Json& value) { return Passes(b, value); });
  }
  if (!b.any_of.empty()) return MayMeet(b, a);
  const auto below = [](const ValueTest& x, const ValueTest& y) {
    return x.at_most && y.at_least && *x.at_most < *y.at_least;
  };
  return !below(a, b) && !below(b, a);
}

}  // namespace

ValueTest ParseValueTest(const Node& node) {
  ValueTest test;
  if (node.is_array()) {
    for (const Node& item : node.Items()) test.any_of.push_back(Literal(item));
    if (test.any_of.empty()) throw node.Fail("expected at least one value");
    return test;
  }
  if (!node.json().is_object()) {
    test.any_of.push_back(Literal(node));
    return test;
  }
  node.AllowKeys({"at_least", "at_most"});
  if (const auto low = node.Find("at_least")) test.at_least = low->Number();
  if (const auto high = node.Find("at_most")) test.at_most = high->Number();
  if (!test.at_least && !test.at_most) throw node.Fail("expected at_least, at_most or both");
  if (test.at_least && test.at_most && *test.at_least > *test.at_most) {
    throw node.Fail("at_least is greater than at_most: no value would pass");
  }
  return test;
}

ValueTests ParseValueTests(const Node& node) {
  ValueTests tests;
  for (const auto& [name, test] : node.Members()) tests.emplace(name, ParseValueTest(test));
  if (tests.empty()) throw node.Fail("expected at least one name with the values it may have");
  return tests;
}

Json ToJson(const ValueTest& test) {
  if (test.any_of.empty()) {
    Json bounds = Json::object();
    if (test.at_least) bounds["at_least"] = *test.at_least;
    if (test.at_most) bounds["at_most"] = *test.at_most;
    return bounds;
  }
  std::map<std::string, Json> sorted;
  for (const Json& value : test.any_of) sorted.emplace(CanonicalJson(value), value);
  if (sorted.size() == 1) return sorted.begin()->second;
  Json list = Json::array();
  for (const auto& [text, value] : sorted) list.push_back(value);
  return list;
}

Json ToJson(const ValueTests& tests) {
  Json json = Json::object();
  for (const auto& [name, test] : tests) json[name] = ToJson(test);
  return json;
}

bool Passes(const ValueTest& test, const Json& value) {
  if (test.any_of.empty()) return Within(test, value);
  return std::find(test.any_of.begin(), test.any_of.end(), value) != test.any_of.end();
}

bool Pass(const ValueTests& tests, const Json& object) {
  return std::all_of(tests.begin(), tests.end(), [&](const auto& named) {
    const auto value = object.find(named.first);
    return value != object.end() && Passes(named.second, *value);
  });
}

bool Covers(const ValueTests& general, const ValueTests& special) {
  return std::all_of(general.begin(), general.end(), [&](const auto& named) {
    const auto narrower = special.find(named.first);
    return narrower != special.end() && Covers(named.second, narrower->second);
  });
}

bool MayMeet(const ValueTests& a, const ValueTests& b) {
  return std::all_of(a.begin(), a.end(), [&](const auto& named) {
    const auto other = b.find(named.first);
    return other == b.end() || MayMeet(named.second, other->second);
  });
}

}  // namespace kedge::strategy
