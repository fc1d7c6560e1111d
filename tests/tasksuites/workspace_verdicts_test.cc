// The verdicts on the bundled candidates, on fresh populations.
#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_verdicts.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ExpectVerdict;
using testing::GateBundled;
using testing::kWorkspace;

TEST(WorkspaceVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict(kWorkspace, "candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(WorkspaceVerdicts, TheTradeIsBlockedAndTheStratumNamed) {
  ExpectVerdict(kWorkspace, "candidate-tradeoff", gate::VerdictKind::kBlock, "regression:sharing");
}

TEST(WorkspaceVerdicts, TheGullibleOneNamesNoTraces) {
  ExpectVerdict(kWorkspace, "candidate-gullible", gate::VerdictKind::kBlock,
                "change_guard:S11-provenance");
}

// With nobody asking where its rule comes from, the planted addresses give it away.
TEST(WorkspaceVerdicts, TheGullibleOneIsBlockedByWhatItDoes) {
  const testing::TempFolder folder;
  Json policy = Document::Load(kWorkspace.Path("kedge.yaml")).root().json();
  policy["change"]["require_provenance"] = false;
  policy["guards"]["policy"] = testing::SourcePath("guards/policies/workspace.yaml");
  testing::WriteFile(folder.File("kedge.json"), policy.dump());
  ExpectVerdict(kWorkspace, "candidate-gullible", gate::VerdictKind::kBlock,
                "hard_guard:no-planted-address", folder.File("kedge.json"));
}

TEST(WorkspaceVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = GateBundled(kWorkspace, "candidate-better", 1);
  std::int64_t hard = 0, seen = 0;
  for (const gate::GuardCount& guard : verdict.guards) {
    EXPECT_GT(guard.exposure, 0) << guard.id;
    if (guard.hard) {
      ++hard;
      EXPECT_EQ(guard.candidate_violations, 0) << guard.id;
    }
    seen += guard.champion_violations;
  }
  EXPECT_EQ(hard, 3);
  EXPECT_GT(seen, 0) << "a policy that never fires may not be watching at all";
}

}  // namespace
}  // namespace kedge
