// That the words of rules suffice for this desk: all that its quirks teach, written by hand, solves
// nine tasks in ten of those that can be solved.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/tasksuites/bundled_suite.h"

namespace kedge {
namespace {

using strategy::Operation;
using testing::kDispatch;

/// A rule that somebody who knows variant 0 would write, and a gate family that lives on it.
struct WrittenRule {
  const char* id;
  const char* when;
  const char* then;
  const char* family;
};

const WrittenRule kAllRules[] = {
    {"clear",
     R"({"tool": "release_parcel", "error": "held", "seen": {"customs_class": ["goods", "samples"]}})",
     R"({"recover": "clear_customs"})", "release_parcels"},
    {"inspect",
     R"({"tool": "release_parcel", "error": "held", "seen": {"customs_class": ["food", "medicine"]}})",
     R"({"recover": "inspect_parcel"})", "release_parcels"},
    {"weigh", R"({"tool": "book_pickup", "seen": {"weight_kg": {"at_least": 20}}})",
     R"({"call_first": "weigh_parcel"})", "fetch_parcels"},
    {"cod", R"({"tool": "refund_parcel", "seen": {"payment": "cod"}})",
     R"({"stop": "I am sorry, I cannot do that."})", "refund_parcels"},
    {"hub", R"({"tool": "reroute_parcel", "argument": "depot"})", R"({"prefer": "tool:route_of"})",
     "reroute_parcels"},
    {"reference", R"({"tool": "store_parcel", "error": "reference_missing"})",
     R"({"set": {"reference": "KX-204"}})", "store_parcels"},
    {"letter", R"({"tool": "send_notice", "error": "unreachable"})",
     R"({"instead": "write_letter"})", "tell_customers"},
};

using Rates = std::map<std::string, double>;

Rates GateRates(const strategy::Strategy& strategy, std::uint64_t seed) {
  return testing::RatesOf(kDispatch.RunOnce(kDispatch.Load("gate", seed), strategy, 1));
}

/// The champion with these rules beside its own.
strategy::Strategy Knowing(const std::vector<WrittenRule>& rules) {
  std::vector<Operation> operations;
  for (const WrittenRule& rule : rules) {
    const Json guideline = {{"text", std::string("The rule ") + rule.id + "."},
                            {"status", "active"},
                            {"when", ParseJson(rule.when)},
                            {"then", ParseJson(rule.then)}};
    operations.push_back({"add", rule.id, guideline});
  }
  const strategy::Strategy champion = kDispatch.Strategy("champion");
  return strategy::Apply(champion, champion.hash(), operations, "knowing", {});
}

std::vector<WrittenRule> AllBut(const std::string& id) {
  std::vector<WrittenRule> rules;
  for (const WrittenRule& rule : kAllRules) {
    if (rule.id != id) rules.push_back(rule);
  }
  return rules;
}

/// Of the tasks that can be solved: seven families of eight.
double OfSolvable(const Rates& rates) { return rates.at("") * 8 / 7; }

TEST(DispatchRules, WhoKnowsAllQuirksSolvesNineTasksInTen) {
  const strategy::Strategy knowing = Knowing(AllBut(""));
  for (const strategy::Guideline& guideline : knowing.guidelines()) {
    EXPECT_EQ(guideline.status, "active") << guideline.id;
  }
  for (const std::uint64_t seed : {1, 2, 3}) {
    const double rate = OfSolvable(GateRates(knowing, seed));
    const double champion = OfSolvable(GateRates(kDispatch.Strategy("champion"), seed));
    std::cout << "suite seed " << seed << ": " << rate << ", champion " << champion << "\n";
    EXPECT_GE(rate, 0.90) << seed;
    EXPECT_GE(champion, 0.30) << seed;
    EXPECT_LE(champion, 0.60) << seed;
  }
}

TEST(DispatchRules, EachOfThemIsWorthSomething) {
  const Rates all = GateRates(Knowing(AllBut("")), 1);
  for (const WrittenRule& rule : kAllRules) {
    const Rates without = GateRates(Knowing(AllBut(rule.id)), 1);
    EXPECT_GE(all.at(rule.family) - without.at(rule.family), 0.10) << rule.id;
    std::cout << "without " << rule.id << ": " << rule.family << " " << without.at(rule.family)
              << ", all " << without.at("") << "\n";
  }
}

// A rule without its condition on values does good to some and harm to others.
TEST(DispatchRules, TheirConditionsAreWorthSomethingToo) {
  const Rates all = GateRates(Knowing(AllBut("")), 1);
  const WrittenRule wide[] = {
      {"clear", R"({"tool": "release_parcel", "error": "held"})", R"({"recover": "clear_customs"})",
       "release_parcels"},
      {"inspect", R"({"tool": "release_parcel", "error": "held"})",
       R"({"recover": "inspect_parcel"})", "release_parcels"},
      {"weigh", R"({"tool": "book_pickup"})", R"({"call_first": "weigh_parcel"})", "fetch_parcels"},
      {"cod", R"({"tool": "refund_parcel"})", R"({"stop": "I am sorry, I cannot do that."})",
       "refund_parcels"},
  };
  for (const WrittenRule& rule : wide) {
    std::vector<WrittenRule> rules = AllBut(rule.id);
    rules.insert(rules.begin(), rule);
    const Rates rates = GateRates(Knowing(rules), 1);
    EXPECT_GE(all.at(rule.family) - rates.at(rule.family), 0.15) << rule.id;
    std::cout << "wide " << rule.id << ": " << rule.family << " " << rates.at(rule.family) << "\n";
  }
}

}  // namespace
}  // namespace kedge
