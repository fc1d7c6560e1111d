#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/error.h"
#include "harness/suite/suite.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

/// A suite on the library world whose fixed tasks come from `query`.
class QueryTasks : public ::testing::Test {
 protected:
  std::shared_ptr<const Suite> Load(const std::string& query,
                                    const char* world = "world: {folder: world}\n") {
    testing::TempFolder folder;
    std::filesystem::copy(testing::SourcePath("tests/world/testdata/library"),
                          folder.File("world"));
    testing::WriteFile(folder.File("suite.yaml"),
                       std::string("format: kedge-suite/1\nsuite: rows\n") + world +
                           "tasks: {query: \"" + query + "\"}\n");
    return Suite::Load(folder.path(), {});
  }

  std::string Problem(const std::string& query, const char* world = "world: {folder: world}\n") {
    try {
      Load(query, world);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), 65) << error.what();
      return error.what();
    }
    return "";
  }
};

TEST_F(QueryTasks, EachRowIsATask) {
  const auto suite = Load(
      "SELECT json_object('id', 't-' || value, 'instruction', 'Say ' || value, 'tell', "
      "json_array(value)) FROM json_each('[7, 3]') ORDER BY value");
  ASSERT_EQ(suite->tasks().size(), 2u);
  EXPECT_EQ(suite->tasks()[0].id, "t-3");
  EXPECT_EQ(suite->tasks()[1].tell, std::vector<std::string>{"7"});
}

TEST_F(QueryTasks, WrongRowsAreErrors) {
  EXPECT_NE(Problem("SELECT 1").find("one column"), std::string::npos);
  EXPECT_NE(Problem("SELECT '{}', 2").find("one column"), std::string::npos);
  EXPECT_NE(Problem("SELECT '{}'").find("row 1"), std::string::npos);
  EXPECT_NE(Problem("SELECT 'text'").find("row 1"), std::string::npos);
  EXPECT_NE(Problem("SELECT '{}' WHERE 0").find("no task"), std::string::npos);
  EXPECT_NE(Problem("SELECT x FROM nowhere").find("nowhere"), std::string::npos);
  EXPECT_NE(Problem("DELETE FROM book").find("tasks.query"), std::string::npos);
  const std::string task =
      R"(SELECT json_object('id', 'same', 'instruction', 'x', 'tell', json_array('y')))";
  EXPECT_NE(Problem(task + " UNION ALL " + task).find("used in row 1"), std::string::npos);
  EXPECT_NE(Problem(task, "").find("needs a `world`"), std::string::npos);
}

}  // namespace
}  // namespace kedge::suite
