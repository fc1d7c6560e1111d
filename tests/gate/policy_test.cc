#include "harness/gate/policy.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

GatePolicy Load(const std::string& text) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("kedge.yaml"), text);
  return LoadGatePolicy(folder.File("kedge.yaml"));
}

TEST(GatePolicyTest, AnEmptyPolicyHasTheDefaults) {
  EXPECT_EQ(ToJson(Load("format: kedge-policy/1\n")), ToJson(DefaultGatePolicy()));
}

TEST(GatePolicyTest, EveryFieldIsRead) {
  const GatePolicy policy = Load(R"(format: kedge-policy/1
alpha: 0.01
alpha_block: 0.02
beta: 0.2
smallest_gain: 0.03
overall_margin: 0.04
stratum_margin: 0.06
critical_stratum_margin: 0.02
guard_margin: 0.01
prior_discordance: 0.4
max_pairs: 5000
outcome: score
hold_mode: economy
max_dropped_share: 0.1
episode: {max_steps: 7, max_tool_calls: 8, deadline_ms: 9}
guards: {policy: guards.yaml, hard: [a], rate: [b], minimum_exposure: {a: 40}}
resources: {tool_calls: {max_ratio: 2, expected: 3}, cost: {max_ratio: 1.5, cap: 10, expected: 1}}
ledger: {season: 30, fdr: 0.2}
objective: {promote_for: either, resource: tool_calls, smallest_saving: 0.1}
claim: population
vault: {margin: 0.2, queries: 7}
certificate: {file: ../a.json, max_age_days: 14}
change: {max_added_guidelines: 1, max_added_bytes: 2, require_provenance: false}
)");
  EXPECT_EQ(policy.alpha, 0.01);
  EXPECT_EQ(policy.alpha_block, 0.02);
  EXPECT_EQ(policy.beta, 0.2);
  EXPECT_EQ(policy.smallest_gain, 0.03);
  EXPECT_EQ(policy.overall_margin, 0.04);
  EXPECT_EQ(policy.stratum_margin, 0.06);
  EXPECT_EQ(policy.critical_stratum_margin, 0.02);
  EXPECT_EQ(policy.guard_margin, 0.01);
  EXPECT_EQ(policy.prior_discordance, 0.4);
  EXPECT_EQ(policy.max_pairs, 5000);
  EXPECT_TRUE(policy.use_score);
  EXPECT_TRUE(policy.economy);
  EXPECT_EQ(policy.max_dropped_share, 0.1);
  EXPECT_EQ(policy.max_steps, 7);
  EXPECT_EQ(policy.max_tool_calls, 8);
  EXPECT_EQ(policy.episode_deadline_ms, 9);
  EXPECT_TRUE(policy.guard_policy.ends_with("/guards.yaml"));
  EXPECT_EQ(policy.hard_guards, std::vector<std::string>{"a"});
  EXPECT_EQ(policy.rate_guards, std::vector<std::string>{"b"});
  EXPECT_EQ(policy.minimum_exposure, (std::map<std::string, std::int64_t>{{"a", 40}}));
  ASSERT_EQ(policy.resource_limits.size(), 2U);
  EXPECT_EQ(policy.resource_limits[0].name, "tool_calls") << "what is saved goes first";
  EXPECT_EQ(policy.resource_limits[0].cap, 8);  // the episode's own limit
  EXPECT_EQ(policy.resource_limits[1].name, "cost");
  EXPECT_EQ(policy.objective.promote_for, PromoteFor::kEither);
  EXPECT_EQ(policy.objective.resource, "tool_calls");
  EXPECT_EQ(policy.objective.smallest_saving, 0.1);
  EXPECT_EQ(policy.ledger->season, 30);
  EXPECT_EQ(policy.claim, Claim::kPopulation);
  EXPECT_EQ(policy.vault->margin, 0.2);
  EXPECT_EQ(policy.vault->queries, 7);
  EXPECT_TRUE(policy.certificate->file.ends_with("/a.json"));
  EXPECT_EQ(policy.certificate->max_age_days, 14);
  EXPECT_FALSE(policy.change.require_provenance);
}

TEST(GatePolicyTest, EveryFieldIsPartOfTheDigest) {
  const std::string base = "format: kedge-policy/1\n";
  for (const char* line : {"alpha: 0.01",
                           "alpha_block: 0.02",
                           "beta: 0.2",
                           "smallest_gain: 0.03",
                           "overall_margin: 0.04",
                           "stratum_margin: 0.06",
                           "critical_stratum_margin: 0.02",
                           "guard_margin: 0.01",
                           "prior_discordance: 0.4",
                           "max_pairs: 5000",
                           "outcome: score",
                           "hold_mode: economy",
                           "max_dropped_share: 0.1",
                           "episode: {max_steps: 7}",
                           "episode: {max_tool_calls: 8}",
                           "episode: {deadline_ms: 9}",
                           "guards: {policy: g.yaml, hard: [a]}",
                           "guards: {policy: g.yaml, rate: [a]}",
                           "resources: {steps: {max_ratio: 2, expected: 3}}",
                           "ledger: {season: 30}",
                           "claim: population",
                           "vault: {margin: 0.2}",
                           "certificate: {file: a.json, max_age_days: 14}",
                           "change: {max_added_bytes: 2}"}) {
    EXPECT_NE(ToJson(Load(base + line + "\n")), ToJson(DefaultGatePolicy())) << line;
  }
}

struct Broken {
  std::string text;
  int line;
  std::string says;
};

TEST(GatePolicyTest, BrokenFilesNameLineAndField) {
  const std::vector<Broken> files = {
      {"alpha: 0.05\n", 0, "format"},
      {"format: kedge-policy/2\n", 1, "kedge-policy/1"},
      {"format: kedge-policy/1\nalpah: 0.05\n", 2, "alpha"},
      {"format: kedge-policy/1\nalpha: 0\n", 2, "alpha"},
      {"format: kedge-policy/1\nalpha: .nan\n", 2, "alpha"},
      {"format: kedge-policy/1\nalpha: yes\n", 2, "alpha"},
      {"format: kedge-policy/1\nalpha: 0.05\nalpha: 0.5\n", 3, "alpha"},
      {"format: kedge-policy/1\nmax_pairs: 1.5\n", 2, "max_pairs"},
      {"format: kedge-policy/1\nhold_mode: thrifty\n", 2, "informative"},
      {"format: kedge-policy/1\nguards: {hard: [a]}\n", 2, "policy"},
      {"format: kedge-policy/1\nresources: {cost: {max_ratio: 1.1, expected: 1}}\n", 2, "cap"},
      {"format: kedge-policy/1\nresources: {steps: {max_ratio: 1, expected: 1}}\n", 2, "max_ratio"},
      {"format: kedge-policy/1\nobjective: {promote_for: saving, resource: tokens}\n", 2,
       "resources"},
      {"format: kedge-policy/1\nobjective: {promote_for: gain, resource: tokens}\n", 2, "gain"},
      {"format: kedge-policy/1\nobjective: {promote_for: either}\n", 2, "resource"},
      {"format: kedge-policy/1\nledger: {season: 0}\n", 2, "season"},
      {"format: kedge-policy/1\nclaim: universe\n", 2, "population"},
      {"format: kedge-policy/1\nvault: {margin: 0}\n", 2, "margin"},
      {"format: kedge-policy/1\ncertificate: {file: a.json}\n", 2, "max_age_days"},
      {"format: kedge-policy/1\ncertificate: {file: '', max_age_days: 3}\n", 2, "file"},
      {"format: kedge-policy/1\nalpha: &a 0.05\n", 2, "anchor"},
  };
  for (const Broken& file : files) {
    try {
      Load(file.text);
      ADD_FAILURE() << file.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData) << file.text;
      if (file.line > 0) {
        EXPECT_EQ(error.line(), file.line) << error.what();
      }
      EXPECT_NE(std::string(error.what()).find(file.says), std::string::npos) << error.what();
      EXPECT_NE(error.file().find("kedge.yaml"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace kedge::gate
