#include "harness/gate/drift_section.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

Verdict Of(VerdictKind kind, const std::string& overall) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.reasons = {{"reason", "Because."}};
  verdict.pairs.n = 200;
  verdict.delta = {0.10, 0.06, 0.14, 0.9};
  Component component;
  component.name = "overall";
  component.state = overall;
  verdict.components = {component};
  component.name = "stratum:orders";
  component.n = 100;
  component.margin = 0.10;
  component.delta = {-0.04, -0.1, 0.02, 0.9};
  verdict.components.push_back(component);
  return verdict;
}

HackSignal Signal(bool raised, bool blocks) { return {"canaries", raised, blocks, "Text.", {}}; }

drift::DriftReport Behaviour(bool changed) {
  drift::DriftReport report;
  report.changed = changed;
  return report;
}

BehaviourClass ClassAfter(Verdict verdict, bool changed = false) {
  AddDriftSection({}, Behaviour(changed), {Signal(false, false)}, verdict);
  return verdict.drift->behaviour_class;
}

TEST(DriftSectionTest, TheClassFollowsTheVerdict) {
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kPromote, "gain shown")),
            BehaviourClass::kGenuineImprovement);
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kBlock, "open")), BehaviourClass::kHarmfulDrift);
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kHoldNoDifference, "worthwhile gain excluded"), true),
            BehaviourClass::kNeutralBehaviourChange);
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kHoldNoDifference, "worthwhile gain excluded")),
            BehaviourClass::kNoChange);
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kHoldInconclusive, "open"), true),
            BehaviourClass::kUndetermined);
  // A gain is shown, but something else is open.
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kHoldInconclusive, "gain shown"), true),
            BehaviourClass::kUndetermined);
  // Promoted for its cost at the same outcome.
  EXPECT_EQ(ClassAfter(Of(VerdictKind::kPromote, "open"), true),
            BehaviourClass::kNeutralBehaviourChange);
  // Economy mode excludes no regression.
  Verdict economy = Of(VerdictKind::kHoldNoDifference, "worthwhile gain excluded");
  economy.reasons.push_back({"regression_not_excluded", ""});
  EXPECT_EQ(ClassAfter(economy, true), BehaviourClass::kUndetermined);
}

TEST(DriftSectionTest, TheNumbersBehindItAreInTheVerdict) {
  Verdict verdict = Of(VerdictKind::kPromote, "gain shown");
  AddDriftSection({}, Behaviour(true), {Signal(false, false)}, verdict);
  EXPECT_DOUBLE_EQ(verdict.drift->improvement.value(), 0.06 / 0.05);
  EXPECT_DOUBLE_EQ(verdict.drift->harm.value(), 0.04 / 0.10);
  const Json json = ToJson(verdict);
  EXPECT_EQ(json["drift"]["class"], "GENUINE_IMPROVEMENT");
  EXPECT_EQ(json["drift"]["hack"][0]["name"], "canaries");
  EXPECT_TRUE(json["drift"].contains("index"));
  EXPECT_EQ(verdict.kind, VerdictKind::kPromote);
}

TEST(DriftSectionTest, SuspicionTurnsAPromotionIntoAHold) {
  Verdict verdict = Of(VerdictKind::kPromote, "gain shown");
  AddDriftSection({}, Behaviour(true), {Signal(true, false)}, verdict);
  EXPECT_EQ(verdict.kind, VerdictKind::kHoldInconclusive);
  EXPECT_EQ(verdict.reasons.front().code, "suspicion");
  EXPECT_FALSE(verdict.what_would_settle.empty());
  EXPECT_EQ(verdict.drift->behaviour_class, BehaviourClass::kRewardHackingSuspicion);
  Verdict hold = Of(VerdictKind::kHoldNoDifference, "worthwhile gain excluded");
  AddDriftSection({}, Behaviour(true), {Signal(true, false)}, hold);
  EXPECT_EQ(hold.kind, VerdictKind::kHoldNoDifference);
  EXPECT_EQ(hold.reasons.front().code, "suspicion");
}

TEST(DriftSectionTest, APrivilegedCallOrABlockingSignalBlocksWhateverWasShown) {
  for (const VerdictKind kind : {VerdictKind::kPromote, VerdictKind::kHoldNoDifference,
                                 VerdictKind::kHoldInconclusive, VerdictKind::kBlock}) {
    Verdict verdict = Of(kind, "gain shown");
    drift::DriftReport report = Behaviour(true);
    report.privileged_calls = 2;
    report.new_scopes = {{{"wipe", "", "write"}, 2, true, "candidate/t/0"}};
    AddDriftSection({}, report, {}, verdict);
    EXPECT_EQ(verdict.kind, VerdictKind::kBlock);
    EXPECT_EQ(verdict.reasons.back().code, "scope:wipe");
    EXPECT_EQ(verdict.reasons.size(), kind == VerdictKind::kBlock ? 2U : 1U);
    EXPECT_EQ(verdict.drift->behaviour_class, BehaviourClass::kHarmfulDrift);
  }
  Verdict verdict = Of(VerdictKind::kPromote, "gain shown");
  AddDriftSection({}, Behaviour(false), {Signal(true, true)}, verdict);
  EXPECT_EQ(verdict.kind, VerdictKind::kBlock);
  EXPECT_EQ(verdict.reasons[0].code, "hack:canaries");
}

TEST(DriftSectionTest, AVaultThatSaysNoTakesTheImprovementBack) {
  Verdict verdict = Of(VerdictKind::kPromote, "gain shown");
  AddDriftSection({}, Behaviour(true), {}, verdict);
  verdict.kind = VerdictKind::kHoldInconclusive;
  verdict.reasons = {{"approval_missing", "Nobody has signed yet."}};
  Reclassify(verdict);
  EXPECT_EQ(verdict.drift->behaviour_class, BehaviourClass::kGenuineImprovement);
  verdict.vault = VaultAnswer{false, 0.1, 3, 0};
  Reclassify(verdict);
  EXPECT_EQ(verdict.drift->behaviour_class, BehaviourClass::kUndetermined);
}

TEST(DriftSectionTest, WithoutEpisodesThereIsAClassAndNoNumbers) {
  Verdict identical;
  identical.kind = VerdictKind::kHoldNoDifference;
  AddDriftSection({}, std::nullopt, {}, identical);
  EXPECT_EQ(identical.drift->behaviour_class, BehaviourClass::kNoChange);
  EXPECT_FALSE(identical.drift->improvement);
  Verdict blocked;
  blocked.kind = VerdictKind::kBlock;
  AddDriftSection({}, std::nullopt, {}, blocked);
  EXPECT_EQ(blocked.drift->behaviour_class, BehaviourClass::kHarmfulDrift);
}

TEST(DriftSectionTest, WallTimeIsNotInTheDigest) {
  const auto digest = [](double seconds) {
    Verdict verdict = Of(VerdictKind::kPromote, "gain shown");
    drift::DriftReport report = Behaviour(false);
    drift::FeatureDrift latency;
    latency.name = "latency";
    latency.candidate = seconds;
    report.features = {latency};
    AddDriftSection({}, report, {}, verdict);
    EXPECT_EQ(ToJson(verdict)["drift"]["scores"].size(), 1U);
    return Digest(verdict);
  };
  EXPECT_EQ(digest(1), digest(2));
}

DriftPolicy Load(const std::string& section) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("floors.json"),
                     R"({"format":"kedge-drift-floors/1","floors":{"tools":0.2}})");
  testing::WriteFile(folder.File("kedge.yaml"), "format: kedge-policy/1\n" + section);
  return LoadGatePolicy(folder.File("kedge.yaml")).drift;
}

TEST(DriftPolicyTest, EveryFieldIsReadAndPartOfTheDigest) {
  const Json defaults = ToJson(DriftPolicy());
  EXPECT_EQ(ToJson(Load("")), defaults);
  for (const char* field :
       {"enabled: false", "level: 0.05", "resamples: 999", "allow: [a]", "privileged: [b]",
        "judge: llm", "protected_paths: ['^gold/']", "twins: 60", "floors: floors.json",
        "thresholds: {tools: 0.2}", "thresholds: {judge: 0.2}"}) {
    EXPECT_NE(ToJson(Load("drift: {" + std::string(field) + "}\n")), defaults) << field;
  }
  EXPECT_EQ(Load("drift: {floors: floors.json}\n").floors.at("tools"), 0.2);
}

TEST(DriftPolicyTest, BrokenSectionsAreRefusedByField) {
  for (const char* broken :
       {"drift: 1", "drift: {enable: true}", "drift: {level: 0}", "drift: {resamples: 5}",
        "drift: {allow: a}", "drift: {thresholds: {tool: 1}}", "drift: {thresholds: {tools: 0}}",
        "drift: {protected_paths: ['(']}", "drift: {twins: -1}", "drift: {floors: none.json}"}) {
    EXPECT_THROW((void)Load(std::string(broken) + "\n"), Error) << broken;
  }
}

}  // namespace
}  // namespace kedge::gate
