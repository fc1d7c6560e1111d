#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/suite/bfcl/calls_text.h"
#include "harness/suite/bfcl/category.h"
#include "harness/suite/bfcl/import_suite.h"
#include "harness/suite/bfcl/json_lines.h"
#include "harness/suite/bfcl/reference_answer.h"
#include "harness/suite/oracle.h"
#include "harness/suite/suite.h"
#include "tests/testing/needs.h"

namespace kedge::suite::bfcl {
namespace {

using kedge::testing::SharedPath;

const std::vector<std::string> kAnswered = {
    "simple_python",     "multiple",    "parallel",      "parallel_multiple",     "simple_java",
    "simple_javascript", "live_simple", "live_parallel", "live_parallel_multiple"};

std::string DataFolder() { return SharedPath("data/bfcl/data"); }

std::map<std::string, std::string> OfficialFailures(const std::string& path) {
  std::map<std::string, std::string> failures;
  ForEachJsonLine(path, [&](const Node& line) {
    if (line.Has("id")) failures[line["id"].String()] = line["error_type"].String();
  });
  return failures;
}

class OfficialRun : public ::testing::TestWithParam<const char*> {};

TEST_P(OfficialRun, EveryFailureIsReproducedAndNoOther) {
  KEDGE_NEED_DATA();
  const std::string run = SharedPath(std::string("data/bfcl/runs/") + GetParam());
  const auto official = OfficialFailures(run + "/score/BFCL_v4_simple_python_score.json.gz");
  std::map<std::string, Question> questions;
  for (Question& question : ReadCategory(DataFolder(), "simple_python")) {
    questions.emplace(question.id, std::move(question));
  }
  std::map<std::string, std::string> ours;
  ForEachJsonLine(run + "/result/BFCL_v4_simple_python_result.json.gz", [&](const Node& line) {
    const std::string id = line["id"].String();
    const auto calls = CallsFromResult(Language::kPython, line["result"].json());
    const std::string error = calls ? MatchCalls(questions.at(id).expected, *calls).error_type
                                    : "ast_decoder:decoder_failed";
    if (!error.empty()) ours[id] = error;
  });
  EXPECT_EQ(ours, official);
  EXPECT_GE(official.size(), 8u);
}

INSTANTIATE_TEST_SUITE_P(Runs, OfficialRun,
                         ::testing::Values("claude-sonnet-4-5-20250929-FC",
                                           "DeepSeek-V3.1-Terminus-FC"));

/// What the rules give for an error in the one call, or in one of several calls.
std::string Wanted(const Expected& expected, const std::string& simple) {
  return expected.rule == Rule::kParallel ? "parallel_function_checker_no_order:cannot_find_match"
                                          : simple;
}

std::string WantedCount(const Expected& expected) {
  if (expected.rule == Rule::kParallel) return "parallel_function_checker_no_order:wrong_count";
  return expected.rule == Rule::kMultiple ? "multiple_function_checker:wrong_count"
                                          : "simple_function_checker:wrong_count";
}

const Json& ParametersOf(const Expected& expected, const std::string& function) {
  for (const Json& entry : expected.functions) {
    if (entry["name"] == function) return entry["parameters"];
  }
  throw InternalError(function);
}

class Category : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    KEDGE_NEED_DATA();
    questions_ = ReadCategory(DataFolder(), GetParam());
    ASSERT_FALSE(questions_.empty());
  }

  // Calls `change` with the reference answer of every question and expects the verdict that it
  // gives back; a question to which the change does not apply gives "skip".
  template <typename Change>
  std::size_t Mutate(Change change) {
    std::size_t mutated = 0;
    for (const Question& question : questions_) {
      std::vector<Call> calls = ReferenceAnswer(question.expected);
      const std::string wanted = change(question.expected, calls);
      if (wanted == "skip") continue;
      ++mutated;
      const Verdict verdict = MatchCalls(question.expected, calls);
      EXPECT_EQ(verdict.error_type, wanted) << question.id << ": " << verdict.why << "\n"
                                            << CallsAsText(question.expected.language, calls);
    }
    return mutated;
  }

  std::vector<Question> questions_;
};

TEST_P(Category, TheReferenceAnswerPasses) {
  EXPECT_EQ(Mutate([](const Expected&, std::vector<Call>&) { return ""; }), questions_.size());
}

TEST_P(Category, TheReferenceAnswerPassesAsText) {
  for (const Question& question : questions_) {
    const std::string text =
        CallsAsText(question.expected.language, ReferenceAnswer(question.expected));
    const auto calls = CallsFromText(question.expected.language, text);
    ASSERT_TRUE(calls.has_value()) << text;
    const Verdict verdict = MatchCalls(question.expected, *calls);
    EXPECT_TRUE(verdict.valid()) << question.id << " " << verdict.why << "\n" << text;
  }
}

TEST_P(Category, AMissingRequiredArgumentFails) {
  const std::size_t mutated = Mutate([](const Expected& expected, std::vector<Call>& calls) {
    const Json& parameters = ParametersOf(expected, calls[0].name);
    if (!parameters.contains("required") || parameters["required"].empty())
      return std::string("skip");
    for (Call& call : calls) {
      const Json& own = ParametersOf(expected, call.name);
      if (own.contains("required") && !own["required"].empty()) {
        call.arguments.erase(own["required"][0].get<std::string>());
      }
    }
    return Wanted(expected, "simple_function_checker:missing_required");
  });
  EXPECT_GT(mutated, 9 * questions_.size() / 10);
}

TEST_P(Category, AnUnknownArgumentFails) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    calls[0].arguments["nobody_declared_this"] = "x";
    return Wanted(expected, "simple_function_checker:unexpected_param");
  });
}

TEST_P(Category, AWrongFunctionFails) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    calls[0].name += "_of_another_library";
    return Wanted(expected, "simple_function_checker:wrong_func_name");
  });
}

TEST_P(Category, AnotherTextFails) {
  const std::size_t mutated = Mutate([](const Expected& expected, std::vector<Call>& calls) {
    const Json& properties = ParametersOf(expected, calls[0].name)["properties"];
    for (auto& [name, value] : calls[0].arguments.items()) {
      const std::string type = properties[name].value("type", "");
      if (type != "string" && type != "String") continue;
      const Json& accepted = (*expected.answers[0].begin())[name];
      const bool texts = std::all_of(accepted.begin(), accepted.end(),
                                     [](const Json& item) { return item.is_string(); });
      if (!value.is_string() || !texts) continue;
      value = "nobody would accept this";
      return Wanted(expected, "value_error:string");
    }
    return std::string("skip");
  });
  EXPECT_GT(mutated, questions_.size() / 5);
}

TEST_P(Category, AnotherNumberFails) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    const Json& properties = ParametersOf(expected, calls[0].name)["properties"];
    for (auto& [name, value] : calls[0].arguments.items()) {
      const std::string type = properties[name].value("type", "");
      const bool python = expected.language == Language::kPython;
      if (type != "integer" || (python && !value.is_number())) continue;
      if (!python && PythonLiteral(value.get<std::string>()).value_or("").is_string()) continue;
      value = python ? Json(987654321) : Json("987654321");
      return Wanted(expected, "value_error:others");
    }
    return std::string("skip");
  });
}

TEST_P(Category, AWrongTypeFails) {
  const std::size_t mutated = Mutate([](const Expected& expected, std::vector<Call>& calls) {
    const Json& properties = ParametersOf(expected, calls[0].name)["properties"];
    for (auto& [name, value] : calls[0].arguments.items()) {
      // Nothing is declared or accepted as a number inside of a text's place, nor a dict elsewhere.
      if (expected.language == Language::kPython) {
        if (properties[name].value("type", "") == "dict") continue;
        value = Json{{"a", 1}};
        return Wanted(expected, "type_error:simple");
      }
      value = 5;
      return Wanted(expected,
                    expected.language == Language::kJava ? "type_error:java" : "type_error:js");
    }
    return std::string("skip");
  });
  EXPECT_GT(mutated, 9 * questions_.size() / 10);
}

TEST_P(Category, AnExtraCallFails) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    const Call again = calls[0];
    calls.push_back(again);
    return WantedCount(expected);
  });
}

TEST_P(Category, AMissingCallFails) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    calls.pop_back();
    return WantedCount(expected);
  });
}

TEST_P(Category, TheOrderOfCallsDoesNotMatter) {
  Mutate([](const Expected& expected, std::vector<Call>& calls) {
    if (expected.rule != Rule::kParallel) return "skip";
    std::reverse(calls.begin(), calls.end());
    return "";
  });
}

TEST_P(Category, UnderscoresDoForDots) {
  Mutate([](const Expected&, std::vector<Call>& calls) {
    for (Call& call : calls) std::replace(call.name.begin(), call.name.end(), '.', '_');
    return "";
  });
}

INSTANTIATE_TEST_SUITE_P(Answered, Category, ::testing::ValuesIn(kAnswered));

TEST(BfclSuites, EveryCategoryImportsAndItsOracleSolvesEveryTask) {
  KEDGE_NEED_DATA();
  std::vector<std::string> categories = kAnswered;
  categories.insert(categories.end(), {"irrelevance", "live_relevance"});
  for (const std::string& category : categories) {
    kedge::testing::TempFolder folder;
    const std::int64_t tasks = ImportCategory(DataFolder(), category, folder.path());
    const auto suite = Suite::Load(folder.path(), {});
    ASSERT_EQ(static_cast<std::int64_t>(suite->tasks().size()), tasks) << category;
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      const OracleRun run = RunOracle(*suite, i, nullptr, 1);
      EXPECT_TRUE(run.judgement.success) << suite->tasks()[i].id;
    }
  }
}

TEST(BfclRuns, ResultsThatCannotBeReadAreMissing) {
  KEDGE_NEED_DATA();
  kedge::testing::TempFolder folder;
  const std::string run = SharedPath("data/bfcl/runs/DeepSeek-V3.1-Terminus-FC/result/");
  const RunScores scores =
      ScoreRun(DataFolder(), "simple_python", run + "BFCL_v4_simple_python_result.json.gz",
               folder.File("outcomes.jsonl"));
  EXPECT_EQ(scores.right, 241);
  EXPECT_EQ(scores.wrong, 8);
  EXPECT_EQ(scores.not_decoded, 151);
  std::int64_t missing = 0;
  ForEachJsonLine(folder.File("outcomes.jsonl"), [&](const Node& line) {
    if (!line.Has("error")) return;
    ++missing;
    EXPECT_EQ(line["error"].String(), "decode");
    EXPECT_FALSE(line["success"].Bool());
  });
  EXPECT_EQ(missing, 151);
}

TEST(BfclRuns, IncompleteRunsAreErrors) {
  KEDGE_NEED_DATA();
  kedge::testing::TempFolder folder;
  const std::string out = folder.File("outcomes.jsonl");
  for (const char* lines : {"{\"id\": \"simple_python_0\", \"result\": []}\n",
                            "{\"id\": \"nobody\", \"result\": []}\n", "{\"id\": 3}\n", "{"}) {
    kedge::testing::WriteFile(folder.File("results.json"), lines);
    EXPECT_THROW(ScoreRun(DataFolder(), "simple_python", folder.File("results.json"), out), Error);
    EXPECT_THROW(ReadFile(out), Error) << "an incomplete run left a file";
  }
}

}  // namespace
}  // namespace kedge::suite::bfcl
