// Learners that have nothing to learn from, in front of the real gate: at most 17 of 200 candidates
// may be promoted wrongly (5 % and 2.33 standard errors), counting only those that changed
// anything. A learner without its filter brings every rule that it can think of, true ones among
// them, so a promotion is wrong when the candidate is no better than the champion on 960 fresh
// tasks. KEDGE_CONTROL_RUNS sets another number of runs; the bound follows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"
#include "harness/loop/evolve_episodes.h"
#include "harness/loop/lone_gate.h"
#include "harness/loop/training.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

namespace fs = std::filesystem;
using strategy::Strategy;

constexpr std::int64_t kEpisodes = 100;
constexpr std::int64_t kTasksPerFamily = 24;
constexpr double kRealGain = 2.5;  // points; two standard errors of the measurement

std::int64_t Runs() {
  const char* runs = std::getenv("KEDGE_CONTROL_RUNS");
  return runs == nullptr ? 200 : std::atoll(runs);
}

double MostPromoted(std::int64_t reached) {
  const auto n = static_cast<double>(reached);
  return std::max(1.0, std::floor(0.05 * n + 2.33 * std::sqrt(0.05 * 0.95 * n)));
}

const std::string kRetail = testing::SourcePath("tasksuites/retail");

Strategy Champion() { return Strategy::Load(kRetail + "/strategies/champion"); }

// Deals outcomes and answers out again at random within each family.
void Shuffle(std::vector<trace::Trace>& traces, std::uint64_t seed) {
  Random random(seed);
  std::map<std::string, std::vector<trace::Trace*>> families;
  for (trace::Trace& trace : traces) families[trace.key.family].push_back(&trace);
  for (auto& [family, members] : families) {
    std::vector<bool> outcomes;
    std::vector<trace::Observation> answers;
    for (const trace::Trace* trace : members) {
      outcomes.push_back(trace->outcome->success);
      for (const trace::Step& step : trace->steps) {
        if (step.kind == trace::StepKind::kObservation) answers.push_back(step.observation);
      }
    }
    for (std::size_t i = outcomes.size(); i > 1; --i) {
      const std::size_t j = random.Below(i);
      const bool kept = outcomes[i - 1];
      outcomes[i - 1] = outcomes[j];
      outcomes[j] = kept;
    }
    random.Shuffle(answers);
    std::size_t next = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i]->outcome->success = outcomes[i];
      for (trace::Step& step : members[i]->steps) {
        if (step.kind != trace::StepKind::kObservation) continue;
        const std::string call = step.observation.call_id;
        step.observation = answers[next++];
        step.observation.call_id = call;
      }
    }
  }
}

Strategy Learned(const std::string& suite_folder, std::uint64_t seed, bool filter, bool shuffled) {
  const auto dev = suite::Suite::Load(
      suite_folder, {.seed = seed, .split = "dev", .tasks_per_family = kTasksPerFamily});
  Training::Options options;
  options.learning = strategy::LoadOperations(kRetail + "/operations/learning.yaml");
  options.learner.require_significance = filter;
  Training training(options);
  std::vector<trace::Trace> traces;
  const TrainingEpisodes episodes = UnguardedEpisodes(dev, 1, SystemClock());
  training.Enter(dev, Champion(), [&](const Strategy& strategy, const auto& tasks) {
    std::vector<trace::Trace> batch = episodes(strategy, tasks);
    traces.insert(traces.end(), batch.begin(), batch.end());
    return batch;
  });
  training.Train(kEpisodes);
  if (!shuffled) return training.Learn(Champion()).candidate;
  Shuffle(traces, seed);
  return agent_ref::Learn(traces, Champion(), options.learner).candidate;
}

// The suite's policy without what could only refuse a promotion, or delay it: the control asks for
// the statistical rule, and is faster so.
std::string Policy(const testing::TempFolder& folder) {
  std::string text = testing::ReadWholeFile(kRetail + "/kedge.yaml");
  const auto change = [&text](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  change("../../guards/", testing::SourcePath("guards/"));
  change("change: {", "change: {probes: {tasks: 0}, ");
  std::ofstream(folder.File("kedge.yaml")) << text << "drift: {enabled: false}\n";
  return folder.File("kedge.yaml");
}

gate::VerdictKind Gate(const std::string& suite_folder, const Strategy& candidate,
                       std::uint64_t seed) {
  const testing::TempFolder folder;
  GateSessionOptions options;
  options.suite_folder = suite_folder;
  options.champion_folder = kRetail + "/strategies/champion";
  options.policy_file = Policy(folder);
  options.output_folder = folder.File("gate");
  options.suite_seed = seed;
  options.explain_episodes = 0;
  Observer observer;
  return RunLoneGate(std::move(options), candidate, agent_ref::ReferenceAgentFactory(),
                     SystemClock(), observer)
      .kind;
}

// Points that the candidate gains on fresh tasks.
double TrueGain(const std::string& suite_folder, const Strategy& candidate, std::uint64_t seed) {
  const testing::TempFolder folder;
  const auto suite =
      suite::Suite::Load(suite_folder, {.seed = seed + 1'000'000, .tasks_per_family = 80});
  const gate::GatePolicy policy;
  Observer observer;
  const agent_ref::ReferenceAgentFactory agents;
  const EvolutionEpisodes episodes{policy, nullptr, agents, SystemClock(), observer};
  const std::vector<bool> now =
      SolveTasks(episodes, suite, candidate, seed, folder.File("candidate.jsonl"));
  const std::vector<bool> before =
      SolveTasks(episodes, suite, Champion(), seed, folder.File("champion.jsonl"));
  return 100.0 *
         static_cast<double>(std::count(now.begin(), now.end(), true) -
                             std::count(before.begin(), before.end(), true)) /
         static_cast<double>(now.size());
}

/// What became of the candidates of a control so far.
struct Control {
  std::int64_t runs = 0, reached = 0, wrong = 0;
  double gains = 0;  // of the promoted, in points, summed
  std::map<std::string, std::int64_t> verdicts;

  void Print(const char* name) const {
    std::cout << name << ": " << reached << " of " << runs << " runs reached the gate;";
    for (const auto& [verdict, count] : verdicts) std::cout << " " << verdict << " " << count;
    const auto promoted = verdicts.find("PROMOTE");
    if (promoted != verdicts.end()) {
      std::cout << "; the promoted gain " << gains / static_cast<double>(promoted->second)
                << " points on fresh tasks, " << wrong << " of them no more than " << kRealGain;
    }
    std::cout << std::endl;
  }
};

/// Runs a control and prints what became of its candidates, every twenty runs.
template <typename Make>
void ExpectFewPromoted(const char* name, const std::string& suite_folder, Make make) {
  const std::string champion = Champion().hash();
  Control control;
  for (std::int64_t run = 1; run <= Runs(); ++run) {
    if (control.runs % 20 == 0 && control.runs > 0) control.Print(name);
    ++control.runs;
    const auto seed = static_cast<std::uint64_t>(1000 + run);
    const Strategy candidate = make(seed);
    if (candidate.hash() == champion) continue;
    ++control.reached;
    const gate::VerdictKind kind = Gate(suite_folder, candidate, seed);
    ++control.verdicts[std::string(gate::ToString(kind))];
    if (kind != gate::VerdictKind::kPromote) continue;
    const double gain = TrueGain(suite_folder, candidate, seed);
    control.gains += gain;
    control.wrong += gain <= kRealGain ? 1 : 0;
  }
  control.Print(name);
  EXPECT_LE(static_cast<double>(control.wrong), MostPromoted(control.reached)) << name;
}

TEST(LearnerControls, ShuffledLabels) {
  ExpectFewPromoted("shuffled labels", kRetail,
                    [](std::uint64_t seed) { return Learned(kRetail, seed, true, true); });
}

TEST(LearnerControls, ShuffledLabelsUnfiltered) {
  ExpectFewPromoted("shuffled labels, learner unfiltered", kRetail,
                    [](std::uint64_t seed) { return Learned(kRetail, seed, false, true); });
}

TEST(LearnerControls, NoQuirks) {
  const testing::TempFolder folder;
  const std::string suite = folder.File("retail");
  fs::copy(kRetail, suite, fs::copy_options::recursive);
  std::string text = testing::ReadWholeFile(suite + "/suite.yaml");
  const std::string all = "quirks: [all]";
  ASSERT_NE(text.find(all), std::string::npos);
  text.replace(text.find(all), all.size(), "quirks: []");
  std::ofstream(suite + "/suite.yaml") << text;
  for (const bool filter : {true, false}) {
    ExpectFewPromoted(filter ? "no quirks" : "no quirks, learner unfiltered", suite,
                      [&](std::uint64_t seed) { return Learned(suite, seed, filter, false); });
  }
}

TEST(LearnerControls, AChangeThatChangesNothing) {
  const auto operations = strategy::LoadOperations(kRetail + "/operations/reordered.yaml");
  ExpectFewPromoted("no-op", kRetail, [&](std::uint64_t) {
    const Strategy champion = Champion();
    return strategy::Apply(champion, champion.hash(), operations, "reordered", Json::object());
  });
}

// The same gate and the same number of episodes, with something to learn.
TEST(LearnerControls, WhatIsLearnedOfQuirksIsPromoted) {
  std::int64_t promoted = 0;
  const std::int64_t runs = std::min<std::int64_t>(Runs(), 20);
  for (std::int64_t run = 1; run <= runs; ++run) {
    const auto seed = static_cast<std::uint64_t>(1000 + run);
    promoted +=
        Gate(kRetail, Learned(kRetail, seed, true, false), seed) == gate::VerdictKind::kPromote;
  }
  std::cout << "learned from 100 episodes: " << promoted << " of " << runs << " promoted\n";
  EXPECT_GE(promoted * 10, runs * 9);
}

}  // namespace
}  // namespace kedge::loop
