// That the words of rules suffice for this desk: all that its quirks teach, written down by
// somebody who has seen their parameters, solves nine tasks in ten of those that can be solved.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/tasksuites/bundled_suite.h"

namespace kedge {
namespace {

using strategy::Operation;
using testing::kDispatch;

/// A rule, and a gate family that lives on it.
struct WrittenRule {
  std::string id;
  Json when;
  Json then;
  std::string family;
};

Json ParameterValues(const suite::Suite& suite, const std::string& quirk, const std::string& name) {
  world::Session session(suite.world());
  Json values = Json::array();
  for (const Json& row : session.Query("SELECT value FROM quirk_parameter WHERE quirk = '" + quirk +
                                       "' AND name = '" + name + "' ORDER BY value")) {
    values.push_back(row["value"]);
  }
  return values;
}

/// What there is to know, in this variant.
std::vector<WrittenRule> AllRules(const suite::Suite& suite) {
  const auto one = [&](const char* quirk, const char* name) {
    return ParameterValues(suite, quirk, name)[0];
  };
  std::vector<WrittenRule> rules;
  for (const char* quirk : {"uncleared", "uninspected"}) {
    rules.push_back({quirk,
                     {{"tool", "release_parcel"},
                      {"error", "held"},
                      {"seen", {{"customs_class", ParameterValues(suite, quirk, "affects")}}}},
                     {{"recover", one(quirk, "tool")}},
                     "release_parcels"});
  }
  rules.push_back({"unweighed",
                   {{"tool", "book_pickup"},
                    {"seen", {{"weight_kg", {{"at_least", one("unweighed", "limit")}}}}}},
                   {{"call_first", one("unweighed", "tool")}},
                   "fetch_parcels"});
  rules.push_back({"unpaid",
                   {{"tool", "refund_parcel"}, {"seen", {{"payment", one("unpaid", "affects")}}}},
                   {{"stop", "I am sorry, I cannot do that."}},
                   "refund_parcels"});
  rules.push_back({"stale_depot",
                   {{"tool", "reroute_parcel"}, {"argument", "depot"}},
                   {{"prefer", "tool:" + one("stale_depot", "tool").get<std::string>()}},
                   "reroute_parcels"});
  rules.push_back({"unreferenced",
                   {{"tool", "store_parcel"}, {"error", "reference_missing"}},
                   {{"set", {{"reference", one("unreferenced", "text")}}}},
                   "store_parcels"});
  rules.push_back({"unreachable",
                   {{"tool", "send_notice"}, {"error", "unreachable"}},
                   {{"instead", one("unreachable", "tool")}},
                   "tell_customers"});
  return rules;
}

/// The champion with these rules beside its own.
strategy::Strategy Knowing(const std::vector<WrittenRule>& rules) {
  std::vector<Operation> operations;
  for (const WrittenRule& rule : rules) {
    const Json guideline = {{"text", "What to do about " + rule.id + "."},
                            {"status", "active"},
                            {"when", rule.when},
                            {"then", rule.then}};
    operations.push_back({"add", rule.id, guideline});
  }
  const strategy::Strategy champion = kDispatch.Strategy("champion");
  strategy::Strategy knowing =
      strategy::Apply(champion, champion.hash(), operations, "knowing", {});
  for (const strategy::Guideline& guideline : knowing.guidelines()) {
    EXPECT_EQ(guideline.status, "active") << guideline.id << " is not understood";
  }
  return knowing;
}

using Rates = std::map<std::string, double>;

Rates RatesWith(const std::shared_ptr<const suite::Suite>& suite,
                const std::vector<WrittenRule>& rules) {
  return testing::RatesOf(kDispatch.RunOnce(suite, Knowing(rules), 1));
}

/// Of the tasks that can be solved: seven families of eight.
double OfSolvable(const Rates& rates) { return rates.at("") * 8 / 7; }

TEST(DispatchRules, WhoKnowsAllQuirksSolvesNineTasksInTenWhateverTheVariant) {
  constexpr std::uint64_t kVariants = 5;
  double knowing = 0;
  for (std::uint64_t variant = 0; variant < kVariants; ++variant) {
    const auto suite = kDispatch.Load("gate", variant + 1, variant);
    const double rate = OfSolvable(RatesWith(suite, AllRules(*suite)));
    const double champion = OfSolvable(RatesWith(suite, {}));
    std::cout << "variant " << variant << ": " << rate << ", champion " << champion << "\n";
    knowing += rate / kVariants;
    EXPECT_GE(rate, 0.86) << variant;
    EXPECT_GE(champion, 0.30) << variant;
    EXPECT_LE(champion, 0.60) << variant;
  }
  EXPECT_GE(knowing, 0.90);
}

TEST(DispatchRules, EachOfThemIsWorthSomething) {
  const auto suite = kDispatch.Load("gate");
  const std::vector<WrittenRule> rules = AllRules(*suite);
  const Rates all = RatesWith(suite, rules);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    std::vector<WrittenRule> others = rules;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const std::string& family = rules[i].family;
    const double without = RatesWith(suite, others).at(family);
    std::cout << family << " " << all.at(family) << ", " << without << " without " << rules[i].id
              << "\n";
    EXPECT_GE(all.at(family) - without, 0.20) << rules[i].id;
  }
}

// A rule without its condition on values does good to some and harm to others.
TEST(DispatchRules, TheirConditionsAreWorthSomethingToo) {
  const auto suite = kDispatch.Load("gate");
  const std::vector<WrittenRule> rules = AllRules(*suite);
  const Rates all = RatesWith(suite, rules);
  int wide = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].when.contains("seen")) continue;
    ++wide;
    std::vector<WrittenRule> changed = rules;
    changed[i].when.erase("seen");
    std::swap(changed[i], changed[0]);  // the first that speaks is tried first
    const std::string& family = rules[i].family;
    const double rate = RatesWith(suite, changed).at(family);
    std::cout << family << " " << all.at(family) << ", " << rate << " with a wide " << rules[i].id
              << "\n";
    EXPECT_GE(all.at(family) - rate, 0.15) << rules[i].id;
  }
  EXPECT_EQ(wide, 4);
}

}  // namespace
}  // namespace kedge
