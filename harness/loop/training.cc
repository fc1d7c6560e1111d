#include "harness/loop/training.h"

#include <algorithm>
#include <utility>

#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/run/episode.h"

namespace kedge::loop {

std::map<std::string, std::vector<std::size_t>> TasksByFamily(const suite::Suite& suite) {
  std::map<std::string, std::vector<std::size_t>> families;
  for (std::size_t i = 0; i < suite.tasks().size(); ++i) {
    families[suite.tasks()[i].family].push_back(i);
  }
  return families;
}

TrainingEpisodes UnguardedEpisodes(std::shared_ptr<const suite::Suite> dev, std::uint64_t seed,
                                   const Clock& clock) {
  return [dev = std::move(dev), seed, &clock](const strategy::Strategy& strategy,
                                              const std::vector<std::size_t>& tasks) {
    run::EpisodeOptions options;
    options.user_noise = dev->user_noise();
    run::EpisodeRunner runner(dev, agent_ref::ReferenceAgentFactory().Make(strategy),
                              strategy.hash(), nullptr, options, clock, nullptr);
    std::vector<trace::Trace> traces;
    traces.reserve(tasks.size());
    for (const std::size_t task : tasks) {
      traces.push_back(runner.Run({task, 0, "candidate", run::EpisodeSeed(*dev, task, 0, seed)}));
    }
    return traces;
  };
}

Training::Training(Options options) : options_(std::move(options)), learner_(options_.learner) {}

void Training::Take(const trace::Trace& trace) {
  learner_.Add(trace);
  learned_any_ = true;
}

void Training::Enter(std::shared_ptr<const suite::Suite> dev, const strategy::Strategy& champion,
                     TrainingEpisodes episodes) {
  champion_ = champion;
  exploring_ =
      strategy::Apply(champion, champion.hash(), options_.learning, "learning", Json::object());
  episodes_ = std::move(episodes);
  unused_ = TasksByFamily(*dev);
  done_ = 0;
}

void Training::Train(std::int64_t episodes) {
  while (done_ < episodes) {
    const std::int64_t batch_end =
        std::min(episodes, (done_ / options_.batch + 1) * options_.batch);
    const strategy::Strategy strategy = NextStrategy();
    for (const trace::Trace& trace : episodes_(strategy, NextTasks(batch_end - done_))) {
      Take(trace);
    }
    done_ = batch_end;
  }
}

strategy::Strategy Training::NextStrategy() {
  if (!learned_any_) return *exploring_;
  agent_ref::ExplorationPlan plan = learner_.PlanExploration(*champion_);
  needs_ = std::move(plan.needs);
  return strategy::Apply(*exploring_, exploring_->hash(), plan.operations, "learning",
                         Json::object());
}

// Fresh tasks, families in proportion to what is left to learn there (d'Hondt's quotients).
std::vector<std::size_t> Training::NextTasks(std::int64_t count) {
  std::vector<std::size_t> next;
  std::map<std::string, double> given;
  while (static_cast<std::int64_t>(next.size()) < count) {
    std::string best;
    std::pair<double, std::size_t> best_key;  // of equal ones the family that had fewest
    for (const auto& [family, tasks] : unused_) {
      if (tasks.empty()) continue;
      const auto need = needs_.find(family);
      const double quotient = (need == needs_.end() ? 0.5 : need->second) / (1 + given[family]);
      const std::pair<double, std::size_t> key{quotient, tasks.size()};
      if (best.empty() || key > best_key) {
        best = family;
        best_key = key;
      }
    }
    if (best.empty()) throw BadData("the suite has too few dev tasks for so many episodes");
    std::vector<std::size_t>& tasks = unused_[best];
    next.push_back(tasks.front());
    tasks.erase(tasks.begin());
    ++given[best];
  }
  return next;
}

}  // namespace kedge::loop
