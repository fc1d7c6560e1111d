#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent_ref/reference_agent.h"
#include "harness/loop/learn_session.h"
#include "harness/loop/run_session.h"
#include "tests/tasksuites/retail.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using retail_testing::Bundled;
using retail_testing::Load;
using retail_testing::RetailPath;
using retail_testing::RunOnce;

strategy::Strategy FromOperations(const std::string& name) {
  const strategy::Strategy champion = Bundled("champion");
  return strategy::Apply(champion, champion.hash(),
                         strategy::LoadOperations(RetailPath("operations/" + name + ".yaml")), name,
                         {});
}

/// Does what make_candidates does: the exploring champion's dev traces.
std::string DevTraces(const testing::TempFolder& folder) {
  loop::RunSessionOptions options;
  options.suite_folder = RetailPath();
  options.strategy_folder = RetailPath("strategies/champion-exploring");
  options.split = "dev";
  options.trials = 6;
  options.output_folder = folder.File("dev");
  Observer observer;
  return loop::RunRunSession(options, agent_ref::ReferenceAgentFactory(), SystemClock(), observer)
      .traces;
}

void ExpectLearned(const std::string& name, loop::LearnSessionOptions options,
                   const testing::TempFolder& folder) {
  options.name = name;
  options.parent_folder = RetailPath("strategies/champion");
  options.output_folder = folder.File(name);
  loop::RunLearnSession(options);
  const strategy::Strategy made = strategy::Strategy::Load(folder.File(name));
  const strategy::Strategy bundled = Bundled(name);
  EXPECT_EQ(made.hash(), bundled.hash()) << "run tasksuites/retail/make_candidates";
  EXPECT_EQ(made.name(), bundled.name());
  EXPECT_EQ(made.parents(), bundled.parents());
  EXPECT_EQ(made.provenance(), bundled.provenance());
}

TEST(RetailCandidates, AreWhatTheLearnerMakesOfTheDevTraces) {
  const testing::TempFolder folder;
  loop::LearnSessionOptions options;
  options.trace_files = {DevTraces(folder)};
  ExpectLearned("candidate-better", options, folder);
  options.suite_folder = RetailPath();
  options.generalise = "effect";
  options.families = {"dev_cancel_mistake", "dev_cancel_changed_mind", "dev_redirect_parcel",
                      "dev_new_home"};
  ExpectLearned("candidate-tradeoff", options, folder);
}

TEST(RetailCandidates, OperationsMakeTheOthers) {
  for (const auto& [name, operations] : std::map<std::string, std::string>{
           {"champion-exploring", "exploring"}, {"candidate-reordered", "reordered"}}) {
    EXPECT_EQ(Bundled(name).hash(), FromOperations(operations).hash()) << name;
    EXPECT_EQ(Bundled(name).parents(), std::vector<std::string>{Bundled("champion").hash()});
  }
}

TEST(RetailCandidates, ChangeOnlyWhatTheySay) {
  const strategy::Strategy champion = Bundled("champion");
  for (const strategy::Change& change : strategy::Diff(champion, Bundled("champion-exploring"))) {
    EXPECT_EQ(change.kind, "set_param") << change.what;
  }
  const auto reordered = strategy::Diff(champion, Bundled("candidate-reordered"));
  ASSERT_EQ(reordered.size(), 1u);
  EXPECT_EQ(reordered[0].kind, "reorder");
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    for (const strategy::Change& change : strategy::Diff(champion, Bundled(name))) {
      EXPECT_EQ(change.kind, "add") << name << " " << change.what;
    }
  }
}

TEST(RetailCandidates, LearnedRulesRestOnDevFamiliesAlone) {
  std::set<std::string> dev;
  const auto suite = Load("dev");
  for (const suite::Task& task : suite->tasks()) dev.insert(task.family);
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    std::int64_t learned = 0;
    const strategy::Strategy candidate = Bundled(name);
    for (const strategy::Guideline& guideline : candidate.guidelines()) {
      learned += guideline.sources.empty() ? 0 : 1;
      for (const strategy::GuidelineSource& source : guideline.sources) {
        EXPECT_TRUE(dev.count(source.family) == 1) << name << " " << guideline.id;
      }
    }
    EXPECT_GE(learned, 2) << name;
  }
}

std::vector<trace::Step> WithoutTimes(const trace::Trace& trace) {
  std::vector<trace::Step> steps = trace.steps;
  for (trace::Step& step : steps) step.unix_nanos = 0;
  return steps;
}

TEST(RetailCandidates, AnotherOrderOfTheRulesChangesNothing) {
  const auto suite = Load("gate");
  const auto champion = RunOnce(suite, Bundled("champion"), 5);
  const auto reordered = RunOnce(suite, Bundled("candidate-reordered"), 5);
  for (std::size_t i = 0; i < champion.size(); ++i) {
    EXPECT_EQ(WithoutTimes(champion[i]), WithoutTimes(reordered[i])) << champion[i].id;
    EXPECT_EQ(champion[i].outcome->success, reordered[i].outcome->success) << champion[i].id;
  }
}

// What makes one of them a trade and not a gain.
TEST(RetailCandidates, TheTradeGainsInTwoFamiliesAndLosesInOneOfAnotherStratum) {
  std::map<std::string, double> gain, tasks;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = Load("gate", seed);
    const auto champion = RunOnce(suite, Bundled("champion"), 1);
    const auto candidate = RunOnce(suite, Bundled("candidate-tradeoff"), 1);
    for (std::size_t i = 0; i < champion.size(); ++i) {
      gain[champion[i].key.family] += (candidate[i].outcome->success ? 1 : 0);
      gain[champion[i].key.family] -= (champion[i].outcome->success ? 1 : 0);
      tasks[champion[i].key.family] += 1;
    }
  }
  for (auto& [family, sum] : gain) sum /= tasks[family];
  EXPECT_GE(gain["cancel_pending"], 0.25);
  EXPECT_GE(gain["change_address"], 0.25);
  EXPECT_LE(gain["exchange_item"], -0.60);  // a fifth of its stratum
  for (const char* family : {"price_question", "stock_question", "identity_check"}) {
    EXPECT_NEAR(gain[family], 0, 0.05) << family;
  }
}

}  // namespace
}  // namespace kedge
