// Every rule on eight mebibytes of a text made to hurt it; speed_test.cc always runs smaller ones.
#include <gtest/gtest.h>

#include <iostream>

#include "guards/detect/detector.h"
#include "guards/detect/pack_reader.h"
#include "tests/guards/detect/hostile_text.h"
#include "tests/guards/detect/work_meter.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

TEST(LinearityLongTest, EveryRuleOnEightMebibytes) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  constexpr std::size_t kBytes = std::size_t{8} << 20;
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
  std::cout << rules << " rules: time(8 MiB) / time(1 MiB) at most " << worst << ", in "
            << WorkMeter().unit() << "\n";
}

}  // namespace
}  // namespace kedge::guards
