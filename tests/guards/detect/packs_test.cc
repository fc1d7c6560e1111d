// Every shipped pack: loads, is checked by its own examples, and is what its name says.

#include <gtest/gtest.h>

#include <set>

#include "guards/detect/detector.h"
#include "guards/detect/pack_reader.h"
#include "harness/core/error.h"
#include "tests/core/expect_error.h"

namespace kedge::guards {
namespace {

class ShippedPackTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ShippedPackTest, EveryExampleHolds) {
  const RulePack pack = ReadRulePack(ShippedPackFiles(GetParam()));
  EXPECT_EQ(pack.name, GetParam());
  for (const auto& rule : pack.rules) {
    RulePack alone;
    alone.name = pack.name;
    EXPECT_FALSE(rule->no_match_examples.empty()) << rule->id;
  }
  EXPECT_NO_THROW(CheckExamples(pack));
}

INSTANTIATE_TEST_SUITE_P(All, ShippedPackTest, ::testing::ValuesIn(ShippedPackNames()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) {
                             if (c == '-' || c == '/') c = '_';
                           }
                           return name;
                         });

TEST(PacksTest, AreManyRulesTogether) {
  const auto all = DetectorPack::Combine({"secrets/v1", "pii/v1", "injection/v1"});
  EXPECT_GE(all->rules(), 350U);
}

}  // namespace
}  // namespace kedge::guards
