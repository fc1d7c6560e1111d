// Comparisons of published runs, against figures computed independently in exact arithmetic.
#include <gtest/gtest.h>

#include <map>

#include "harness/gate/comparison.h"
#include "harness/gate/comparison_figures.h"
#include "harness/stats/multiplicity.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

constexpr double kPrinted = 0.6e-8;  // intervals are printed with 8 decimals

Json Truth(const std::string& name) {
  return ParseJson(testing::ReadWholeFile(testing::SharedPath("data/truth/" + name)));
}

std::string Data(const std::string& name) { return testing::SharedPath("data/" + name); }

// Several rows of a truth file name the same runs; reading those is most of the work.
const agent::RecordedOutcomes& ReadAsRecorded(const std::string& spec) {
  static std::map<std::string, agent::RecordedOutcomes> cache;
  const auto it = cache.find(spec);
  if (it != cache.end()) return it->second;
  trace::ReadOptions read;
  read.errors_as_recorded = true;
  return cache[spec] = agent::ReadRecorded(spec, read);
}

Verdict CompareAsRecorded(const std::string& champion, const std::string& candidate) {
  return CompareRecorded(ReadAsRecorded(champion), ReadAsRecorded(candidate), {});
}

void ExpectInterval(const Json& got, const Json& truth) {
  EXPECT_NEAR(got["low"].get<double>(), truth[0].get<double>(), kPrinted);
  EXPECT_NEAR(got["high"].get<double>(), truth[1].get<double>(), kPrinted);
  EXPECT_EQ(got["level"], 0.95);
}

// A table with its tests and intervals, as printed in `details`.
void ExpectTable(const Json& got, const Json& truth) {
  EXPECT_EQ(got["n"], truth["n"]);
  EXPECT_EQ(got["both"], truth["both_pass"]);
  EXPECT_EQ(got["only_champion"], truth["only_A"]);
  EXPECT_EQ(got["only_candidate"], truth["only_B"]);
  EXPECT_EQ(got["neither"], truth["neither"]);
  EXPECT_EQ(got["both"].get<int>() + got["only_champion"].get<int>(), truth["pass_A"]);
  EXPECT_EQ(got["both"].get<int>() + got["only_candidate"].get<int>(), truth["pass_B"]);
  EXPECT_NEAR(got["estimate"].get<double>(), truth["diff_B_minus_A"].get<double>(), 0.6e-10);
  EXPECT_NEAR(got["mcnemar"]["exact_p"].get<double>(), truth["mcnemar_exact_p"].get<double>(),
              1e-9);
  EXPECT_NEAR(got["mcnemar"]["mid_p"].get<double>(), truth["mcnemar_mid_p"].get<double>(), 1e-9);
  ExpectInterval(got["intervals"]["wald"], truth["wald95"]);
  ExpectInterval(got["intervals"]["agresti_min"], truth["agresti_min95"]);
}

// The public JSON of a whole comparison.
void ExpectComparison(const Verdict& verdict, const Json& truth) {
  const Json json = ToJson(verdict);
  ExpectTable(json["details"]["table"], truth);
  EXPECT_EQ(json["pairs"]["n"], truth["n"]);
  EXPECT_EQ(json["pairs"]["both"], truth["both_pass"]);
  EXPECT_EQ(json["pairs"]["only_champion"], truth["only_A"]);
  EXPECT_EQ(json["pairs"]["only_candidate"], truth["only_B"]);
  EXPECT_EQ(json["pairs"]["neither"], truth["neither"]);
  EXPECT_EQ(json["pairs"]["unpaired_champion"], truth["unpaired_A"]);
  EXPECT_EQ(json["pairs"]["unpaired_candidate"], truth["unpaired_B"]);
  EXPECT_EQ(json["mcnemar"], json["details"]["table"]["mcnemar"]);
  EXPECT_NEAR(json["delta"]["estimate"].get<double>(), truth["diff_B_minus_A"].get<double>(),
              0.6e-10);
  // With binary outcomes the sign-flip test is McNemar's exact one.
  EXPECT_NEAR(json["details"]["permutation"]["p_two_sided"].get<double>(),
              truth["mcnemar_exact_p"].get<double>(), 1e-9);
}

// holm_p and bh_q over the rows of a file.
void ExpectAdjusted(const Json& rows, const std::vector<double>& exact_p) {
  const std::vector<double> holm = stats::HolmAdjust(exact_p);
  const std::vector<double> bh = stats::BenjaminiHochbergAdjust(exact_p);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_NEAR(holm[i], rows[i]["holm_p"].get<double>(), 1e-9);
    EXPECT_NEAR(bh[i], rows[i]["bh_q"].get<double>(), 1e-9);
  }
}

class MatrixPairs : public ::testing::TestWithParam<const char*> {};

TEST_P(MatrixPairs, EveryFigure) {
  KEDGE_NEED_DATA();
  const std::string name = GetParam();
  const Json rows = Truth(name + "_pairs.json");
  EXPECT_GE(rows.size(), 20u);
  const std::string file = Data("agent-results/" + name + ".responses.jsonl.gz#");
  std::vector<double> exact_p;
  for (const Json& row : rows) {
    const Verdict verdict =
        CompareAsRecorded(file + row["A"].get<std::string>(), file + row["B"].get<std::string>());
    ExpectComparison(verdict, row);
    exact_p.push_back(*verdict.mcnemar_exact_p);
    if (::testing::Test::HasFailure()) FAIL() << row["A"] << " " << row["B"];
  }
  ExpectAdjusted(rows, exact_p);
}

INSTANTIATE_TEST_SUITE_P(Files, MatrixPairs,
                         ::testing::Values("swebench_verified", "terminalbench"));

TEST(Tau2Pairs, EveryFigure) {
  KEDGE_NEED_DATA();
  const Json rows = Truth("tau2_pairs.json");
  std::vector<double> exact_p;
  for (const Json& row : rows) {
    const auto file = [&row](const char* side) {
      return Data("tau2-bench/sims/" + row[side].get<std::string>() + ".json.gz");
    };
    const Verdict verdict = CompareAsRecorded(file("A"), file("B"));
    ExpectComparison(verdict, row);
    exact_p.push_back(*verdict.mcnemar_exact_p);
  }
  ExpectAdjusted(rows, exact_p);
}

TEST(AgentDojoPairs, EveryFigureOfUtilityAndAttackSuccess) {
  KEDGE_NEED_DATA();
  const Json rows = Truth("agentdojo_pairs.json");
  EXPECT_GT(rows.size(), 20u);
  for (const Json& row : rows) {
    const std::string kind = row["kind"];
    const auto file = [&](const char* side) {
      return Data("agentdojo/" + row[side].get<std::string>() + "__" +
                  row["suite"].get<std::string>() + ".jsonl.gz#" + kind);
    };
    const Verdict verdict = CompareAsRecorded(file("A"), file("B"));
    ExpectComparison(verdict, row["utility"]);
    EXPECT_EQ(row.contains("attack_success"), !verdict.guards.empty());
    if (row.contains("attack_success")) {
      const Json& truth = row["attack_success"];
      ExpectTable(verdict.details["guards"]["attack_success"], truth);
      EXPECT_EQ(verdict.guards[0].champion_violations, truth["pass_A"]);
      EXPECT_EQ(verdict.guards[0].candidate_violations, truth["pass_B"]);
      EXPECT_EQ(verdict.guards[0].exposure, truth["n"]);
    }
  }
}

TEST(TauBench, TrialAgainstTrial) {
  KEDGE_NEED_DATA();
  for (const Json& run : Truth("tau_bench.json")) {
    const std::string file = Data("tau-bench/" + run["file"].get<std::string>());
    EXPECT_EQ(run["trial_vs_trial"].size(), 6u);
    for (const Json& row : run["trial_vs_trial"]) {
      const auto trial = [&](const char* side) {
        return file + "#trial=" + row[side].get<std::string>().substr(6);
      };
      const Verdict verdict = CompareAsRecorded(trial("A"), trial("B"));
      ExpectComparison(verdict, row);
      EXPECT_NE(verdict.kind, VerdictKind::kPromote) << "the same agent twice";
      EXPECT_NE(verdict.kind, VerdictKind::kBlock) << "the same agent twice";
    }
  }
}

// The arms' own figures as the comparison prints them.
TEST(ArmFigures, MatchTheSources) {
  KEDGE_NEED_DATA();
  const auto expect_pass = [](const Json& figures, const Json& row) {
    for (const Json& pass : figures["pass"]) {
      const std::string k = std::to_string(pass["k"].get<int>());
      const Json hat = row.value("pass_hat_" + k, Json());
      const Json at = row.value("pass_at_" + k, Json());
      if (hat.is_number()) {
        EXPECT_NEAR(pass["hat"].get<double>(), hat.get<double>(), 1e-12);
      }
      if (at.is_number()) {
        EXPECT_NEAR(pass["at"].get<double>(), at.get<double>(), 1e-12);
      }
    }
  };
  const std::string raw = Data("agent-results/terminalbench.responses_raw.jsonl.gz#");
  for (const Json& row : Truth("terminalbench_passk.json")) {
    const Json figures =
        ArmFigures(agent::ReadRecorded(raw + row["subject_id"].get<std::string>()));
    EXPECT_EQ(figures["tasks"], row["tasks"]);
    EXPECT_EQ(figures["runs"], row["trials"]);
    EXPECT_EQ(figures["passed"], row["successes"]);
    EXPECT_EQ(figures["flaky_tasks"], row["flaky_tasks"]);
    EXPECT_GE(figures["pass"].size(), 5u);
    expect_pass(figures, row);
  }
  for (const Json& row : Truth("tau2_runs.json")) {
    const Json figures =
        ArmFigures(agent::ReadRecorded(Data("tau2-bench/sims/" + row["file"].get<std::string>())));
    EXPECT_EQ(figures["passed"], row["passed"]);
    EXPECT_DOUBLE_EQ(figures["mean_score"], row["mean_reward"]);
    expect_pass(figures, row);
  }
  for (const Json& row : Truth("tau_bench.json")) {
    const Json figures =
        ArmFigures(agent::ReadRecorded(Data("tau-bench/" + row["file"].get<std::string>())));
    EXPECT_EQ(figures["passed"], row["passed"]);
    EXPECT_DOUBLE_EQ(figures["mean_score"], row["mean_reward"]);
    EXPECT_EQ(figures["pass"].size(), 4u);
    expect_pass(figures, row);
  }
}

}  // namespace
}  // namespace kedge::gate
