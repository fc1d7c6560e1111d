// Paired results of real agents, computed elsewhere with exact rational arithmetic.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/proportion_intervals.h"
#include "tests/testing/needs.h"

namespace kedge::stats {
namespace {

void ExpectInterval(const Interval& got, const Json& want, const std::string& where) {
  EXPECT_NEAR(got.low, want.at(0).get<double>(), 6e-9) << where;
  EXPECT_NEAR(got.high, want.at(1).get<double>(), 6e-9) << where;
}

void ExpectPair(const Json& row, const std::string& where) {
  const PairedCounts counts{row.at("both_pass"), row.at("only_A"), row.at("only_B"),
                            row.at("neither")};
  const McnemarResult r = McnemarTest(counts.only_champion, counts.only_candidate);
  const double exact = row.at("mcnemar_exact_p");
  const double midp = row.at("mcnemar_mid_p");
  EXPECT_NEAR(r.exact_two_sided / exact, 1, 1e-9) << where;
  EXPECT_NEAR(r.midp_two_point / midp, 1, 1e-9) << where;
  ExpectInterval(WaldPairedDifference(counts, .95).interval, row.at("wald95"), where);
  ExpectInterval(AgrestiMinPairedDifference(counts, .95).interval, row.at("agresti_min95"), where);
  EXPECT_NEAR(Newcombe10(counts, .95).difference, row.at("diff_B_minus_A").get<double>(), 1e-9);
}

class RecordedPairs : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedPairs, Agree) {
  KEDGE_NEED_DATA();
  const std::string path = testing::SharedPath(std::string("data/truth/") + GetParam());
  const Json rows = ParseJson(ReadFile(path), path);
  std::vector<double> p;
  for (const Json& row : rows) {
    const std::string where =
        row.at("A").get<std::string>() + " vs " + row.at("B").get<std::string>();
    if (row.contains("only_A")) {
      ExpectPair(row, where);
      p.push_back(McnemarTest(row.at("only_A"), row.at("only_B")).exact_two_sided);
    }
    for (const char* part : {"utility", "attack_success"}) {
      if (row.contains(part)) ExpectPair(row.at(part), where + " " + part);
    }
  }
  ASSERT_FALSE(rows.empty());
  if (p.empty()) return;
  const std::vector<double> holm = HolmAdjust(p);
  const std::vector<double> bh = BenjaminiHochbergAdjust(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(holm[i] / rows[i].at("holm_p").get<double>(), 1, 1e-9);
    EXPECT_NEAR(bh[i] / rows[i].at("bh_q").get<double>(), 1, 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, RecordedPairs,
                         ::testing::Values("swebench_verified_pairs.json",
                                           "terminalbench_pairs.json", "tau2_pairs.json",
                                           "agentdojo_pairs.json"));

}  // namespace
}  // namespace kedge::stats
