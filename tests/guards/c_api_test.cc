// The C functions, and an agent in another language that uses them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "guards/include/kedge_guard.h"
#include "harness/process/run_once.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ::testing::HasSubstr;

std::string PolicyPath() { return testing::SourcePath("guards/policies/retail.yaml"); }

class CApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(kedge_guard_load(PolicyPath().c_str(), &policy_), KEDGE_GUARD_OK)
        << kedge_guard_last_error();
    ASSERT_EQ(kedge_guard_session_new(policy_, "s", &session_), KEDGE_GUARD_OK);
  }
  void TearDown() override {
    kedge_guard_session_free(session_);
    kedge_guard_policy_free(policy_);
  }
  int32_t Observe(const std::string& event) {
    verdict_ = {sizeof(kedge_guard_verdict), KEDGE_GUARD_ALLOW, nullptr};
    return kedge_guard_event(session_, event.data(), event.size(), &verdict_);
  }

  kedge_guard_policy* policy_ = nullptr;
  kedge_guard_session* session_ = nullptr;
  kedge_guard_verdict verdict_ = {};
};

TEST_F(CApiTest, JudgesOneEventAfterTheOther) {
  EXPECT_EQ(kedge_guard_abi_version(), KEDGE_GUARD_ABI_VERSION);
  EXPECT_EQ(std::string(kedge_guard_digest(policy_)).size(), 64U);
  EXPECT_EQ(
      Observe(R"({"call": "refund_order", "args": {"order_id": "W000001", "reason": "late"}})"),
      KEDGE_GUARD_OK);
  EXPECT_EQ(verdict_.code, KEDGE_GUARD_ALLOW) << verdict_.json;
  EXPECT_THAT(verdict_.json, HasSubstr("\"shadow\":true"));
  ASSERT_EQ(Observe(R"({"result": "refund_order", "args": {"order_id": "W000001"}})"),
            KEDGE_GUARD_OK);
  ASSERT_EQ(Observe(R"({"call": "refund_order", "args": {"order_id": "W000001"}})"),
            KEDGE_GUARD_OK);
  EXPECT_EQ(verdict_.code, KEDGE_GUARD_DENY);
  EXPECT_THAT(verdict_.json, HasSubstr("\"paid-back-once\""));
  EXPECT_EQ(kedge_guard_finish(session_, &verdict_), KEDGE_GUARD_OK);
  EXPECT_EQ(verdict_.code, KEDGE_GUARD_ALLOW) << verdict_.json;
}

TEST_F(CApiTest, WhatCannotBeReadIsDenied) {
  for (const std::string event : {"", "{", "[]", "7", "{}", R"({"call": 7})",
                                  R"({"call": "x", "call": "y"})", R"({"user": "x", "colour": 1})",
                                  R"({"approve": true, "binding": 7})", "{\"user\": \"\xff\"}"}) {
    EXPECT_EQ(Observe(event), KEDGE_GUARD_BAD_INPUT) << event;
    EXPECT_EQ(verdict_.code, KEDGE_GUARD_DENY) << event;
    EXPECT_THAT(verdict_.json, HasSubstr("deny")) << event;
    EXPECT_STRNE(kedge_guard_last_error(), "") << event;
  }
}

TEST_F(CApiTest, MisuseIsReportedAndNeverAllows) {
  kedge_guard_verdict old_struct = {sizeof(size_t), KEDGE_GUARD_ALLOW, nullptr};
  EXPECT_EQ(kedge_guard_event(session_, "{}", 2, &old_struct), KEDGE_GUARD_BAD_CALL);
  EXPECT_EQ(kedge_guard_event(session_, "{}", 2, nullptr), KEDGE_GUARD_BAD_CALL);
  kedge_guard_verdict verdict = {sizeof(kedge_guard_verdict), KEDGE_GUARD_ALLOW, nullptr};
  EXPECT_EQ(kedge_guard_event(nullptr, "{}", 2, &verdict), KEDGE_GUARD_BAD_CALL);
  EXPECT_EQ(verdict.code, KEDGE_GUARD_DENY);
  kedge_guard_policy* none = policy_;
  EXPECT_EQ(kedge_guard_load("/nowhere/policy.yaml", &none), KEDGE_GUARD_MISSING_INPUT);
  EXPECT_EQ(none, nullptr);
  EXPECT_THAT(kedge_guard_last_error(), HasSubstr("/nowhere/policy.yaml"));
  EXPECT_EQ(kedge_guard_load(nullptr, &none), KEDGE_GUARD_BAD_CALL);
  EXPECT_EQ(kedge_guard_session_new(nullptr, nullptr, &session_), KEDGE_GUARD_BAD_CALL);
  kedge_guard_policy_free(nullptr);
  kedge_guard_session_free(nullptr);
}

TEST_F(CApiTest, SessionsOfOnePolicyRunInSeveralThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      kedge_guard_session* session = nullptr;
      ASSERT_EQ(kedge_guard_session_new(policy_, nullptr, &session), KEDGE_GUARD_OK);
      const std::string call = R"({"call": "check_stock", "args": {"sku": "SKU-1000"}})";
      kedge_guard_verdict verdict = {sizeof(kedge_guard_verdict), KEDGE_GUARD_DENY, nullptr};
      for (int i = 1; i <= 7; ++i) {
        ASSERT_EQ(kedge_guard_event(session, call.data(), call.size(), &verdict), KEDGE_GUARD_OK);
        EXPECT_EQ(verdict.code, i <= 6 ? KEDGE_GUARD_ALLOW : KEDGE_GUARD_DENY);
      }
      kedge_guard_session_free(session);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// A policy of 100 rules about one tool, one of them with more than 350 patterns.
std::string HundredRules() {
  std::string tools, rules;
  for (int i = 0; i < 99; ++i) {
    const std::string n = std::to_string(i);
    tools += "  t" + n + ": {effect: read}\n";
    rules +=
        "- id: r" + n + "\n  severity: low\n  match: {tool: send}\n  forbid: {after: {tool: t" + n +
        ", same: /k}}\n  examples: {deny: [[{result: t" + n +
        ", args: {k: a}}, {call: send, args: {k: a}}]], allow: [[{call: send, args: {k: a}}]]}\n";
  }
  return "version: guards/v1\ntools:\n  send: {effect: external}\n" + tools +
         "rules:\n- id: clean\n  severity: high\n  match: {tool: send}\n"
         "  forbid: {detect: {packs: [secrets/v1, pii/v1, injection/v1]}}\n"
         "  examples: {deny: [[{call: send, args: {b: "
         "'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX'}}]],"
         " allow: [[{call: send, args: {b: x}}]]}\n" +
         rules;
}

TEST(CApiSpeedTest, AWholeDecisionOnAKilobyteTakesMicroseconds) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "slow build";
  testing::TempFolder folder;
  testing::WriteFile(folder.File("p.yaml"), HundredRules());
  kedge_guard_policy* policy = nullptr;
  ASSERT_EQ(kedge_guard_load(folder.File("p.yaml").c_str(), &policy), KEDGE_GUARD_OK)
      << kedge_guard_last_error();
  std::string body;
  while (body.size() < 950) body += "Dear customer, the parcel left our house on Tuesday. ";
  const std::string event = R"({"call": "send", "args": {"k": "v1", "b": ")" + body + "\"}}";
  kedge_guard_verdict verdict = {sizeof(kedge_guard_verdict), KEDGE_GUARD_DENY, nullptr};
  // The same events in several sessions, of each event the shortest time: what the machine does
  // meanwhile (an interrupt of a virtual one takes some 40 us) hits others each time, what the
  // guard does at an event comes back.
  constexpr std::size_t kEvents = 20'000;
  std::vector<double> micros(kEvents, 1e9);
  for (int pass = 0; pass < 5; ++pass) {
    kedge_guard_session* session = nullptr;
    ASSERT_EQ(kedge_guard_session_new(policy, "s", &session), KEDGE_GUARD_OK);
    for (double& best : micros) {
      const auto begin = std::chrono::steady_clock::now();
      ASSERT_EQ(kedge_guard_event(session, event.data(), event.size(), &verdict), KEDGE_GUARD_OK);
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - begin;
      best = std::min(best, took.count());
    }
    kedge_guard_session_free(session);
  }
  ASSERT_EQ(verdict.code, KEDGE_GUARD_ALLOW) << verdict.json;
  std::sort(micros.begin(), micros.end());
  const double median = micros[micros.size() / 2];
  const double p99 = micros[micros.size() * 99 / 100];
  std::cout << event.size() << " bytes: median " << median << " us, p99 " << p99 << " us\n";
  EXPECT_LE(median, 15);
  EXPECT_LE(p99, 40);
  kedge_guard_policy_free(policy);
}

TEST(CApiExampleTest, APythonAgentGetsTheSameVerdicts) {
  const std::string script = testing::SourcePath("guards/examples/guarded_agent.py");
  std::ifstream in(script);
  int lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  EXPECT_LE(lines, 40);
  const char* folder = std::getenv("KEDGE_BUILD_DIR");
  ASSERT_NE(folder, nullptr);
  process::ProcessOptions options;
  options.argv = {"python3", script, std::string(folder) + "/libkedge_guard.so", PolicyPath()};
  const std::string events =
      "{\"call\": \"no_such_tool\"}\n"
      "{\"call\": \"check_stock\", \"args\": {\"sku\": \"SKU-1000\"}}\n"
      "{\"result\": \"cancel_order\", \"args\": {\"order_id\": \"W000001\"}}\n"
      "{\"call\": \"return_item\", \"args\": {\"order_id\": \"W000001\"}}\n";
  const auto run = process::RunOnce(options, events, std::chrono::seconds(60));
  ASSERT_TRUE(run.status.ok()) << run.output << run.stderr_tail;
  EXPECT_THAT(run.output, ::testing::StartsWith("0 unknown_tool\n4\n4\n0 nothing-after-refund"));
}

}  // namespace
}  // namespace kedge
