#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/strategy/strategy.h"
#include "tests/core/expect_error.h"
#include "tests/strategy/samples.h"
#include "tests/testing/needs.h"

namespace kedge::strategy {
namespace {

using kedge::testing::ErrorOf;
using kedge::testing::TempFolder;
using kedge::testing::WriteFile;

std::vector<Operation> Read(const std::string& text) {
  TempFolder folder;
  WriteFile(folder.File("operations.yaml"), text);
  return LoadOperations(folder.File("operations.yaml"));
}

TEST(OperationsFile, ReadsWhatApplyTakes) {
  const std::vector<Operation> operations = Read(
      "format: kedge-operations/1\n"
      "operations:\n"
      "- {op: set_param, target: retrieval/k, value: 9}\n"
      "- {op: retire, target: knock, value: of no use}\n");
  const Strategy parent = SampleStrategy();
  EXPECT_EQ(operations, (std::vector<Operation>{{"set_param", "retrieval/k", 9},
                                                {"retire", "knock", "of no use"}}));
  const Strategy child = Apply(parent, parent.hash(), operations, "child", {});
  EXPECT_EQ(child.layer("retrieval")["k"], 9);
}

TEST(OperationsFile, BrokenFilesAreNamedByLineAndField) {
  const struct {
    const char* text;
    const char* field;
    std::int64_t line;
  } cases[] = {
      {"format: kedge-operations/2\noperations: [{op: retire}]\n", "format", 1},
      {"format: kedge-operations/1\noperation: []\n", "operation", 2},
      {"format: kedge-operations/1\n", "operations", 1},
      {"format: kedge-operations/1\noperations: {}\n", "operations", 2},
      {"format: kedge-operations/1\noperations:\n- {op: delete, target: a, value: 1}\n",
       "operations[0].op", 3},
      {"format: kedge-operations/1\noperations:\n- {op: retire, value: 1}\n",
       "operations[0].target", 3},
      {"format: kedge-operations/1\noperations:\n- {op: retire, target: ''}\n",
       "operations[0].target", 3},
      {"format: kedge-operations/1\noperations:\n- {op: retire, target: a}\n",
       "operations[0].value", 3},
      {"format: kedge-operations/1\noperations:\n- {op: retire, target: a, valu: 1}\n",
       "operations[0].valu", 3},
  };
  for (const auto& c : cases) {
    const Error error = ErrorOf([&] { Read(c.text); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadData) << c.text;
    EXPECT_EQ(error.field(), c.field) << c.text;
    EXPECT_EQ(error.line(), c.line) << c.text;
  }
}

TEST(OperationsFile, MissingFile) {
  TempFolder folder;
  EXPECT_EQ(ErrorOf([&] { LoadOperations(folder.File("none.yaml")); }).kind(),
            ErrorKind::kMissingInput);
}

}  // namespace
}  // namespace kedge::strategy
