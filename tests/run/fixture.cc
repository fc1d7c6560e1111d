#include "tests/run/fixture.h"

#include <chrono>
#include <thread>

#include "harness/core/json.h"
#include "harness/core/random.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

class FakeAgent : public agent::Agent {
 public:
  FakeAgent(std::string strategy, Behaviour behaviour)
      : strategy_(std::move(strategy)), behaviour_(std::move(behaviour)) {}
  agent::EpisodeEnd Run(const agent::EpisodeStart& start, agent::EpisodeIo& io) override {
    return behaviour_(strategy_, start, io);
  }

 private:
  std::string strategy_;
  Behaviour behaviour_;
};

constexpr const char* kSuiteYaml = R"(format: kedge-suite/1
suite: fixture
seed: 1
tasks: tasks.jsonl
splits: {gate: [f1, f2, f3]}
strata:
- {name: one, weight: 0.5, families: [f1, f2]}
- {name: two, weight: 0.5, families: [f3]}
)";

}  // namespace

std::unique_ptr<agent::Agent> FakeAgents::Make(const strategy::Strategy& strategy) const {
  return std::make_unique<FakeAgent>(strategy.name(), behaviour_);
}

strategy::Strategy NamedStrategy(const std::string& name) {
  return strategy::Strategy::FromLayers(name, {}, {{"model", Json{{"alias", name}}}});
}

std::shared_ptr<const suite::Suite> FixtureSuite(const std::string& folder, int tasks_per_family,
                                                 const Json& extra) {
  std::string tasks;
  for (const char* family : {"f1", "f2", "f3"}) {
    for (int i = 0; i < tasks_per_family; ++i) {
      const std::string id = std::string(family) + "-" + std::to_string(i);
      Json task = {{"id", id},
                   {"family", family},
                   {"instruction", "Please do " + id + "."},
                   {"tell", {"yes"}}};
      task.update(extra);
      tasks += DumpJson(task) + "\n";
    }
  }
  testing::WriteFile(folder + "/suite.yaml", kSuiteYaml);
  testing::WriteFile(folder + "/tasks.jsonl", tasks);
  return suite::Suite::Load(folder, {});
}

agent::EpisodeEnd Answered(const std::string& text) {
  agent::EpisodeEnd end;
  end.final_text = text;
  return end;
}

agent::EpisodeEnd Unavailable() {
  agent::EpisodeEnd end;
  end.end = "agent_unavailable";
  end.infrastructure = true;
  return end;
}

agent::EpisodeEnd CoinAgent(const std::string& strategy, const agent::EpisodeStart& start,
                            agent::EpisodeIo& io) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::this_thread::sleep_for(std::chrono::microseconds((now >> 4) % 400));
  trace::Step decision;
  decision.kind = trace::StepKind::kDecision;
  decision.decision.point = "answer";
  decision.decision.chosen = io.AskUser("What is your name?");
  io.Record(decision);
  agent::EpisodeEnd end;
  const double chance = strategy == "champion" ? 0.5 : 0.7;
  end.final_text = UniformAt(start.seed, "coin") < chance ? "yes, done" : "no";
  end.input_tokens = static_cast<std::int64_t>(start.instruction.size());
  return end;
}

std::string Fingerprint(trace::Outcome outcome) {
  outcome.latency_seconds = 0;
  return DumpJson(trace::ToJson(outcome));
}

}  // namespace kedge::run
