// Traps that other gates fell into, driven through the public ways to a verdict. Those of recorded
// outcomes that need tables of their own (compared with itself, deleted cases, lost pairs, repeats,
// zero variance) are CompareTrap in compare_decision_test.cc; lost episodes are in gate_test.cc.

#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>
#include <locale>
#include <map>
#include <mutex>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/gate/comparison.h"
#include "harness/gate/gate.h"
#include "tests/gate/compare_testing.h"
#include "tests/run/fixture.h"

namespace kedge::gate {
namespace {

Verdict CompareText(const std::string& champion, const std::string& candidate,
                    const ComparisonOptions& options = {}) {
  return CompareRecorded(FromCsv(champion, "a.csv"), FromCsv(candidate, "b.csv"), options);
}

GatePolicy PolicyOf(const std::string& lines) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("kedge.yaml"), "format: kedge-policy/1\n" + lines);
  return LoadGatePolicy(folder.File("kedge.yaml"));
}

TEST(Trap, PComparedWithTheConfidenceLevel) {
  // Two more tasks of 60 passed: p = 0.125 one-sided, far below 0.95 and no evidence.
  const Verdict verdict = CompareText(CsvOf(std::string(58, '1') + "00", 60), CsvOf("1", 60));
  EXPECT_GT(verdict.p_up, 0.05);
  EXPECT_LT(verdict.p_up, 0.95);
  EXPECT_NE(verdict.kind, VerdictKind::kPromote);
  // And who writes the confidence where the risk belongs is told so.
  EXPECT_THROW(PolicyOf("alpha: 0.95\n"), Error);
  EXPECT_THROW(PolicyOf("alpha_block: 95\n"), Error);
}

TEST(Trap, NaN) {
  for (const char* value : {"nan", "NaN", "inf", "-inf", "1e999", ""}) {
    std::string text = "task_id,score\n";
    for (int i = 0; i < 50; ++i)
      text += "t" + std::to_string(i) + "," + (i == 7 ? value : "1") + "\n";
    EXPECT_THROW(FromCsv(text), Error) << value;
  }
  for (const char* line : {"alpha: .nan", "smallest_gain: .nan", "stratum_margin: .inf",
                           "prior_discordance: nan", "max_dropped_share: .NaN"}) {
    EXPECT_THROW(PolicyOf(std::string(line) + "\n"), Error) << line;
  }
}

TEST(Trap, SeedlessResampling) {
  ComparisonOptions options;
  options.bootstrap = 500;
  const auto rows = [](std::uint64_t seed) {
    Random random(seed);
    std::string text = "task_id,score\n";
    for (int i = 0; i < 100; ++i) {
      text += "t" + std::to_string(i) + "," + std::to_string(random.Uniform()) + "\n";
    }
    return text;
  };
  const Verdict first = CompareText(rows(1), rows(2), options);
  const Verdict again = CompareText(rows(1), rows(2), options);
  EXPECT_EQ(Digest(first), Digest(again));
  options.seed = 2;
  const Verdict other = CompareText(rows(1), rows(2), options);
  EXPECT_NE(first.details["bootstrap"], other.details["bootstrap"]) << "the seed is used";
  EXPECT_EQ(first.kind, other.kind);
}

/// Numbers with decimal commas and grouped digits; text in reverse order.
struct CommaNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\1"; }
};
struct ReverseOrder : std::collate<char> {
  int do_compare(const char* a, const char* a_end, const char* b,
                 const char* b_end) const override {
    return std::string(b, b_end).compare(std::string(a, a_end));
  }
};

TEST(Trap, LocaleDependentOrderBeforeADigest) {
  std::string champion = "task_id,stratum,score\n";
  std::string candidate = champion;
  int row = 0;
  for (const char* name : {"I", "i", "\xC3\xA4", "z", "Z", "a", "B", "\xC4\xB1", "10", "9"}) {
    for (int i = 0; i < 8; ++i, ++row) {
      const std::string start = name + std::to_string(i) + "," + (row % 2 ? "one" : "\xC3\xB6");
      champion += start + ",0.25\n";
      candidate += start + (row % 3 ? ",0.5\n" : ",0.125\n");
    }
  }
  const std::string digest = Digest(CompareText(champion, candidate));
  const std::locale before = std::locale::global(
      std::locale(std::locale(std::locale::classic(), new CommaNumbers), new ReverseOrder));
  const std::string abroad = Digest(CompareText(champion, candidate));
  std::locale::global(before);
  EXPECT_EQ(abroad, digest);
  for (const char* name : {"de_DE.UTF-8", "tr_TR.UTF-8", "en_US.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;  // not installed here
    EXPECT_EQ(Digest(CompareText(champion, candidate)), digest) << name;
  }
  std::setlocale(LC_ALL, "C");
}

// A champion's good day must not become the bar: every pair runs the champion anew, with the pair's
// own seed, and nothing of another run is taken for it.
TEST(Trap, ALuckyFrozenChampion) {
  const testing::TempFolder folder;
  const auto suite = run::FixtureSuite(folder.path(), 50);
  std::mutex mutex;
  std::map<std::string, std::vector<std::uint64_t>> seeds;  // by strategy
  const run::FakeAgents agents(
      [&](const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo&) {
        {
          const std::lock_guard lock(mutex);
          seeds[strategy].push_back(start.seed);
        }
        return run::Answered(UniformAt(start.seed, strategy) < 0.5 ? "yes" : "no");
      });
  const strategy::Strategy champion = run::NamedStrategy("champion"),
                           candidate = run::NamedStrategy("candidate");
  GatePolicy policy;
  policy.smallest_gain = 0.1;
  const run::ManualClock clock;
  const auto gate = [&](std::uint64_t seed) {
    seeds.clear();
    const GateInputs inputs{suite,        champion, candidate, agents, policy, nullptr,
                            policy.alpha, {},       seed,      2,      {},     clock};
    run::Journal journal(folder.File("journal" + std::to_string(seed)), Fingerprint(inputs));
    return RunGate(inputs, journal);
  };
  const Verdict first = gate(1);
  auto champions = seeds["champion"], candidates = seeds["candidate"];
  EXPECT_GE(static_cast<std::int64_t>(champions.size()), first.pairs.n);
  std::sort(champions.begin(), champions.end());
  std::sort(candidates.begin(), candidates.end());
  const std::set<std::uint64_t> before(champions.begin(), champions.end());
  EXPECT_EQ(before.size(), champions.size()) << "no run of the champion is counted twice";
  gate(2);
  for (const std::uint64_t seed : seeds["champion"]) EXPECT_FALSE(before.contains(seed));
}

TEST(Trap, RelativeThresholdsOnPointEstimates) {
  // Half as many successes again, and nothing shown: 3 of 10 against 2 of 10.
  const Verdict few = CompareText(CsvOf("1100000000", 10), CsvOf("1110000000", 10));
  EXPECT_NE(few.kind, VerdictKind::kPromote);
  // A mean cost 8 % up, limit 10 %: the point lies inside, the interval does not.
  const auto costs = [](const char* success, double usual, double rare) {
    std::string text = "task_id,success,cost\n";
    for (int i = 0; i < 200; ++i) {
      text += "t" + std::to_string(i) + "," + success[i % 4] + "," +
              std::to_string(i % 50 == 3 ? rare : usual) + "\n";
    }
    return text;
  };
  const GatePolicy policy =
      PolicyOf("resources: {cost: {max_ratio: 1.1, cap: 100, expected: 1}}\n");
  ComparisonOptions options;
  options.policy = policy;
  const Verdict noisy = CompareText(costs("1000", 1, 1), costs("1110", 1, 5), options);
  ASSERT_TRUE(noisy.resources.at(0).ratio);
  EXPECT_LT(*noisy.resources[0].ratio, 1.1);
  EXPECT_NE(noisy.kind, VerdictKind::kPromote);
  // And a noisy point above the limit is no proof that it is broken.
  const Verdict dear = CompareText(costs("1000", 1, 1), costs("1110", 1, 8), options);
  EXPECT_GT(*dear.resources.at(0).ratio, 1.1);
  EXPECT_NE(dear.kind, VerdictKind::kBlock);
  EXPECT_NE(dear.kind, VerdictKind::kPromote);
}

}  // namespace
}  // namespace kedge::gate
