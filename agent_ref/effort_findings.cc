#include "agent_ref/effort_findings.h"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "harness/stats/distributions.h"

namespace kedge::agent_ref {
namespace {

constexpr double kCurable = 0.05;  // more than this share of episodes is worth the tries

using Place = std::pair<std::string, std::string>;  // tool, error class

struct PlaceTries {
  std::vector<const Trial*> first_bare;  // of each episode
  std::set<const EpisodeView*> in_vain;  // episodes in which something was tried
  bool cured = false;
};

std::map<Place, PlaceTries> TriesByPlace(const std::vector<Trial>& trials) {
  std::map<Place, PlaceTries> places;
  std::set<std::pair<Place, const EpisodeView*>> had_bare;
  for (const Trial& trial : trials) {
    if (trial.link != Link::kRecovery) continue;
    const Place place{trial.tool, trial.error};
    PlaceTries& tries = places[place];
    tries.cured = tries.cured || trial.good;
    if (!IsBare(trial)) {
      tries.in_vain.insert(trial.view);
    } else if (had_bare.insert({place, trial.view}).second) {
      tries.first_bare.push_back(&trial);
    }
  }
  return places;
}

Finding RetryFinding(const Place& place, const PlaceTries& tries, double chance) {
  Finding finding;
  finding.hypothesis = {Link::kRetry, place.first, place.second, ""};
  for (const Trial* trial : tries.first_bare) {
    finding.table.Add(true, trial->good);
    if (trial->good) finding.NoteSupport(*trial->view);
  }
  finding.p =
      stats::BinomialAtLeast(finding.table.exposed_successes, finding.table.exposed_trials, chance);
  finding.least_p =
      stats::BinomialAtLeast(finding.table.exposed_trials, finding.table.exposed_trials, chance);
  return finding;
}

Finding GiveUpFinding(const Place& place, const PlaceTries& tries) {
  Finding finding;
  finding.hypothesis = {Link::kGiveUp, place.first, place.second, ""};
  for (const EpisodeView* view : tries.in_vain) {
    finding.table.Add(false, false);
    finding.NoteSupport(*view);
  }
  finding.least_p = std::pow(1 - kCurable, static_cast<double>(tries.in_vain.size()));
  finding.p = tries.cured ? 1 : finding.least_p;
  return finding;
}

}  // namespace

std::vector<Finding> EffortFindings(const std::vector<Trial>& trials, double min_effect) {
  std::vector<Finding> findings;
  for (const auto& [place, tries] : TriesByPlace(trials)) {
    if (!tries.first_bare.empty()) findings.push_back(RetryFinding(place, tries, min_effect));
    if (!tries.in_vain.empty()) findings.push_back(GiveUpFinding(place, tries));
  }
  return findings;
}

}  // namespace kedge::agent_ref
