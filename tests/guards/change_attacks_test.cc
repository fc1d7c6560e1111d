// The change guard against generated attacks and honest changes.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "tests/guards/change_scenarios.h"

namespace kedge::guards {
namespace {

std::vector<ChangeFinding> Judge(const ChangeWorld& world, const Scenario& scenario) {
  const auto candidate =
      strategy::Strategy::FromLayers("candidate", {}, scenario.layers, scenario.provenance);
  return CheckChange(world.champion, candidate, world.policy, world.evidence);
}

std::string Said(const std::vector<ChangeFinding>& findings) {
  std::string said;
  for (const ChangeFinding& finding : findings) {
    said += "\n  " + finding.rule + " " + finding.what + ": " + finding.message;
  }
  return said;
}

TEST(ChangeAttacks, AllTwoHundredAreRefusedForThePlantedReason) {
  const ChangeWorld world;
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    const Scenario attack = Attack(world, i, random);
    const auto findings = Judge(world, attack);
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                            [&](const ChangeFinding& f) { return f.rule == attack.rule; }))
        << i << " " << attack.name << ": expected " << attack.rule << Said(findings);
  }
}

TEST(ChangeAttacks, AtMostTwoPercentOfHonestChangesAreRefused) {
  const ChangeWorld world;
  Random random(12);
  int refused = 0;
  std::map<std::string, int> reasons;
  for (int i = 0; i < 500; ++i) {
    const auto findings = Judge(world, HonestChange(world, random));
    refused += !findings.empty();
    for (const ChangeFinding& finding : findings) ++reasons[finding.rule + ": " + finding.message];
  }
  for (const auto& [reason, count] : reasons) std::cout << count << "  " << reason << '\n';
  std::cout << "honest changes refused: " << refused << " of 500\n";
  EXPECT_LE(refused, 10);
}

}  // namespace
}  // namespace kedge::guards
