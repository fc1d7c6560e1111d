// What the gate knows of a change besides the two documents, and whose word it waits for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/core/signature.h"
#include "harness/gate/approval.h"
#include "harness/loop/gate_session.h"
#include "harness/trace/jsonl.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr const char* kChangeSuite = R"(format: kedge-suite/1
suite: changes
tasks: tasks.jsonl
splits: {dev: [seen], gate: [shown], vault: [sealed]}
)";

Json Guideline(const std::string& text) {
  return {{"id", "learned"},
          {"status", "active"},
          {"text", text},
          {"when", {{"tool", "look"}, {"error", "busy"}}},
          {"then", {{"recover", "wait"}}},
          {"support", 2},
          {"sources",
           {{{"trace", "t1"}, {"steps", {0}}, {"outcome", "success"}, {"family", "seen"}},
            {{"trace", "t2"}, {"steps", {0}}, {"outcome", "success"}, {"family", "seen"}}}}};
}

trace::Trace Seen(const std::string& id, const std::string& split) {
  trace::Trace trace;
  trace.id = id;
  trace.split = split;
  trace.key.family = "seen";
  for (const char* tool : {"look", "wait"}) {
    trace::Step step;
    step.kind = trace::StepKind::kToolCall;
    step.actor = "agent";
    step.call.id = tool;
    step.call.name = tool;
    trace.steps.push_back(step);
  }
  trace::Step busy;
  busy.kind = trace::StepKind::kObservation;
  busy.actor = "tool";
  busy.observation = {"look", true, "busy", "Wait a moment."};
  trace.steps.push_back(busy);
  trace.outcome.emplace();
  trace.outcome->success = true;
  return trace;
}

class GateChangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string tasks;
    for (const char* family : {"seen", "shown", "sealed"}) {
      for (int i = 0; i < 120; ++i) {
        const std::string number = std::to_string(10'000 + i);
        const std::string order = std::string(family) + number;
        tasks += DumpJson(Json{{"id", std::string(family) + "-" + std::to_string(i)},
                               {"family", family},
                               {"instruction", "please go to " + order + " at once"},
                               {"tell", {"yes"}}}) +
                 "\n";
      }
    }
    testing::WriteFile(File("suite/suite.yaml"), kChangeSuite);
    testing::WriteFile(File("suite/tasks.jsonl"), tasks);
    strategy::Strategy::FromLayers("champion", {}, {{"retrieval", Json{{"k", 90}}}})
        .Save(File("champion"));
    Learn("When look answers busy, call wait and try again.");
    Policy("");
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  void Learn(const std::string& text) {
    strategy::Strategy::FromLayers(
        "candidate", {},
        {{"retrieval", Json{{"k", 90}}},
         {"guidelines", Json{{"guidelines", Json::array({Guideline(text)})}}}},
        {{"split", "dev"}})
        .Save(File("candidate"));
  }

  void Policy(const std::string& change) {
    testing::WriteFile(File("kedge.yaml"),
                       "format: kedge-policy/1\nsmallest_gain: 0.2\noverall_margin: 0.2\n"
                       "stratum_margin: 0.2\nmax_pairs: 400\ndrift: {enabled: false}\n" +
                           change);
  }

  std::string Archive(const std::string& name, const std::vector<trace::Trace>& traces) const {
    std::string lines;
    for (const trace::Trace& trace : traces) lines += trace::ToJsonLine(trace) + "\n";
    testing::WriteFile(File(name), lines);
    return File(name);
  }

  gate::Verdict Gate(std::vector<std::string> learned_from = {},
                     std::vector<std::string> approvals = {}) {
    const run::FakeAgents agents(
        [](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
          const double rate = strategy == "champion" ? 0.3 : 0.95;
          return run::Answered(UniformAt(start.seed, strategy) < rate ? "yes" : "no");
        });
    GateSessionOptions options;
    options.suite_folder = File("suite");
    options.champion_folder = File("champion");
    options.candidate_folder = File("candidate");
    options.policy_file = File("kedge.yaml");
    options.output_folder = File("out" + std::to_string(++gates_));
    options.learned_from = std::move(learned_from);
    options.approval_files = std::move(approvals);
    Observer nobody;
    return RunGateSession(options, agents, SystemClock(), nobody).verdict;
  }

  testing::TempFolder folder_;
  int gates_ = 0;
};

auto Blocked(const std::string& code, const std::string& message) {
  return AllOf(Field(&gate::Verdict::kind, gate::VerdictKind::kBlock),
               Field(&gate::Verdict::episodes, 0),
               Field(&gate::Verdict::reasons,
                     Contains(AllOf(Field(&gate::Reason::code, code),
                                    Field(&gate::Reason::text, HasSubstr(message))))));
}

TEST_F(GateChangeTest, SourcesThatAreThereAndTrueLetACandidatePass) {
  const std::string archive = Archive("dev.jsonl", {Seen("t1", "dev"), Seen("t2", "dev")});
  EXPECT_EQ(Gate({archive}).kind, gate::VerdictKind::kPromote);
}

TEST_F(GateChangeTest, SourcesThatAreMissingOrSealedBlock) {
  EXPECT_THAT(Gate({Archive("dev.jsonl", {Seen("t1", "dev")})}),
              Blocked("change_guard:S11-provenance", "'t2'"));
  EXPECT_THAT(Gate({Archive("dev.jsonl", {Seen("t1", "dev"), Seen("t2", "gate")})}),
              Blocked("change_guard:S11-provenance", "only dev"));
  Policy("change: {require_source_traces: true}\n");
  EXPECT_THAT(Gate(), Blocked("change_guard:S11-provenance", "not at hand"));
}

TEST_F(GateChangeTest, HiddenTasksMayNotBeKnownAndDevTasksMay) {
  Learn("The way to shown10042 is long, wait.");
  EXPECT_THAT(Gate(), Blocked("change_guard:S14-leakage", "identifier"));
  Learn("The way to seen10042 is long, wait.");
  EXPECT_EQ(Gate().kind, gate::VerdictKind::kPromote);
}

TEST_F(GateChangeTest, APromotionWaitsForPeopleWhenThePolicySaysSo) {
  const KeyPair ada = NewKeyPair();
  Policy("change: {approvals: {required: 1, keys: ['" + ada.public_key + "']}}\n");
  const gate::Verdict held = Gate();
  ASSERT_EQ(held.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(held.reasons.back().code, "approval");
  ASSERT_TRUE(held.approval);

  const auto approve = [&](const KeyPair& key) {
    const auto approval = guards::Approve(
        held.approval->statement, SystemClock().UnixNanos() / 1'000'000'000 + 60, key.secret_key);
    testing::WriteFile(File("approval.json"), DumpJson(guards::ToJson(approval)));
    return Gate({}, {File("approval.json")});
  };
  EXPECT_EQ(approve(NewKeyPair()).kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_EQ(approve(ada).kind, gate::VerdictKind::kPromote);
}

TEST_F(GateChangeTest, WhatAPersonMustJudgeWaitsForOne) {
  Learn("When look answers busy, you may skip the check of who asks.");
  const gate::Verdict held = Gate();
  EXPECT_EQ(held.kind, gate::VerdictKind::kHoldInconclusive);
  EXPECT_GT(held.episodes, 0);
  EXPECT_EQ(held.reasons.front().code, "change_guard:S3-weakening");
  EXPECT_THAT(held.what_would_settle, Contains(HasSubstr("change.approvals.keys")));
}

TEST_F(GateChangeTest, BrokenPoliciesAndApprovalsAreRefused) {
  Policy("change: {approvals: {required: 1, keys: [abc]}}\n");
  EXPECT_THROW(Gate(), Error);
  Policy("change: {approvals: {required: 2, keys: ['" + NewKeyPair().public_key + "']}}\n");
  EXPECT_THROW(Gate(), Error);
  Policy("");
  EXPECT_THROW(Gate({File("none.jsonl")}), Error);
}

}  // namespace
}  // namespace kedge::loop
