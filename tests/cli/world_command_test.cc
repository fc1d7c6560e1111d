#include <gtest/gtest.h>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::RunKedge;
using testing::WriteFile;

TEST(WorldCommand, CallsToolsAndShowsWhatChanged) {
  testing::TempFolder folder;
  const std::string world = folder.path();
  WriteFile(
      folder.File("world.yaml"),
      "format: kedge-world/1\nworld: w\ndata: {rows: {about: a folder, files: {r: r.json}}}\n");
  WriteFile(folder.File("policy.md"), "-");
  WriteFile(folder.File("schema.sql"), "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);");
  WriteFile(folder.File("seed.sql"), "INSERT INTO t SELECT key, value FROM json_each(data('r'));");
  WriteFile(folder.File("r.json"), "[5]");
  WriteFile(folder.File("tools.yaml"),
            "tools:\n- name: set\n  description: Set.\n  effect: write\n"
            "  arguments: {type: object, properties: {n: {type: integer}}}\n"
            "  statements: ['UPDATE t SET n = :n']\n  result: {query: 'SELECT n FROM t'}\n");
  const std::vector<std::string> data = {"--data", "rows=" + world};
  const auto run = [&](std::vector<std::string> arguments, bool with_data = true) {
    if (with_data) arguments.insert(arguments.end(), data.begin(), data.end());
    return RunKedge(arguments);
  };
  const auto call =
      run({"world", "call", world, "--call", "set {\"n\": 6}", "--call", "set {\"n\": 7}"});
  EXPECT_EQ(call.code, 0) << call.err;
  EXPECT_EQ(call.out, "{\"n\":6}\n{\"n\":7}\n");
  const auto diff = run({"world", "diff", world, "--call", "set {\"n\": 6}"});
  EXPECT_NE(diff.out.find("\"before\""), std::string::npos) << diff.out;
  EXPECT_EQ(run({"world", "call", world, "--call", "sit"}).code, 1);
  EXPECT_EQ(run({"world", "call", world, "--call", "set {n"}).code, 65);
  EXPECT_EQ(run({"world", "call", world}).code, 64);
  const auto without = run({"world", "call", world, "--call", "set"}, false);
  EXPECT_EQ(without.code, 66);
  EXPECT_NE(without.err.find("--data rows=FOLDER"), std::string::npos) << without.err;
  for (const char* wrong : {"rows", "=x", "rows="}) {
    EXPECT_EQ(run({"world", "call", world, "--call", "set", "--data", wrong}, false).code, 64);
  }
}

// A result that nobody can read is missing, and a failure for who counts errors as recorded.
TEST(SuiteImportCommand, UnreadableResultsAreMissingUnlessCountedAsRecorded) {
  testing::TempFolder folder;
  std::string questions, answers, right, unreadable;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "{\"id\": \"q" + std::to_string(i) + "\", ";
    questions += id +
                 "\"question\": [[{\"role\": \"user\", \"content\": \"?\"}]], \"function\": "
                 "[{\"name\": \"f\", \"parameters\": {\"type\": \"dict\", \"properties\": {\"a\": "
                 "{\"type\": \"integer\"}}, \"required\": [\"a\"]}}]}\n";
    answers += id + "\"ground_truth\": [{\"f\": {\"a\": [1]}}]}\n";
    right += id + "\"result\": [{\"f\": \"{\\\"a\\\": 1}\"}]}\n";
    unreadable += id + (i == 0 ? "\"result\": \"I would rather not.\"}\n"
                               : "\"result\": [{\"f\": \"{\\\"a\\\": 1}\"}]}\n");
  }
  WriteFile(folder.File("data/BFCL_v4_simple_python.json"), questions);
  WriteFile(folder.File("data/possible_answer/BFCL_v4_simple_python.json"), answers);
  const std::vector<std::string> source = {"bfcl", "--from", folder.File("data"), "--category",
                                           "simple_python"};
  const auto run = [&](const std::string& verb, std::vector<std::string> more) {
    std::vector<std::string> arguments = {"suite", verb};
    arguments.insert(arguments.end(), source.begin(), source.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunKedge(arguments);
  };
  EXPECT_EQ(run("import", {"--out", folder.File("suite")}).code, 0);
  EXPECT_NE(RunKedge({"suite", "check", folder.File("suite")}).out.find("20 of 20"),
            std::string::npos);
  for (const auto& [name, results] : {std::pair{"right", right}, {"unreadable", unreadable}}) {
    WriteFile(folder.File(name), results);
    const auto score = run("score", {"--results", folder.File(name), "--out",
                                     folder.File(std::string(name) + ".jsonl")});
    EXPECT_EQ(score.code, 0) << score.err;
  }
  const std::vector<std::string> compare = {"compare", folder.File("right.jsonl"),
                                            folder.File("unreadable.jsonl")};
  EXPECT_NE(RunKedge(compare).out.find("missing: 1 pairs left out"), std::string::npos);
  std::vector<std::string> recorded = compare;
  recorded.push_back("--errors-as-recorded");
  const auto counted = RunKedge(recorded);
  EXPECT_EQ(counted.out.find("missing:"), std::string::npos) << counted.out;
  EXPECT_NE(counted.out.find("19 of 20"), std::string::npos) << counted.out;
}

}  // namespace
}  // namespace kedge
