// Every rule and every view on eight mebibytes of a text made to hurt it; speed_test.cc always runs
// smaller ones.
#include <gtest/gtest.h>

#include <iostream>
#include <iterator>

#include "guards/detect/detector.h"
#include "guards/detect/pack_reader.h"
#include "tests/guards/detect/hostile_text.h"
#include "tests/guards/detect/work_meter.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kBytes = std::size_t{8} << 20;

void Print(std::size_t count, const char* what, double worst) {
  std::cout << count << " " << what << ": time(8 MiB) / time(1 MiB) at most " << worst << ", in "
            << WorkMeter().unit() << "\n";
}

TEST(LinearityLongTest, EveryRuleOnEightMebibytes) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  std::size_t rules = 0;
  double worst = 0;
  for (const std::string& name : ShippedPackNames()) {
    const RulePack pack = ReadRulePack(ShippedPackFiles(name));
    for (const auto& rule : pack.rules) {
      ++rules;
      const ScanEngine engine({rule.get()}, HostList());
      const double ratio = RatioOfEight(Filled(HostilePiece(*rule), kBytes),
                                        [&](std::string_view text) { ScanOrRefuse(engine, text); });
      EXPECT_LE(ratio, kMostForEight) << name << " " << rule->id;
      worst = std::max(worst, ratio);
    }
  }
  EXPECT_GE(rules, 350U);
  Print(rules, "rules", worst);
}

TEST(LinearityLongTest, EveryViewOnEightMebibytes) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  const auto pack = DetectorPack::Combine(
      {"secrets/v1", "pii/v1", "injection/v1", "hidden/v1", "markdown-egress/v1"});
  double worst = 0;
  for (const char* piece : kViewPieces) {
    const double ratio = RatioOfEight(Filled(piece, kBytes),
                                      [&](std::string_view text) { ScanOrRefuse(*pack, text); });
    EXPECT_LE(ratio, kMostForEight) << piece;
    worst = std::max(worst, ratio);
  }
  Print(std::size(kViewPieces), "texts that make views", worst);
}

}  // namespace
}  // namespace kedge::guards
