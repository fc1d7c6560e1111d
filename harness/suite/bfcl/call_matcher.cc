#include "harness/suite/bfcl/call_matcher.h"

#include <algorithm>

#include "harness/suite/bfcl/value_match.h"
#include "harness/suite/matching.h"

namespace kedge::suite::bfcl {
namespace {

// {"function": {"argument": [...]}}, one member.
const std::string& NameOf(const Json& answer) { return answer.begin().key(); }
const Json& ArgumentsOf(const Json& answer) { return *answer.begin(); }

const Json* FindFunction(const Json& functions, const std::string& name) {
  for (const Json& function : functions) {
    if (function.value("name", "") == name) return &function;
  }
  return nullptr;
}

Json Member(const Json& object, const char* name, Json otherwise) {
  const auto found = object.find(name);
  return found == object.end() ? otherwise : *found;
}

Verdict MatchArguments(Language language, const Json& properties, const Json& answer,
                       const Json& arguments) {
  for (const auto& [name, value] : arguments.items()) {
    const auto schema = properties.find(name);
    const auto accepted = answer.find(name);
    if (schema == properties.end() || accepted == answer.end()) {
      return {"simple_function_checker:unexpected_param", "unexpected argument " + name};
    }
    Verdict verdict = MatchValue(language, name, *schema, *accepted, value);
    if (!verdict.valid()) return verdict;
  }
  for (const auto& [name, accepted] : answer.items()) {
    if (!arguments.contains(name) && !MayBeLeftOut(accepted)) {
      return {"simple_function_checker:missing_optional", "argument " + name + " must be given"};
    }
  }
  return {};
}

Verdict MatchOne(const Expected& expected, const Json& function, const Json& answer,
                 const Call& call) {
  const std::string name = function.value("name", "");
  if (!SameFunction(name, call.name)) {
    return {"simple_function_checker:wrong_func_name", "called " + call.name + ", not " + name};
  }
  const Json parameters = Member(function, "parameters", Json::object());
  for (const Json& required : Member(parameters, "required", Json::array())) {
    if (call.arguments.contains(required.get<std::string>())) continue;
    return {"simple_function_checker:missing_required",
            "argument " + required.get<std::string>() + " is missing"};
  }
  return MatchArguments(expected.language, Member(parameters, "properties", Json::object()),
                        ArgumentsOf(answer), call.arguments);
}

Verdict MatchAnswer(const Expected& expected, const Json& answer, const Call& call) {
  const Json* function = FindFunction(expected.functions, NameOf(answer));
  if (function == nullptr) {
    return {"simple_function_checker:wrong_func_name", "no function is " + NameOf(answer)};
  }
  return MatchOne(expected, *function, answer, call);
}

Verdict MatchAnyOrder(const Expected& expected, const std::vector<Call>& calls) {
  const Matching matching(calls.size(), calls.size(), [&](std::size_t answer, std::size_t call) {
    return MatchAnswer(expected, expected.answers[answer], calls[call]).valid();
  });
  if (matching.unmatched_rows().empty()) return {};
  const Json& answer = expected.answers[matching.unmatched_rows()[0]];
  const Verdict last = MatchAnswer(expected, answer, calls[*matching.FirstUnmatchedColumn()]);
  return {"parallel_function_checker_no_order:cannot_find_match",
          "no call is left that fits " + NameOf(answer) + "; " + last.why};
}

Verdict WrongCount(const char* checker, std::size_t wanted, std::size_t made) {
  return {std::string(checker) + ":wrong_count",
          std::to_string(made) + " calls, expected " + std::to_string(wanted)};
}

}  // namespace

bool SameFunction(const std::string& name, const std::string& called) {
  if (name == called) return true;
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '.', '_');
  return plain == called;
}

Verdict MatchCalls(const Expected& expected, const std::vector<Call>& calls) {
  const std::size_t wanted = expected.answers.size();
  switch (expected.rule) {
    case Rule::kNoCall:
      return calls.empty() ? Verdict{} : Verdict{"irrelevance_error:decoder_success", "a call"};
    case Rule::kSomeCall:
      return calls.empty() ? Verdict{"relevance_error:decoder_failed", "no call"} : Verdict{};
    case Rule::kParallel:
      if (calls.size() != wanted) {
        return WrongCount("parallel_function_checker_no_order", wanted, calls.size());
      }
      return MatchAnyOrder(expected, calls);
    case Rule::kMultiple:
      if (calls.size() != wanted) {
        return WrongCount("multiple_function_checker", wanted, calls.size());
      }
      return MatchAnswer(expected, expected.answers[0], calls[0]);
    case Rule::kSimple:
      if (calls.size() != 1) return WrongCount("simple_function_checker", 1, calls.size());
      return MatchOne(expected, expected.functions[0], expected.answers[0], calls[0]);
  }
  return {};
}

}  // namespace kedge::suite::bfcl
