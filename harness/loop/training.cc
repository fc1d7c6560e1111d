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

Training::Training(std::shared_ptr<const suite::Suite> dev, strategy::Strategy champion,
                   Options options, const Clock& clock)
    : dev_(std::move(dev)),
      champion_(std::move(champion)),
      options_(std::move(options)),
      clock_(clock),
      learner_(options_.learner),
      unused_(TasksByFamily(*dev_)) {}

void Training::Train(std::int64_t episodes) {
  auto done = static_cast<std::int64_t>(traces_.size());
  while (done < episodes) {
    const std::int64_t batch_end = std::min(episodes, (done / options_.batch + 1) * options_.batch);
    const strategy::Strategy strategy = NextStrategy();
    run::EpisodeOptions episode;
    episode.user_noise = dev_->user_noise();
    run::EpisodeRunner runner(dev_, agent_ref::ReferenceAgentFactory().Make(strategy),
                              strategy.hash(), nullptr, episode, clock_, nullptr);
    for (const std::size_t task : NextTasks(batch_end - done)) {
      trace::Trace trace =
          runner.Run({task, 0, "candidate", run::EpisodeSeed(*dev_, task, 0, options_.seed)});
      if (options_.alter) options_.alter(trace);
      learner_.Add(trace);
      traces_.push_back(std::move(trace));
    }
    done = batch_end;
  }
}

strategy::Strategy Training::NextStrategy() {
  strategy::Strategy exploring =
      strategy::Apply(champion_, champion_.hash(), options_.learning, "learning", Json::object());
  if (traces_.empty()) return exploring;
  agent_ref::ExplorationPlan plan = learner_.PlanExploration(champion_);
  needs_ = std::move(plan.needs);
  return strategy::Apply(exploring, exploring.hash(), plan.operations, "learning", Json::object());
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
