#include "agent_ref/exploration_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

struct Score {
  int good = 0;
  int all = 0;
  // Mean of a Beta posterior with a uniform prior: 1/2 for a helper that was never tried.
  double Mean() const { return (good + 1.0) / (all + 2.0); }
};

using Place = std::pair<std::string, std::string>;  // tool, error class

std::map<Place, std::map<std::string, Score>> ScoresOf(const std::vector<Trial>& trials) {
  std::map<Place, std::map<std::string, Score>> scores;
  for (const Trial& trial : trials) {
    if (trial.link != Link::kRecovery && trial.link != Link::kChanges) continue;
    auto& place = scores[{trial.tool, trial.error}];
    for (const std::string& helper : trial.helpers) {
      ++place[helper].all;
      place[helper].good += trial.good ? 1 : 0;
    }
    const auto count = [&](const std::string& name) {
      Score& score = place[name];
      ++score.all;
      score.good += trial.good ? 1 : 0;
    };
    for (const auto* values : {&trial.settings, &trial.words}) {
      for (const auto& [argument, value] : *values) count(SettingName(argument, ParseJson(value)));
    }
    for (const auto& [argument, source] : trial.sources) {
      if (trial.words.count(argument) == 0) count(SourceName(argument, source));
    }
  }
  return scores;
}

// Something that asks for an explanation: not what went away, or stayed, by itself.
bool Surprising(const Trial& trial) {
  if (trial.link == Link::kChanges) return trial.good;
  return trial.link == Link::kRecovery && !(trial.good && IsBare(trial));
}

bool Explained(const Trial& trial, const std::vector<Hypothesis>& known) {
  return std::any_of(known.begin(), known.end(),
                     [&](const Hypothesis& one) { return Concerns(trial, one); });
}

}  // namespace

Json ExplorationOrders(const std::vector<Trial>& trials, const std::vector<Hypothesis>& known) {
  auto scores = ScoresOf(trials);
  // A helper that harms is tried last around a call that would work without it.
  for (const Hypothesis& harm : known) {
    if (IsHarm(harm.link)) scores[{harm.tool, ""}][harm.helper];
  }
  Json orders = Json::array();
  for (const auto& [place, helpers] : scores) {
    std::vector<std::pair<double, std::string>> helped;
    Json last = Json::array();
    for (const auto& [helper, score] : helpers) {
      if (score.good > 0) {
        helped.emplace_back(-score.Mean(), helper);
      } else {
        last.push_back(helper);
      }
    }
    std::sort(helped.begin(), helped.end());
    Json first = Json::array();
    for (const auto& [score, helper] : helped) first.push_back(helper);
    Json order = {{"tool", place.first}, {"first", std::move(first)}, {"last", std::move(last)}};
    if (!place.second.empty()) order["error"] = place.second;
    orders.push_back(std::move(order));
  }
  return orders;
}

std::map<std::string, double> FamilyNeeds(const std::vector<const EpisodeView*>& views,
                                          const std::vector<Trial>& trials,
                                          const std::vector<Hypothesis>& known) {
  std::set<const EpisodeView*> open;
  std::set<const EpisodeView*> explained;
  for (const Trial& trial : trials) {
    if (!Surprising(trial)) continue;
    (Explained(trial, known) ? explained : open).insert(trial.view);
  }
  // A rule is about a tool and needs to be seen in several families, so those that are about the
  // same tools need it equally.
  std::map<std::set<std::string>, std::pair<double, double>> seen;  // unexplained, all
  std::map<std::string, std::set<std::string>> tools;               // by family
  for (const EpisodeView* view : views) {
    tools[view->family].insert(view->chosen_tools.begin(), view->chosen_tools.end());
  }
  for (const EpisodeView* view : views) {
    auto& [unexplained, all] = seen[tools[view->family]];
    const bool failed = view->success && !*view->success;
    unexplained += open.count(view) != 0 ? 1 : failed && explained.count(view) == 0 ? 0.5 : 0;
    all += 1;
  }
  std::map<std::string, double> needs;
  for (const auto& [family, chosen] : tools) {
    const auto& [unexplained, all] = seen[chosen];
    needs[family] = (1 + unexplained) / (2 + all);
  }
  return needs;
}

}  // namespace kedge::agent_ref
