#include "tests/loop/swapped_quirks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "agent_ref/reference_agent.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/lone_gate.h"
#include "harness/loop/training.h"
#include "harness/strategy/rule.h"
#include "harness/suite/suite.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

using strategy::Strategy;

constexpr std::int64_t kEpisodes = 100, kTasksPerFamily = 24;
constexpr double kRealGain = 2.5, kClearLoss = -10;  // points

/// One world of the control.
class SwappedWorld {
 public:
  SwappedWorld(std::string suite_folder, std::uint64_t seed, std::int64_t fresh_tasks)
      : suite_(std::move(suite_folder)),
        seed_(seed),
        fresh_tasks_(fresh_tasks),
        champion_(Strategy::Load(suite_ + "/strategies/champion")) {}

  SwappedRow Run() {
    SwappedRow row;
    row.seed = seed_;
    const Strategy old = Learned(seed_ - 1);
    const Strategy right = Learned(seed_);
    row.alone = gate::ToString(Gate(champion_, old).kind);
    row.alone_gain = Gain(champion_, old);
    const Strategy mixed = PutBack(old, right, row);
    if (row.swapped.empty()) return row;
    const gate::Verdict verdict = Gate(right, mixed);
    row.put_back = gate::ToString(verdict.kind);
    row.put_back_estimate = 100 * verdict.delta.estimate;
    row.put_back_gain = Gain(right, mixed);
    for (const gate::Reason& reason : verdict.reasons) row.reasons.push_back(reason.code);
    if (!verdict.suspects) return row;
    for (const gate::Suspect& suspect : verdict.suspects->suspects) {
      if (suspect.confirmed()) row.blamed.push_back(suspect.rule);
    }
    return row;
  }

 private:
  Strategy Learned(std::uint64_t variant) const {
    const auto dev = suite::Suite::Load(suite_, {.seed = 1000 + seed_,
                                                 .split = "dev",
                                                 .tasks_per_family = kTasksPerFamily,
                                                 .variant = variant});
    Training::Options options;
    options.learning = strategy::LoadOperations(suite_ + "/operations/learning.yaml");
    Training training(options);
    training.Enter(dev, champion_, UnguardedEpisodes(dev, 1, SystemClock()));
    training.Train(kEpisodes);
    return training.Learn(champion_).candidate;
  }

  static std::vector<std::string> ToolsOf(const strategy::Guideline& rule) {
    return strategy::ParseRule(rule).tools;
  }

  static bool SaysTheSame(const strategy::Guideline& a, const strategy::Guideline& b) {
    return a.when == b.when && a.then == b.then && a.unless == b.unless;
  }

  static bool KnowsAlready(const Strategy& strategy, const strategy::Guideline& rule) {
    return std::any_of(strategy.guidelines().begin(), strategy.guidelines().end(),
                       [&](const strategy::Guideline& known) { return SaysTheSame(known, rule); });
  }

  // Each rule of the new world gives way to what the old world taught about the same tool.
  static Strategy PutBack(const Strategy& old, const Strategy& right, SwappedRow& row) {
    std::vector<strategy::Operation> operations;
    for (const strategy::Guideline& rule : right.guidelines()) {
      if (rule.status != "active" || rule.sources.empty()) continue;
      for (const strategy::Guideline& was : old.guidelines()) {
        if (was.status != "active" || was.sources.empty() || ToolsOf(was) != ToolsOf(rule) ||
            KnowsAlready(right, was)) {
          continue;
        }
        Json value = strategy::ToJson(was);
        value.erase("id");
        operations.push_back({"revise", rule.id, std::move(value)});
        row.swapped.push_back(rule.id);
        break;
      }
    }
    return strategy::Apply(right, right.hash(), operations, "old-rules-put-back",
                           right.provenance());
  }

  gate::Verdict Gate(const Strategy& champion, const Strategy& candidate) const {
    const testing::TempFolder folder;
    champion.Save(folder.File("champion"));
    GateSessionOptions options;
    options.suite_folder = suite_;
    options.champion_folder = folder.File("champion");
    options.policy_file = suite_ + "/kedge.yaml";
    options.output_folder = folder.File("gate");
    options.suite_seed = 1000 + seed_;
    options.variant = seed_;
    Observer observer;
    return RunLoneGate(std::move(options), candidate, agent_ref::ReferenceAgentFactory(),
                       SystemClock(), observer);
  }

  // On tasks of the same population that the gate does not have: in another population the same
  // variant has other quirks.
  double Gain(const Strategy& champion, const Strategy& candidate) const {
    const testing::TempFolder folder;
    const auto gate = suite::Suite::Load(suite_, {.seed = 1000 + seed_, .variant = seed_});
    const auto all =
        suite::Suite::Load(suite_, {.seed = 1000 + seed_,
                                    .tasks_per_family = TasksPerFamily(*gate) + fresh_tasks_,
                                    .variant = seed_});
    const gate::GatePolicy policy;
    Observer observer;
    const agent_ref::ReferenceAgentFactory agents;
    const EvolutionEpisodes episodes{policy, nullptr, agents, SystemClock(), observer};
    const std::vector<bool> before =
        SolveTasks(episodes, all, champion, seed_, folder.File("champion"));
    const std::vector<bool> now =
        SolveTasks(episodes, all, candidate, seed_, folder.File("candidate"));
    double gained = 0;
    double fresh = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (gate->FindTask(all->tasks()[i].id)) continue;
      ++fresh;
      gained += static_cast<int>(now[i]) - static_cast<int>(before[i]);
    }
    return 100 * gained / fresh;
  }

  static std::int64_t TasksPerFamily(const suite::Suite& suite) {
    std::size_t most = 0;
    for (const auto& [family, tasks] : TasksByFamily(suite)) most = std::max(most, tasks.size());
    return static_cast<std::int64_t>(most);
  }

  const std::string suite_;
  const std::uint64_t seed_;
  const std::int64_t fresh_tasks_;
  const Strategy champion_;
};

bool IsRegression(const SwappedRow& row) {
  return std::any_of(row.reasons.begin(), row.reasons.end(),
                     [](const std::string& code) { return code.starts_with("regression:"); });
}

}  // namespace

SwappedRow RunSwapped(const std::string& suite_folder, std::uint64_t seed,
                      std::int64_t fresh_tasks) {
  return SwappedWorld(suite_folder, seed, fresh_tasks).Run();
}

void ExpectSwappedQuirksRefused(const std::string& suite, std::int64_t seeds,
                                std::int64_t fresh_tasks) {
  std::int64_t blocked = 0;
  std::int64_t named = 0;
  for (std::int64_t seed = 1; seed <= seeds; ++seed) {
    const SwappedRow row = RunSwapped(testing::SourcePath("tasksuites/" + suite),
                                      static_cast<std::uint64_t>(seed), fresh_tasks);
    std::cout
        << fmt::format(
               "{} variant {}: alone {} ({:+.1f}); {} swapped {} ({:+.1f}, gate {:+.1f}) for {}; "
               "blamed {} of them",
               suite, row.seed, row.alone, row.alone_gain, row.swapped.size(), row.put_back,
               row.put_back_gain, row.put_back_estimate, fmt::join(row.reasons, " "),
               row.blamed.size())
        << std::endl;
    if (row.alone == "PROMOTE") {
      EXPECT_GT(row.alone_gain, kRealGain) << seed;
    }
    if (row.put_back == "PROMOTE") {
      EXPECT_GT(row.put_back_gain, kRealGain) << seed;
    }
    if (row.put_back_gain <= kClearLoss) {
      EXPECT_EQ(row.put_back, "BLOCK") << seed;
    }
    if (row.put_back == "BLOCK" && IsRegression(row)) {
      ++blocked;
      named += row.blamed.empty() ? 0 : 1;
    }
    for (const std::string& rule : row.blamed) {
      EXPECT_EQ(std::count(row.swapped.begin(), row.swapped.end(), rule), 1) << rule;
    }
  }
  std::cout << suite << ": " << blocked << " blocked by episodes, swapped rules named in " << named
            << std::endl;
  EXPECT_GE(named * 5, blocked * 4);
}

}  // namespace kedge::loop
