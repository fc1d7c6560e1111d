#include "harness/suite/bfcl/category.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "harness/core/error.h"
#include "harness/suite/bfcl/json_lines.h"

namespace kedge::suite::bfcl {
namespace {

struct Category {
  std::string_view name;
  Rule rule;
  Language language;
};

constexpr std::array<Category, 14> kCategories = {{
    {"simple_python", Rule::kSimple, Language::kPython},
    {"simple_java", Rule::kSimple, Language::kJava},
    {"simple_javascript", Rule::kSimple, Language::kJavaScript},
    {"multiple", Rule::kMultiple, Language::kPython},
    {"parallel", Rule::kParallel, Language::kPython},
    {"parallel_multiple", Rule::kParallel, Language::kPython},
    {"irrelevance", Rule::kNoCall, Language::kPython},
    {"live_simple", Rule::kSimple, Language::kPython},
    {"live_multiple", Rule::kMultiple, Language::kPython},
    {"live_parallel", Rule::kParallel, Language::kPython},
    {"live_parallel_multiple", Rule::kParallel, Language::kPython},
    {"live_irrelevance", Rule::kNoCall, Language::kPython},
    {"live_relevance", Rule::kSomeCall, Language::kPython},
    {"simple", Rule::kSimple, Language::kPython},
}};

bool NeedsAnswers(Rule rule) { return rule != Rule::kNoCall && rule != Rule::kSomeCall; }

std::string PathOf(const std::string& folder, const std::string& category) {
  const std::string path = folder + "/BFCL_v4_" + category + ".json";
  return std::filesystem::exists(path) ? path : path + ".gz";
}

std::string QuestionText(const Node& turns) {
  const std::vector<Node> all = turns.Items();
  if (all.size() != 1) throw turns.Fail("expected one turn");
  std::string text;
  for (const Node& message : all[0].Items()) {
    text += (text.empty() ? "" : "\n\n") + message["content"].String();
  }
  return text;
}

void CheckFunction(const Node& function) {
  function["name"].NonEmptyString();
  const Node parameters = function["parameters"];
  for (const auto& [name, schema] : parameters["properties"].Members()) {
    if (!schema.is_object()) throw schema.Fail("expected the schema of an argument");
    if (schema.Has("type")) schema["type"].String();
    if (const auto items = schema.Find("items"); items && items->Has("type")) {
      (*items)["type"].String();
    }
  }
  parameters.StringsOr("required");
}

void CheckAnswer(const Node& answer, const Json& functions) {
  const auto members = answer.Members();
  if (members.size() != 1) throw answer.Fail("expected one function with its arguments");
  const bool known = std::any_of(functions.begin(), functions.end(), [&](const Json& function) {
    return function["name"] == members[0].first;
  });
  if (!known) throw answer.Fail("no function is named '" + members[0].first + "'");
  for (const auto& [name, accepted] : members[0].second.Members()) accepted.Items();
}

}  // namespace

Expected CategoryRules(const std::string& category) {
  std::string known;
  for (const Category& entry : kCategories) {
    if (entry.name == category) {
      Expected expected;
      expected.rule = entry.rule;
      expected.language = entry.language;
      return expected;
    }
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw UsageError("'" + category + "' is no category of single-turn calls (known: " + known + ")");
}

void ReadExpected(const Node& functions, const std::optional<Node>& answers, Expected& expected) {
  if (functions.Items().empty()) throw functions.Fail("list at least one function");
  for (const Node& function : functions.Items()) CheckFunction(function);
  expected.functions = functions.json();
  if (!NeedsAnswers(expected.rule)) {
    if (answers) throw answers->Fail("there are no answers where only a call is asked about");
    return;
  }
  if (!answers) throw functions.Fail("the answers are missing");
  const std::size_t count = answers->Items().size();
  const bool one = expected.rule != Rule::kParallel;
  if (count == 0 || (one && count != 1)) {
    throw answers->Fail(one ? "expected one answer" : "list at least one answer");
  }
  for (const Node& answer : answers->Items()) CheckAnswer(answer, expected.functions);
  expected.answers = answers->json();
}

std::vector<Question> ReadCategory(const std::string& folder, const std::string& category) {
  const Expected rules = CategoryRules(category);
  std::map<std::string, Node> answers;
  if (NeedsAnswers(rules.rule)) {
    ForEachJsonLine(PathOf(folder + "/possible_answer", category), [&](const Node& line) {
      const std::string id = line["id"].NonEmptyString();
      if (!answers.emplace(id, line["ground_truth"]).second) {
        throw line["id"].Fail("the id " + id + " was used before");
      }
    });
  }
  std::vector<Question> questions;
  ForEachJsonLine(PathOf(folder, category), [&](const Node& line) {
    Question question{line["id"].NonEmptyString(), QuestionText(line["question"]), rules};
    const auto answer = answers.find(question.id);
    ReadExpected(line["function"],
                 answer == answers.end() ? std::nullopt : std::optional(answer->second),
                 question.expected);
    questions.push_back(std::move(question));
  });
  return questions;
}

}  // namespace kedge::suite::bfcl
