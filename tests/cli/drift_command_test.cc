// `kedge drift` as a program: exit codes, whole JSON, a saved alarm.

#include <gtest/gtest.h>

#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ProgramResult;
using testing::RunKedge;

TEST(DriftCommandTest, BadCallsSayWhatIsWanted) {
  EXPECT_EQ(RunKedge({"drift"}).code, 64);
  EXPECT_EQ(RunKedge({"drift", "--stream", "x", "a", "b"}).code, 64);
  EXPECT_EQ(RunKedge({"drift", "/no/such/a", "/no/such/b"}).code, 66);
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("junk"), "{\"a\":1}\n");
  EXPECT_EQ(RunKedge({"drift", folder.File("junk"), folder.File("junk")}).code, 65);
}

TEST(DriftCommandTest, RepeatsOfOneAgentExitZeroAndAnotherModelOne) {
  KEDGE_NEED_DATA();
  const std::string tau = testing::SharedPath("data/tau-bench/gpt-4o-airline.json.gz");
  const ProgramResult same = RunKedge({"drift", tau + "#trial=0", tau + "#trial=1", "--json"});
  EXPECT_EQ(same.code, 0) << same.err;
  const Json json = ParseJson(same.out);
  EXPECT_EQ(json["format"], "kedge-drift/1");
  EXPECT_TRUE(json["paired"].get<bool>());
  EXPECT_EQ(json["tasks"], 50);
  const std::string dojo = testing::SharedPath("data/agentdojo/");
  EXPECT_EQ(RunKedge({"drift", dojo + "gpt-4o-2024-05-13__workspace.jsonl.gz#none",
                      dojo + "command-r-plus__workspace.jsonl.gz#none"})
                .code,
            1);
}

TEST(DriftCommandTest, AnAlarmIsKeptInItsState) {
  KEDGE_NEED_DATA();
  const testing::TempFolder folder;
  const std::string tau = testing::SharedPath("data/tau-bench/gpt-4o-airline.json.gz");
  const std::string state = folder.File("state.json");
  EXPECT_EQ(RunKedge({"drift", "--baseline", tau, "--stream", tau, "--state", state}).code, 0);
  EXPECT_EQ(RunKedge({"drift", "--stream", tau, "--state", state}).code, 0);
  testing::WriteFile(state, "{}");
  EXPECT_EQ(RunKedge({"drift", "--stream", tau, "--state", state}).code, 65);
}

}  // namespace
}  // namespace kedge
