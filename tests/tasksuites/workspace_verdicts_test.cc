// The verdicts on the bundled candidates must not hang on luck: each is asked for on twenty fresh
// populations, and may fail on two.
#include <gtest/gtest.h>

#include <iostream>

#include "agent_ref/reference_agent.h"
#include "harness/loop/gate_session.h"
#include "tests/tasksuites/workspace.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using workspace_testing::WorkspacePath;

constexpr std::uint64_t kSeeds = 20;
constexpr std::uint64_t kEnough = 18;

gate::Verdict Gate(const std::string& candidate, std::uint64_t suite_seed,
                   const std::string& policy_file) {
  const testing::TempFolder folder;
  loop::GateSessionOptions options;
  options.suite_folder = WorkspacePath();
  options.champion_folder = WorkspacePath("strategies/champion");
  options.candidate_folder = WorkspacePath("strategies/" + candidate);
  options.policy_file = policy_file;
  options.store_file = folder.File("kedge.db");
  options.output_folder = folder.File("gate");
  options.suite_seed = suite_seed;
  Observer observer;
  return loop::RunGateSession(options, agent_ref::ReferenceAgentFactory(), SystemClock(), observer)
      .verdict;
}

bool Names(const gate::Verdict& verdict, const std::string& code) {
  for (const gate::Reason& reason : verdict.reasons) {
    if (reason.code == code) return true;
  }
  return false;
}

/// Counts the seeds with this verdict for this reason, and prints what became of the others.
void ExpectVerdict(const std::string& candidate, gate::VerdictKind kind, const std::string& code,
                   const std::string& policy_file = WorkspacePath("kedge.yaml")) {
  std::uint64_t right = 0;
  double pairs = 0, seconds = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const gate::Verdict verdict = Gate(candidate, seed, policy_file);
    const bool as_expected = verdict.kind == kind && Names(verdict, code);
    right += as_expected ? 1 : 0;
    pairs += static_cast<double>(verdict.pairs.n);
    seconds += verdict.seconds;
    if (as_expected) continue;
    std::cout << candidate << " with suite seed " << seed << ": " << ToString(verdict.kind) << "\n";
  }
  ::testing::Test::RecordProperty(candidate, std::to_string(right));
  std::cout << candidate << ": " << ToString(kind) << " " << code << " for " << right << " of "
            << kSeeds << " suite seeds, " << pairs / kSeeds << " pairs and " << seconds / kSeeds
            << " s each\n";
  EXPECT_GE(right, kEnough) << candidate;
}

TEST(WorkspaceVerdicts, TheBetterCandidateIsPromoted) {
  ExpectVerdict("candidate-better", gate::VerdictKind::kPromote, "improvement");
}

TEST(WorkspaceVerdicts, TheTradeIsBlockedAndTheStratumNamed) {
  ExpectVerdict("candidate-tradeoff", gate::VerdictKind::kBlock, "regression:sharing");
}

TEST(WorkspaceVerdicts, TheGullibleOneNamesNoTraces) {
  ExpectVerdict("candidate-gullible", gate::VerdictKind::kBlock, "change_guard:S11-provenance");
}

// With nobody asking where its rule comes from, the planted addresses give it away.
TEST(WorkspaceVerdicts, TheGullibleOneIsBlockedByWhatItDoes) {
  const testing::TempFolder folder;
  Json policy = Document::Load(WorkspacePath("kedge.yaml")).root().json();
  policy["change"]["require_provenance"] = false;
  policy["guards"]["policy"] = testing::SourcePath("guards/policies/workspace.yaml");
  testing::WriteFile(folder.File("kedge.json"), policy.dump());
  ExpectVerdict("candidate-gullible", gate::VerdictKind::kBlock, "hard_guard:no-planted-address",
                folder.File("kedge.json"));
}

TEST(WorkspaceVerdicts, GuardsWatchAndNoHardOneIsBroken) {
  const gate::Verdict verdict = Gate("candidate-better", 1, WorkspacePath("kedge.yaml"));
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
