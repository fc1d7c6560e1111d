// The gate on public results of real agents: bars R1 and R2.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/stats/montecarlo/simulation.h"
#include "tests/testing/needs.h"

namespace kedge::stats_sim {
namespace {

// One JSON object per line: {"subject_id", "responses": {task: value}}.
std::vector<Json> ReadSubjects(const std::string& path) {
  std::vector<Json> subjects;
  LineReader reader(path);
  while (const auto line = reader.Next()) {
    if (!line->empty()) subjects.push_back(ParseJson(*line, path));
  }
  return subjects;
}

// Two different trials of every task with two or more, in random order of tasks.
std::vector<double> SelfDifferences(const Json& responses, Random& random) {
  std::vector<double> differences;
  for (const auto& [task, trials] : responses.items()) {
    const auto n = trials.at("trials").get<std::uint64_t>();
    const auto successes = trials.at("successes").get<std::uint64_t>();
    if (n < 2) continue;
    const bool first = random.Below(n) < successes;
    const bool second = random.Below(n - 1) < successes - (first ? 1 : 0);
    differences.push_back((second ? 1 : 0) - (first ? 1 : 0));
  }
  random.Shuffle(differences);
  return differences;
}

GateRun RunOn(const stats::GateDesign& design, const std::vector<double>& differences) {
  std::size_t next = 0;
  return RunGate(design, [&](int) { return differences[next++]; });
}

TEST(RealAgents, R1TerminalBenchAgainstItself) {
  KEDGE_NEED_DATA();
  const auto subjects =
      ReadSubjects(testing::SharedPath("data/agent-results/terminalbench.responses_raw.jsonl.gz"));
  constexpr std::int64_t kRepeats = 25;
  const auto runs =
      Replicate(static_cast<std::int64_t>(subjects.size()) * kRepeats, 50001, [&](Random& random) {
        const Json& subject = subjects[random.Below(subjects.size())];
        const auto d = SelfDifferences(subject.at("responses"), random);
        return RunOn(SingleSuite(.10, .25, static_cast<std::int64_t>(d.size())), d);
      });
  const Tally t = Summarise(runs);
  Report("R1", "Terminal-Bench A/A, delta* .10, " + std::to_string(runs.size()) + " runs",
         "PROMOTE " + Digits(t.promote) + "  BLOCK " + Digits(t.block) + "  pairs " +
             Digits(t.pairs, 0));
  EXPECT_LE(t.promote, UpperBar(.05, t.count));
  EXPECT_LE(t.block, UpperBar(.05, t.count));
}

struct AgentPair {
  std::vector<double> differences;  // in the order of the file
  double gap = 0;
};

std::vector<AgentPair> AllPairs(const std::vector<Json>& subjects) {
  std::vector<std::vector<double>> outcomes;
  for (const Json& s : subjects) {
    std::vector<double> row;
    for (const auto& [task, value] : s.at("responses").items()) row.push_back(value.get<double>());
    outcomes.push_back(row);
  }
  std::vector<AgentPair> pairs;
  for (std::size_t a = 0; a < outcomes.size(); ++a) {
    for (std::size_t b = a + 1; b < outcomes.size(); ++b) {
      AgentPair pair;
      // Half of the pairs are judged with the roles swapped.
      const double sign = (a + b) % 2 == 0 ? 1 : -1;
      for (std::size_t i = 0; i < outcomes[a].size(); ++i) {
        pair.differences.push_back(sign * (outcomes[b][i] - outcomes[a][i]));
        pair.gap += pair.differences.back();
      }
      pair.gap /= static_cast<double>(pair.differences.size());
      pairs.push_back(std::move(pair));
    }
  }
  return pairs;
}

struct Band {
  double runs = 0;
  double right = 0;
  double wrong = 0;
  double pairs = 0;

  void Add(const GateRun& run, double gap) {
    const auto good = gap > 0 ? stats::Verdict::kPromote : stats::Verdict::kBlock;
    const auto bad = gap > 0 ? stats::Verdict::kBlock : stats::Verdict::kPromote;
    runs += 1;
    right += run.verdict == good;
    wrong += run.verdict == bad;
    pairs += static_cast<double>(run.pairs);
  }
  std::string Text() const {
    return "right " + Digits(right / runs) + "  wrong " + Digits(wrong, 0) + "  mean " +
           Digits(pairs / runs, 0) + " of 500 tasks (" + Digits(runs, 0) + " pairs)";
  }
};

TEST(RealAgents, R2SweBenchInRandomOrder) {
  KEDGE_NEED_DATA();
  const auto subjects =
      ReadSubjects(testing::SharedPath("data/agent-results/swebench_verified.responses.jsonl.gz"));
  const std::vector<AgentPair> pairs = AllPairs(subjects);
  ASSERT_EQ(pairs.at(0).differences.size(), 500U);
  const auto design = SingleSuite(.05, .35, 500);
  std::vector<GateRun> runs(pairs.size());
  ParallelFor(pairs.size(), 2, [&](std::size_t i) {
    Random random(51001, i);
    std::vector<double> d = pairs[i].differences;
    random.Shuffle(d);
    runs[i] = RunOn(design, d);
  });
  Band clear;
  Band middle;
  Band any;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double gap = std::fabs(pairs[i].gap);
    if (gap >= .08) clear.Add(runs[i], pairs[i].gap);
    if (gap >= .05 && gap < .08) middle.Add(runs[i], pairs[i].gap);
    if (gap >= .02) any.Add(runs[i], pairs[i].gap);
  }
  Report("R2", "SWE-bench Verified, gap >= 8 points", clear.Text());
  Report("R2", "gap 5-8 points", middle.Text());
  Report("R2", "gap >= 2 points", any.Text());
  EXPECT_GE(clear.right / clear.runs, .99);
  EXPECT_LE(clear.pairs / clear.runs, 200);
  EXPECT_GE(middle.right / middle.runs, .95);
  EXPECT_LE(middle.pairs / middle.runs, 300);
  EXPECT_EQ(any.wrong, 0);
}

}  // namespace
}  // namespace kedge::stats_sim
