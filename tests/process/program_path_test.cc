#include "harness/process/program_path.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::process {
namespace {

using kedge::testing::TempFolder;
using kedge::testing::WriteFile;

std::string FailureOf(const std::string& name, const std::string& path) {
  try {
    return "found " + ResolveProgram(name, path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    return error.what();
  }
}

void MakeProgram(const std::string& path) {
  WriteFile(path, "#!/bin/sh\n");
  ::chmod(path.c_str(), 0755);
}

TEST(ResolveProgram, TakesTheFirstExecutableOfThePath) {
  TempFolder temp;
  WriteFile(temp.File("a/tool"), "not executable");
  MakeProgram(temp.File("b/tool"));
  MakeProgram(temp.File("c/tool"));
  const std::string path =
      temp.File("none") + ":" + temp.File("a") + ":" + temp.File("b") + ":" + temp.File("c");
  EXPECT_EQ(ResolveProgram("tool", path), temp.File("b/tool"));
}

TEST(ResolveProgram, DoesNotSearchForANameWithASlash) {
  TempFolder temp;
  MakeProgram(temp.File("tool"));
  EXPECT_EQ(ResolveProgram(temp.File("tool"), ""), temp.File("tool"));
  EXPECT_THAT(FailureOf("./tool", temp.path()), ::testing::HasSubstr("does not exist"));
}

TEST(ResolveProgram, SaysWhichProgramIsMissingAndWhy) {
  TempFolder temp;
  WriteFile(temp.File("text"), "hello");
  EXPECT_EQ(FailureOf("kedge-no-such-tool", "/usr/bin:/bin"),
            "program 'kedge-no-such-tool' was not found in PATH; install it or correct it");
  EXPECT_EQ(FailureOf(temp.File("text"), ""),
            "program '" + temp.File("text") + "' is not an executable file (chmod +x?)");
  EXPECT_EQ(FailureOf(temp.path(), ""),
            "program '" + temp.path() + "' is not an executable file (chmod +x?)");
  EXPECT_EQ(FailureOf("", "/bin"), "program '' has no name");
}

}  // namespace
}  // namespace kedge::process
