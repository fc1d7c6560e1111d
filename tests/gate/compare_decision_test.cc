// The verdict over recorded outcomes, and the ways in which others were fooled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "harness/core/random.h"
#include "harness/gate/comparison.h"
#include "harness/gate/comparison_text.h"
#include "tests/gate/compare_testing.h"

namespace kedge::gate {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Codes(const Verdict& verdict) {
  std::vector<std::string> codes;
  for (const Reason& reason : verdict.reasons) codes.push_back(reason.code);
  return codes;
}

Verdict Compare(const std::string& champion, const std::string& candidate,
                const ComparisonOptions& options = {}) {
  return CompareRecorded(FromCsv(champion, "a.csv"), FromCsv(candidate, "b.csv"), options);
}

// `columns` and rows made by `row(i)`.
std::string Table(const std::string& columns, int rows,
                  const std::function<std::string(int)>& row) {
  std::string text = columns + "\n";
  for (int i = 0; i < rows; ++i) text += row(i) + "\n";
  return text;
}

TEST(CompareVerdict, AClearGainIsPromoted) {
  const Verdict v = Compare(CsvOf("1000", 200), CsvOf("1110", 200));
  EXPECT_EQ(v.kind, VerdictKind::kPromote);
  EXPECT_EQ(ExitCode(v.kind), 0);
  EXPECT_THAT(Codes(v), Contains("improvement"));
  EXPECT_EQ(v.decision_method, "mcnemar_midp+newcombe10");
  EXPECT_DOUBLE_EQ(v.delta.estimate, 0.5);
  EXPECT_EQ(v.delta.level, 0.90);
}

TEST(CompareVerdict, SwappingTheArmsBlocks) {
  const Verdict v = Compare(CsvOf("1110", 200), CsvOf("1000", 200));
  EXPECT_EQ(v.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(v), Contains("regression:all"));
  EXPECT_DOUBLE_EQ(v.delta.estimate, -0.5);
}

TEST(CompareVerdict, NoDifferenceMustBeEarned) {
  const std::string a = CsvOf("1100", 2000);
  const std::string b = CsvOf("11001100110011001100110011001100110011000110", 2000);
  EXPECT_EQ(Compare(a, b).kind, VerdictKind::kHoldNoDifference);
  const Verdict few = Compare(CsvOf("1100", 40), CsvOf("1010", 40));
  EXPECT_EQ(few.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(few), Contains("underpowered"));
  EXPECT_FALSE(few.what_would_settle.empty());
}

TEST(CompareVerdict, ALossInOneStratumBlocksAndIsNamed) {
  const auto rows = [](char hard) {
    return Table("task_id,stratum,success", 300, [hard](int i) {
      const bool in_hard = i % 3 == 0;
      const char value = in_hard ? hard : hard == '1' ? '0' : '1';
      return "t" + std::to_string(i) + (in_hard ? ",hard," : ",easy,") + (i % 30 < 3 ? '1' : value);
    });
  };
  const Verdict v = Compare(rows('1'), rows('0'));
  EXPECT_GT(v.delta.estimate, 0.2);
  EXPECT_EQ(v.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(v), Contains("regression:hard"));
  EXPECT_THAT(Codes(v), Not(Contains("regression:easy")));
}

TEST(CompareVerdict, ARiseOfAGuardBlocksAGain) {
  const auto rows = [](const std::string& success, int violations) {
    return Table("task_id,success,guard:leak", 200, [&](int i) {
      return "t" + std::to_string(i) + "," + success[static_cast<std::size_t>(i) % 4] + "," +
             (i % 20 < violations ? "1" : "0");
    });
  };
  EXPECT_EQ(Compare(rows("1000", 1), rows("1110", 1)).kind, VerdictKind::kPromote);
  const Verdict v = Compare(rows("1000", 1), rows("1110", 4));
  EXPECT_EQ(v.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(v), Contains("guard_rate:leak"));
  ASSERT_EQ(v.guards.size(), 1u);
  EXPECT_EQ(v.guards[0].champion_violations, 10);
  EXPECT_EQ(v.guards[0].candidate_violations, 40);
  EXPECT_EQ(v.guards[0].exposure, 200);
}

TEST(CompareVerdict, AHardGuardAllowsNone) {
  const auto rows = [](const std::string& success, int violating) {
    return Table("task_id,success,guard:leak", 400, [&](int i) {
      return "t" + std::to_string(i) + "," + success[static_cast<std::size_t>(i) % 4] + "," +
             (i == violating ? "1" : "0");
    });
  };
  ComparisonOptions options;
  options.policy.hard_guards = {"leak"};
  EXPECT_EQ(Compare(rows("1000", 3), rows("1110", -1), options).kind, VerdictKind::kPromote);
  const Verdict v = Compare(rows("1000", -1), rows("1110", 7), options);
  EXPECT_EQ(v.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(v), Contains("hard_guard:leak"));
}

TEST(CompareVerdict, ResourceLimitsBlockOrHold) {
  const auto rows = [](const std::string& success, double cost, double spread) {
    return Table("task_id,success,cost", 200, [&](int i) {
      return "t" + std::to_string(i) + "," + success[static_cast<std::size_t>(i) % 4] + "," +
             std::to_string(cost + spread * (i % 7));
    });
  };
  ComparisonOptions options;
  ResourceLimit limit;
  limit.name = "cost";
  limit.max_ratio = 1.2;
  options.policy.resource_limits = {limit};
  const std::string champion = rows("1000", 1, 0.1);
  EXPECT_EQ(Compare(champion, rows("1110", 1, 0.1), options).kind, VerdictKind::kPromote);
  const Verdict dear = Compare(champion, rows("1110", 2, 0.1), options);
  EXPECT_EQ(dear.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(dear), Contains("budget:cost"));
  EXPECT_EQ(Compare(champion, CsvOf("1110", 200), options).kind, VerdictKind::kHoldInconclusive)
      << "an unknown cost never passes";
}

// --- Traps ---

TEST(CompareTrap, ComparedWithItself) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("a.csv"), CsvOf("1100", 400));
  const auto read = [&folder](const std::string& path) {
    return agent::ReadRecorded(folder.path() + path);
  };
  const Verdict v = CompareRecorded(read("/a.csv"), read("/./a.csv"), {});
  EXPECT_EQ(v.kind, VerdictKind::kHoldNoDifference);
  EXPECT_EQ(v.reasons.front().code, "compared_with_itself");
  testing::WriteFile(folder.File("copy.csv"), CsvOf("1100", 400));
  const Verdict copy = CompareRecorded(read("/a.csv"), read("/copy.csv"), {});
  EXPECT_EQ(copy.kind, VerdictKind::kHoldNoDifference);
  EXPECT_EQ(copy.reasons.front().code, "identical_outcomes");
  for (const int tasks : {1, 5, 6, 29, 30, 31}) {
    const Verdict few = Compare(CsvOf("10", tasks), CsvOf("10", tasks));
    EXPECT_EQ(few.kind, VerdictKind::kHoldInconclusive) << tasks;
  }
}

TEST(CompareTrap, DeletingFailedCasesFromTheCandidatesResults) {
  const std::string champion = CsvOf("1010", 200);
  EXPECT_NE(Compare(champion, CsvOf("1010", 200)).kind, VerdictKind::kPromote);
  const std::string only_passes =
      Table("task_id,success", 100, [](int i) { return "t" + std::to_string(2 * i) + ",1"; });
  const Verdict v = Compare(champion, only_passes);
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(v), Contains("data_quality"));
  EXPECT_EQ(v.pairs.unpaired_champion, 100);
}

TEST(CompareTrap, DeletingFailedTrials) {
  const auto rows = [](bool deleted) {
    std::string text = "task_id,trial,success\n";
    for (int i = 0; i < 400; ++i) {
      if (deleted && i % 2 == 1) continue;
      text += "t" + std::to_string(i / 4) + "," + std::to_string(i % 4) + "," +
              (i % 2 == 0 ? "1" : "0") + "\n";
    }
    return text;
  };
  EXPECT_THAT(Codes(Compare(rows(false), rows(true))), Contains("data_quality"));
  EXPECT_NE(Compare(rows(false), rows(true)).kind, VerdictKind::kPromote);
}

TEST(CompareTrap, DeletingAWholeStratum) {
  const auto rows = [](const std::string& success, bool with_hard) {
    std::string text = "task_id,stratum,success\n";
    for (int i = 0; i < 400; ++i) {
      const bool hard = i % 2 == 0;
      if (hard && !with_hard) continue;
      text += "t" + std::to_string(i) + (hard ? ",hard," : ",easy,") +
              success[static_cast<std::size_t>(i) % 8] + "\n";
    }
    return text;
  };
  const Verdict v = Compare(rows("11000000", true), rows("11110101", false));
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(v), Contains("data_quality"));
  EXPECT_THAT(v.reasons.front().text, HasSubstr("hard"));
}

TEST(CompareTrap, CallingFailuresInfrastructure) {
  const std::string champion = CsvOf("1010", 200);
  const auto candidate = [](int broken_of_twenty) {
    return Table("task_id,success,error", 200, [broken_of_twenty](int i) {
      const bool broken = i % 20 < broken_of_twenty;
      return "t" + std::to_string(i) + (broken ? ",,judge down" : i % 4 == 1 ? ",0," : ",1,");
    });
  };
  EXPECT_EQ(Compare(champion, candidate(0)).kind, VerdictKind::kPromote);
  const Verdict many = Compare(champion, candidate(2));
  EXPECT_EQ(many.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(many), Contains("data_quality"));
  EXPECT_EQ(many.pairs.dropped, 20);
}

TEST(CompareTrap, LossesToInfrastructureThatDifferBetweenTheArms) {
  const std::string champion = CsvOf("1000", 400);
  const auto candidate = [](int broken) {
    return Table("task_id,success,error", 400, [broken](int i) {
      return "t" + std::to_string(i) + (i < broken ? ",,down" : i % 4 < 3 ? ",1," : ",0,");
    });
  };
  // 7 against 0: p = 2 / 2^7 = 0.016; 8 against 0: p = 0.0078 < 0.01, though 2 % are within 5 %.
  EXPECT_EQ(Compare(champion, candidate(7)).kind, VerdictKind::kPromote);
  const Verdict v = Compare(champion, candidate(8));
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(v), Contains("data_quality"));
}

TEST(CompareTrap, RepeatsCountedAsTasks) {
  const auto rows = [](const std::string& success, int trials) {
    std::string text = "task_id,trial,success\n";
    for (int i = 0; i < 36; ++i) {
      for (int k = 0; k < trials; ++k) {
        text += "t" + std::to_string(i) + "," + std::to_string(k) + "," +
                success[static_cast<std::size_t>(i) % success.size()] + "\n";
      }
    }
    return text;
  };
  const std::string a = "110010100101";
  const std::string b = "110110110101";
  const Verdict once = Compare(rows(a, 1), rows(b, 1));
  const Verdict ten = Compare(rows(a, 10), rows(b, 10));
  EXPECT_EQ(once.components[0].n, 36);
  EXPECT_EQ(ten.components[0].n, 36);
  EXPECT_DOUBLE_EQ(ten.p_up, once.p_up) << "repeating the same outcome is no evidence";
  EXPECT_EQ(ten.pairs.n, 360) << "shown for information, not decided by";
  EXPECT_LT(*ten.mcnemar_exact_p, *once.mcnemar_exact_p);
}

TEST(CompareTrap, ZeroVarianceIsNotAPass) {
  const auto rows = [](const char* score) {
    return Table("task_id,score", 50,
                 [score](int i) { return "t" + std::to_string(i) + "," + score; });
  };
  EXPECT_EQ(Compare(rows("0.25"), rows("0.75")).kind, VerdictKind::kHoldInconclusive);
}

TEST(CompareTrap, TooFewClustersSayNothing) {
  const auto rows = [](const std::string& success) {
    return Table("task_id,cluster,success", 100, [&success](int i) {
      return "t" + std::to_string(i) + ",c" + std::to_string(i % 5) + "," +
             success[static_cast<std::size_t>(i) % 4];
    });
  };
  const Verdict v = Compare(rows("1000"), rows("1110"));
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(v), Contains("too_few_clusters"));
}

TEST(CompareTrap, AGuardThatStoppedWatchingTheCandidate) {
  const auto rows = [](const std::string& success, bool watched) {
    return Table("task_id,success,guard:leak", 200, [&](int i) {
      return "t" + std::to_string(i) + "," + success[static_cast<std::size_t>(i) % 4] + "," +
             (watched || i < 100 ? "0" : "");
    });
  };
  const Verdict v = Compare(rows("1000", true), rows("1110", false));
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive);
  EXPECT_THAT(Codes(v), Contains("data_quality"));
  const Verdict never = Compare(rows("1000", true), CsvOf("1110", 200));
  EXPECT_EQ(never.kind, VerdictKind::kHoldInconclusive);
}

TEST(CompareVerdict, UnpairedTasksOfTheChampionNeedLeave) {
  const std::string champion = CsvOf("1000", 400);
  const std::string candidate = CsvOf("1110", 200);
  EXPECT_EQ(Compare(champion, candidate).kind, VerdictKind::kHoldInconclusive);
  ComparisonOptions options;
  options.allow_unpaired = true;
  EXPECT_EQ(Compare(champion, candidate, options).kind, VerdictKind::kPromote);
  EXPECT_EQ(Compare(candidate, champion).pairs.unpaired_candidate, 200);
  EXPECT_EQ(Compare(candidate, champion).kind, VerdictKind::kBlock)
      << "harm stays shown, whatever else the candidate ran";
}

TEST(CompareVerdict, TheSameSeedGivesTheSameBytes) {
  const auto rows = [](std::uint64_t seed) {
    Random random(seed);
    return Table("task_id,cluster,score", 100, [&random](int i) {
      return "t" + std::to_string(i) + ",c" + std::to_string(i % 10) + "," +
             std::to_string(random.Uniform());
    });
  };
  ComparisonOptions options;
  options.bootstrap = 200;
  const Verdict v = Compare(rows(1), rows(2), options);
  EXPECT_EQ(v.decision_method, "cluster_sign_flip");
  EXPECT_EQ(Digest(v), Digest(Compare(rows(1), rows(2), options)));
  options.seed = 2;
  EXPECT_NE(Digest(v), Digest(Compare(rows(1), rows(2), options)));
}

TEST(CompareVerdict, JsonHasThePublicFields) {
  const Json json = ToJson(Compare(CsvOf("1000", 40), CsvOf("1110", 40)));
  for (const char* field :
       {"verdict", "reasons", "pairs", "delta", "mcnemar", "guards", "exit_code", "decision"}) {
    EXPECT_TRUE(json.contains(field)) << field;
  }
  for (const char* field : {"n", "both", "only_champion", "only_candidate", "neither",
                            "unpaired_champion", "unpaired_candidate"}) {
    EXPECT_TRUE(json["pairs"][field].is_number_integer()) << field;
  }
  for (const char* field : {"estimate", "low", "high", "level"}) {
    EXPECT_TRUE(json["delta"][field].is_number()) << field;
  }
  EXPECT_TRUE(json["mcnemar"]["exact_p"].is_number());
  EXPECT_TRUE(json["mcnemar"]["mid_p"].is_number());
  EXPECT_TRUE(json["decision"]["method"].is_string());
  EXPECT_TRUE(json["details"]["summary"]["mde"].is_number());
}

TEST(CompareVerdict, PartialCreditHasNoIntervalsOfRates) {
  const auto rows = [](const char* score) {
    return Table("task_id,score", 40, [score](int i) {
      return "t" + std::to_string(i) + "," + (i % 3 == 0 ? "0.5" : score);
    });
  };
  const Verdict v = Compare(rows("0.25"), rows("0.75"));
  EXPECT_EQ(v.decision_method, "cr1_t");
  EXPECT_FALSE(v.details["table"].contains("intervals"));
  EXPECT_THAT(ComparisonText(v), HasSubstr("95 % interval of the mean: CR1 t [+"));
}

TEST(CompareText, ShowsTheVerdictAndNoRawControlCharacters) {
  const auto rows = [](const std::string& success) {
    return Table("task_id,success,subject", 40, [&success](int i) {
      return "t\x1b[31m" + std::to_string(i) + "," + success[static_cast<std::size_t>(i) % 4] +
             ",agent\x1b[2J";
    });
  };
  const Verdict v = Compare(rows("1000"), rows("1110"));
  const std::string text = ComparisonText(v);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("PROMOTE"));
  EXPECT_THAT(text, HasSubstr("McNemar two-sided: exact p"));
  EXPECT_THAT(text, HasSubstr("improvement: "));
}

// --- The published runs that are named as examples ---

agent::RecordedOutcomes Dojo(const std::string& file) {
  return agent::ReadRecorded(testing::SharedPath("data/agentdojo/" + file));
}

TEST(ComparePublished, ADefenceThatCostsUtilityIsNoImprovement) {
  KEDGE_NEED_DATA();
  const Verdict whole = CompareRecorded(Dojo("gpt-4o-2024-05-13__slack.jsonl.gz"),
                                        Dojo("gpt-4o-2024-05-13-tool_filter__slack.jsonl.gz"), {});
  EXPECT_NE(whole.kind, VerdictKind::kPromote);
  EXPECT_THAT(Codes(whole), Contains("possible_regression:important_instructions"));
  EXPECT_EQ(whole.guards.at(0).champion_violations, 97);
  EXPECT_EQ(whole.guards.at(0).candidate_violations, 9);
  const Verdict stratum = CompareRecorded(
      Dojo("gpt-4o-2024-05-13__slack.jsonl.gz#important_instructions"),
      Dojo("gpt-4o-2024-05-13-tool_filter__slack.jsonl.gz#important_instructions"), {});
  EXPECT_EQ(stratum.kind, VerdictKind::kBlock);
  EXPECT_THAT(Codes(stratum), Contains("regression:important_instructions"));
}

TEST(ComparePublished, ABetterAndSaferReleaseIsPromoted) {
  KEDGE_NEED_DATA();
  const Verdict v = CompareRecorded(Dojo("claude-3-5-sonnet-20240620__workspace.jsonl.gz"),
                                    Dojo("claude-3-5-sonnet-20241022__workspace.jsonl.gz"), {});
  EXPECT_EQ(v.kind, VerdictKind::kPromote);
  EXPECT_EQ(v.components[0].clusters, 40);
  EXPECT_EQ(v.guards.at(0).champion_violations, 76);
  EXPECT_EQ(v.guards.at(0).candidate_violations, 0);
}

TEST(ComparePublished, RunsThatBrokeAreNoOutcomes) {
  KEDGE_NEED_DATA();
  const Verdict v = CompareRecorded(Dojo("command-r-plus__workspace.jsonl.gz"),
                                    Dojo("claude-3-5-sonnet-20241022__workspace.jsonl.gz"), {});
  EXPECT_EQ(v.pairs.dropped, 21);
  EXPECT_EQ(v.kind, VerdictKind::kHoldInconclusive) << "21 of 280 pairs are 7.5 %";
  EXPECT_EQ(v.reasons.front().code, "data_quality");
}

TEST(ComparePublished, ALaterSuiteVersionLeavesUnpairedCases) {
  KEDGE_NEED_DATA();
  const Verdict v = CompareRecorded(Dojo("claude-3-5-sonnet-20241022__workspace.jsonl.gz"),
                                    Dojo("claude-3-7-sonnet-20250219__workspace.jsonl.gz"), {});
  EXPECT_EQ(v.pairs.n, 280);
  EXPECT_EQ(v.pairs.unpaired_champion, 0);
  EXPECT_EQ(v.pairs.unpaired_candidate, 320) << "8 more injections for each of 40 user tasks";
}

}  // namespace
}  // namespace kedge::gate
