#include "harness/suite/bfcl/import_suite.h"

#include <map>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/suite/bfcl/calls_text.h"
#include "harness/suite/bfcl/category.h"
#include "harness/suite/bfcl/json_lines.h"
#include "harness/suite/bfcl/reference_answer.h"

namespace kedge::suite::bfcl {
namespace {

constexpr char kHowToAnswer[] =
    "Answer with the calls alone, as [name(argument=value, ...), ...]. When none of the functions "
    "helps, say so without a call.";

Json TaskOf(const Question& question, const std::string& category) {
  Json scorer = {
      {"type", "bfcl"}, {"category", category}, {"functions", question.expected.functions}};
  if (!question.expected.answers.empty()) scorer["answers"] = question.expected.answers;
  const std::vector<Call> answer = ReferenceAnswer(question.expected);
  return {{"id", question.id},
          {"family", category},
          {"instruction", question.text + "\n\nFunctions:\n" +
                              DumpJson(question.expected.functions) + "\n\n" + kHowToAnswer},
          {"scorers", Json::array({std::move(scorer)})},
          {"answer", answer.empty() ? "None of the functions helps."
                                    : CallsAsText(question.expected.language, answer)}};
}

/// One line of outcomes.
class ResultJudge {
 public:
  ResultJudge(const std::vector<Question>& questions, const std::string& category)
      : category_(category) {
    for (const Question& question : questions) questions_.emplace(question.id, &question);
  }

  Json Judge(const Node& line) {
    const std::string id = line["id"].NonEmptyString();
    const auto found = questions_.find(id);
    if (found == questions_.end()) {
      throw line["id"].Fail("there is no question " + id + ", or it has a result already");
    }
    const Expected& expected = found->second->expected;
    questions_.erase(found);
    Json outcome = {{"task_id", id}, {"family", category_}, {"suite", "bfcl"}};
    AddMeters(line, outcome);
    const auto calls = CallsFromResult(expected.language, line["result"].json());
    // Where calls are the question, text is an answer and no failure to read one.
    const bool text_counts = expected.rule == Rule::kNoCall || expected.rule == Rule::kSomeCall;
    const bool decoded = calls.has_value() || text_counts;
    const Verdict verdict = MatchCalls(expected, calls.value_or(std::vector<Call>()));
    outcome["success"] = decoded && verdict.valid();
    if (!decoded) outcome["error"] = "decode";
    ++(decoded ? (verdict.valid() ? scores_.right : scores_.wrong) : scores_.not_decoded);
    return outcome;
  }

  const RunScores& scores() const { return scores_; }
  std::string FirstWithoutResult() const {
    return questions_.empty() ? std::string() : questions_.begin()->first;
  }

 private:
  static void AddMeters(const Node& line, Json& outcome) {
    const std::pair<const char*, const char*> meters[] = {{"input_token_count", "input_tokens"},
                                                          {"output_token_count", "output_tokens"},
                                                          {"latency", "latency"}};
    for (const auto& [source, name] : meters) {
      const auto value = line.Find(source);
      if (value && value->json().is_number()) outcome[name] = value->json();
    }
  }

  std::string category_;
  std::map<std::string, const Question*> questions_;  // without a result so far
  RunScores scores_;
};

}  // namespace

std::int64_t ImportCategory(const std::string& data_folder, const std::string& category,
                            const std::string& output_folder) {
  const std::vector<Question> questions = ReadCategory(data_folder, category);
  std::string tasks;
  for (const Question& question : questions) tasks += DumpJson(TaskOf(question, category)) + "\n";
  MakeFolders(output_folder);
  WriteFileAtomic(output_folder + "/tasks.jsonl", tasks);
  WriteFileAtomic(output_folder + "/suite.yaml",
                  "format: kedge-suite/1\nsuite: bfcl_" + category + "\ntasks: tasks.jsonl\n");
  return static_cast<std::int64_t>(questions.size());
}

RunScores ScoreRun(const std::string& data_folder, const std::string& category,
                   const std::string& result_file, const std::string& output_file) {
  const std::vector<Question> questions = ReadCategory(data_folder, category);
  ResultJudge judge(questions, category);
  std::string outcomes;
  ForEachJsonLine(result_file,
                  [&](const Node& line) { outcomes += DumpJson(judge.Judge(line)) + "\n"; });
  if (const std::string id = judge.FirstWithoutResult(); !id.empty()) {
    throw BadData("question " + id + " has no result").At(result_file);
  }
  WriteFileAtomic(output_file, outcomes);
  return judge.scores();
}

}  // namespace kedge::suite::bfcl
