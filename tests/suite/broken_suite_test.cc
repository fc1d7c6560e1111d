#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "harness/core/error.h"
#include "harness/suite/suite.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

/// One change to a good suite folder, and what the one message must say.
struct Broken {
  const char* name;
  const char* file;
  const char* from;  ///< text in the file to replace; empty: remove the file
  const char* to;
  std::vector<const char*> says;
  ErrorKind kind = ErrorKind::kBadData;
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "the good file has no '" << from << "'";
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

void Check(const Broken& broken, const std::map<std::string, std::string>& good) {
  SCOPED_TRACE(broken.name);
  testing::TempFolder folder;
  for (const auto& [name, text] : good) {
    if (name != broken.file) {
      testing::WriteFile(folder.File(name), text);
    } else if (*broken.from != '\0') {
      testing::WriteFile(folder.File(name), Replaced(text, broken.from, broken.to));
    }
  }
  try {
    Suite::Load(folder.path(), {.split = "all"});
    ADD_FAILURE() << "loaded without complaint";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_EQ(error.kind(), broken.kind) << text;
    for (const char* part : broken.says) {
      EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }
  }
}

std::map<std::string, std::string> GoodFamilies() {
  const auto read = [](const char* name) {
    return testing::ReadWholeFile(
        testing::SourcePath("tests/suite/testdata/library/" + std::string(name)));
  };
  // The world stays where it is.
  std::map<std::string, std::string> files = {{"families.yaml", read("families.yaml")}};
  files["suite.yaml"] = Replaced(read("suite.yaml"), "../../../world/testdata/library", "world");
  const std::string world = testing::SourcePath("tests/world/testdata/library");
  for (const auto& entry : std::filesystem::directory_iterator(world)) {
    files["world/" + entry.path().filename().string()] =
        testing::ReadWholeFile(entry.path().string());
  }
  return files;
}

TEST(BrokenSuite, SuiteYaml) {
  const auto good = GoodFamilies();
  const char* const file = "suite.yaml";
  const Broken cases[] = {
      {"no file", file, "", "", {"suite.yaml"}, ErrorKind::kMissingInput},
      {"misspelt key", file, "user_noise:", "user_nois:", {"suite.yaml:14:", "user_noise"}},
      {"other format", file, "kedge-suite/1", "kedge-suite/2", {"suite.yaml:1:", "format"}},
      {"no name", file, "suite: library\n", "", {"suite"}},
      {"odd name", file, "suite: library", "suite: a/b", {"suite.yaml:2:", "suite"}},
      {"no such world",
       file,
       "folder: world",
       "folder: wrld",
       {"wrld/world.yaml"},
       ErrorKind::kMissingInput},
      {"unknown quirk", file, "quirks: [all]", "quirks: [stale_shelve]", {"stale_shelves"}},
      {"misspelt world key", file, "quirks: [all]", "quirk: [all]", {"world.quirk", "quirks"}},
      {"no world", file, "world: {folder: world, quirks: [all]}\n", "", {"world"}},
      {"seed zero", file, "seed: 1", "seed: 0", {"suite.yaml:4:", "seed"}},
      {"no tasks", file, "tasks_per_family: 12", "tasks_per_family: 0", {"suite.yaml:5:"}},
      {"number of tasks missing", file, "tasks_per_family: 12\n", "", {"tasks_per_family"}},
      {"both kinds of tasks",
       file,
       "families: families.yaml\n",
       "families: families.yaml\ntasks: tasks.jsonl\n",
       {"`families` or `tasks`"}},
      {"neither kind", file, "families: families.yaml\n", "", {"`families` or `tasks`"}},
      {"families file missing",
       file,
       "families.yaml",
       "famlies.yaml",
       {"famlies.yaml"},
       ErrorKind::kMissingInput},
      {"unknown split", file, "  vault: [move_email]", "  valut: [move_email]", {"splits.valut"}},
      {"unknown family", file, "dev: [lend]", "dev: [lned]", {"splits.dev[0]", "lned", "lend"}},
      {"family twice",
       file,
       "vault: [move_email]",
       "vault: [move_email, lend]",
       {"splits", "lend"}},
      {"family twice in a split", file, "dev: [lend]", "dev: [lend, lend]", {"splits.dev[1]"}},
      {"family in no split", file, "[return, question", "[return", {"splits", "question"}},
      {"empty split", file, "dev: [lend]", "dev: []", {"splits.dev", "at least one"}},
      {"weights", file, "answers, weight: 0.5", "answers, weight: 0.4", {"strata", "0.9"}},
      {"negative weight",
       file,
       "answers, weight: 0.5",
       "answers, weight: -0.5",
       {"strata[1].weight"}},
      {"weight of nothing",
       file,
       "weight: 0.5, families: [question",
       "families: [question",
       {"strata[1]", "weight"}},
      {"stratum name twice", file, "name: answers", "name: changes", {"strata[1].name", "changes"}},
      {"family in two strata",
       file,
       "[question, refused",
       "[question, return, refused",
       {"strata[1].families", "return"}},
      {"family in no stratum", file, "[question, refused", "[question", {"strata", "refused"}},
      {"unknown family in a stratum",
       file,
       "[question, refused",
       "[questions, refused",
       {"strata[1].families[0]", "questions", "question"}},
      {"stratum without gate family",
       file,
       "strata:\n",
       "strata:\n- {name: d, weight: 0.1, families: [lend]}\n",
       {"strata", " d "}},
      {"misspelt stratum key", file, "critical: true", "criticl: true", {"strata[0].criticl"}},
      {"noise beyond one", file, "unclear: 0.1", "unclear: 0.95", {"user_noise"}},
      {"noise not a probability", file, "unclear: 0.1", "unclear: 1.5", {"user_noise.unclear"}},
      {"misspelt noise", file, "unclear: 0.1", "unclaer: 0.1", {"user_noise.unclaer"}},
  };
  for (const Broken& broken : cases) Check(broken, good);
}

TEST(BrokenSuite, TooManyStrata) {
  auto good = GoodFamilies();
  std::string strata = "strata:\n";
  const char* const families[] = {"return",    "question",           "waive_and_lend",
                                  "refused",   "impossible_request", "lend",
                                  "move_email"};
  std::string& text = good["suite.yaml"];
  text = text.substr(0, text.find("splits:"));
  for (int i = 0; i < 7; ++i) {
    strata += "- {name: s" + std::to_string(i) + ", weight: " + (i == 6 ? "0.4" : "0.1") +
              ", families: [" + families[i] + "]}\n";
  }
  Check({"seven strata",
         "suite.yaml",
         "tasks_per_family: 12\n",
         ("tasks_per_family: 12\n" + strata).c_str(),
         {"strata", "1 to 6", "7"}},
        good);
}

TEST(BrokenSuite, FamiliesYaml) {
  const auto good = GoodFamilies();
  const char* const file = "families.yaml";
  const Broken cases[] = {
      {"misspelt top", file, "families:", "familys:", {"families.yaml:1:", "familys"}},
      {"misspelt key",
       file,
       "confirms: false",
       "confirm: false",
       {"families.yaml:63:", "families[4].confirm", "confirms"}},
      {"name twice", file, "family: return", "family: lend", {"families[1].family", "lend"}},
      {"slots wrong",
       file,
       "FROM members m JOIN loans",
       "FROM member m JOIN loans",
       {"families[1].slots", "member"}},
      {"slots that write",
       file,
       "\"SELECT book_id FROM books WHERE copies = 0 ORDER BY book_id\"",
       "\"DELETE FROM books RETURNING book_id\"",
       {"families[4].slots", "only reads"}},
      {"too few rows",
       file,
       "WHERE copies = 0 ORDER",
       "WHERE copies = 0 AND book_id < 'B0009' ORDER",
       {"families[4].slots", "12 tasks"}},
      {"no slots",
       file,
       "  slots: \"SELECT title FROM books ORDER BY book_id\"\n",
       "",
       {"families[5]", "slots"}},
      {"two phrasings",
       file,
       "[\"Lend me {book_id}.\", \"I want {book_id}.\", \"{book_id}, please.\"]",
       "[\"Lend me {book_id}.\", \"I want {book_id}.\"]",
       {"families[4].say", "3"}},
      {"placeholder in say",
       file,
       "bring back all my books",
       "bring back all my {boks}",
       {"families[1].say", "{boks}"}},
      {"placeholder in a fact",
       file,
       "value: \"{email}\", keywords: [e-mail, email, address]",
       "value: \"{mail}\", keywords: [e-mail, email, address]",
       {"families[0].facts", "{mail}", "{email}"}},
      {"placeholder in a call",
       file,
       "loan_ids: \"{loans}\"",
       "loan_ids: \"{loan}\"",
       {"families[1].calls", "{loan}"}},
      {"placeholder in tell",
       file,
       "tell: [\"{fee}\"]",
       "tell: [\"{fees}\"]",
       {"families[3].tell", "{fees}"}},
      {"placeholder in a scorer",
       file,
       "numeric, value: \"{copies}\"",
       "numeric, value: \"{copy}\"",
       {"families[2].scorers", "{copy}"}},
      {"unknown tool",
       file,
       "tool: return_books",
       "tool: return_book",
       {"families[1].calls", "return_book", "return_books"}},
      {"unknown tool in a solution",
       file,
       "- {tool: refresh_shelves}",
       "- {tool: refresh}",
       {"families[2].solution", "refresh"}},
      {"expected call that only reads",
       file,
       "calls: [{tool: change_email",
       "calls: [{tool: list_loans, arguments: {member_id: \"{member_id}\"}}, {tool: change_email",
       {"families[6].calls", "list_loans", "solution"}},
      {"expected call that fails",
       file,
       "cents: \"{fee_cents}\"",
       "cents: 100000",
       {"families[3].calls", "waive_and_lend", "\"member_id\"", "constraint"}},
      {"expected call with wrong arguments",
       file,
       "cents: \"{fee_cents}\"",
       "cent: \"{fee_cents}\"",
       {"families[3].calls", "invalid_arguments", "cents"}},
      {"expected calls that change nothing",
       file,
       "email: \"new.{email}\"",
       "email: \"{email}\"",
       {"families[6].calls", "change nothing", "move_email"}},
      {"calls and no_change",
       file,
       "  confirms: false\n",
       "  calls: [{tool: sync_profile}]\n",
       {"families[4].no_change"}},
      {"nothing to check",
       file,
       "  confirms: false\n  no_change: true\n",
       "",
       {"families[4]", "nothing to check"}},
      {"empty calls",
       file,
       "calls: [{tool: change_email, arguments: {member_id: \"{member_id}\", email: "
       "\"new.{email}\"}}]",
       "calls: []",
       {"families[6].calls"}},
      {"misspelt in a call",
       file,
       "{loan_ids: \"{loans}\"}}",
       "{loan_ids: \"{loans}\"}, count: 1}",
       {"families[1].calls[0].count"}},
      {"empty tell", file, "tell: [\"{fee}\"]", "tell: [\"\"]", {"families[3].tell[0]"}},
      {"unknown scorer",
       file,
       "type: numeric",
       "type: numerical",
       {"families[2].scorers[0].type", "numerical", "numeric"}},
      {"end state as a scorer",
       file,
       "type: numeric",
       "type: no_change",
       {"families[2].scorers[0].type", "no_change"}},
      {"scorer without type", file, "type: numeric, ", "", {"families[2].scorers[0]", "type"}},
      {"scorer parameter",
       file,
       "value: \"{copies}\"}",
       "value: \"{copies}\", tolerance: x}",
       {"families[2].scorers[0]", "tolerance", "question"}},
      {"misspelt scorer parameter",
       file,
       "value: \"{copies}\"}",
       "value: \"{copies}\", tolerence: 1}",
       {"families[2].scorers[0]", "tolerance"}},
      {"column that is no JSON",
       file,
       "json: [loans]",
       "json: [email]",
       {"families[1].json", "email"}},
      {"JSON column unknown", file, "json: [loans]", "json: [loan]", {"families[1].json", "loan"}},
      {"fact misspelt",
       file,
       "keywords: [e-mail, email]}",
       "keyword: [e-mail, email]}",
       {"families[1].facts.email.keyword"}},
      {"empty fact", file, "book: \"{title}\"", "book: \"\"", {"families[0].facts.book"}},
      {"null slot",
       file,
       "SELECT title FROM books ORDER BY book_id",
       "SELECT nullif(title, 'Volume 7') AS title FROM books ORDER BY book_id LIMIT 12",
       {"families[5].slots", "title", "NULL"}},
      {"program that is not there",
       file,
       "{type: numeric, value: \"{copies}\"}",
       "{type: program, command: [./no-such-judge]}",
       {"families[2].scorers[0].command", "no-such-judge"},
       ErrorKind::kUnavailable},
  };
  for (const Broken& broken : cases) Check(broken, good);
}

std::map<std::string, std::string> GoodTasks() {
  return {
      {"suite.yaml", "format: kedge-suite/1\nsuite: plain\ntasks: tasks.jsonl\n"},
      {"tasks.jsonl",
       R"({"id": "t1", "instruction": "Say 4.", "tell": ["4"]})"
       "\n\n"
       R"({"id": "t2", "family": "f", "instruction": "JSON!", "scorers": [{"type": "json_equal", "value": {"a": 1}}]})"
       "\n"}};
}

TEST(BrokenSuite, TasksJsonl) {
  const auto good = GoodTasks();
  const char* const file = "tasks.jsonl";
  const Broken cases[] = {
      {"no file", file, "", "", {"tasks.jsonl"}, ErrorKind::kMissingInput},
      {"not JSON", file, "\"Say 4.\"", "Say 4.", {"tasks.jsonl:1:"}},
      {"not an object",
       file,
       R"({"id": "t1", "instruction": "Say 4.", "tell": ["4"]})",
       "[]",
       {"tasks.jsonl:1:"}},
      {"misspelt key", file, "\"tell\"", "\"tells\"", {"tasks.jsonl:1:", "tells", "tell"}},
      {"id twice", file, "\"t2\"", "\"t1\"", {"tasks.jsonl:3:", "id", "t1", "line 1"}},
      {"no id", file, "\"id\": \"t2\", ", "", {"tasks.jsonl:3:", "id"}},
      {"odd id", file, "\"t2\"", "\"t/2\"", {"tasks.jsonl:3:", "id"}},
      {"no instruction",
       file,
       "\"instruction\": \"Say 4.\", ",
       "",
       {"tasks.jsonl:1:", "instruction"}},
      {"nothing to check", file, ", \"tell\": [\"4\"]", "", {"tasks.jsonl:1:", "nothing to check"}},
      {"empty list of scorers",
       file,
       R"([{"type": "json_equal", "value": {"a": 1}}])",
       "[]",
       {"tasks.jsonl:3:", "nothing to check"}},
      {"unknown scorer",
       file,
       "json_equal",
       "jsn_equal",
       {"tasks.jsonl:3:", "scorers[0].type", "json_equal"}},
      {"scorer parameter",
       file,
       R"("value": {"a": 1})",
       R"("val": {"a": 1})",
       {"tasks.jsonl:3:", "scorers[0]", "val", "t2"}},
      {"needs a world",
       file,
       "\"tell\": [\"4\"]",
       "\"no_change\": true",
       {"tasks.jsonl:1:", "world"}},
      {"solution needs a world",
       file,
       "\"tell\": [\"4\"]",
       R"("tell": ["4"], "solution": [{"tool": "x"}])",
       {"tasks.jsonl:1:", "world"}},
      {"weight",
       file,
       "\"id\": \"t2\",",
       "\"id\": \"t2\", \"weight\": 0,",
       {"tasks.jsonl:3:", "weight"}},
      {"split of its own",
       file,
       "\"id\": \"t2\",",
       "\"id\": \"t2\", \"split\": \"dev\",",
       {"tasks.jsonl:3:", "split"}},
      {"number in tasks_per_family",
       "suite.yaml",
       "tasks: tasks.jsonl\n",
       "tasks: tasks.jsonl\ntasks_per_family: 3\n",
       {"suite.yaml:4:", "tasks_per_family"}},
  };
  for (const Broken& broken : cases) Check(broken, good);
  testing::TempFolder folder;
  testing::WriteFile(folder.File("suite.yaml"), good.at("suite.yaml"));
  testing::WriteFile(folder.File("tasks.jsonl"), "\n  \n");
  EXPECT_THROW(Suite::Load(folder.path(), {}), Error);  // an empty suite does not pass
}

TEST(BrokenSuite, OptionsThatMakeNoSense) {
  testing::TempFolder folder;
  for (const auto& [name, text] : GoodTasks()) testing::WriteFile(folder.File(name), text);
  const auto kind_of = [&](const SuiteOptions& options) {
    try {
      Suite::Load(folder.path(), options);
    } catch (const Error& error) {
      return error.exit_code();
    }
    return 0;
  };
  EXPECT_EQ(kind_of({}), 0);
  EXPECT_EQ(kind_of({.split = "dev"}), 65);  // no family there
  EXPECT_EQ(kind_of({.split = "devel"}), 64);
  EXPECT_EQ(kind_of({.tasks_per_family = 3}), 64);
  EXPECT_EQ(kind_of({.tasks_per_family = -3}), 64);
}

}  // namespace
}  // namespace kedge::suite
