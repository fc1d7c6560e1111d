#include <map>

#include "harness/suite/fold.h"
#include "harness/suite/scorer.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

constexpr std::size_t kMaxLinesShown = 5;

std::string JoinLines(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < kMaxLinesShown; ++i) {
    text += (i == 0 ? "" : " | ") + lines[i];
  }
  const std::size_t hidden = lines.size() - std::min(lines.size(), kMaxLinesShown);
  return hidden == 0 ? text : text + " | and " + std::to_string(hidden) + " more";
}

trace::Score Named(std::string name, trace::Score score) {
  score.scorer = std::move(name);
  return score;
}

trace::Score EndStateScore(const Suite& suite, std::size_t index, const EpisodeEvidence& evidence) {
  const std::string name = suite.tasks()[index].no_change ? "no_change" : "end_state";
  if (!evidence.difference) return Named(name, PassIf(false, "there is no end state"));
  const auto lines = world::Compare(suite.expected_difference(index), *evidence.difference);
  return Named(name, PassIf(lines.empty(), JoinLines(lines)));
}

std::string Numbered(const std::string& type, std::size_t index) {
  return type + "[" + std::to_string(index) + "]";
}

void RunTell(const Task& task, const EpisodeEvidence& evidence, Judgement& judgement) {
  for (std::size_t i = 0; i < task.tell.size(); ++i) {
    const bool told = ContainsText(evidence.final_text, task.tell[i]);
    judgement.scores.push_back(
        Named(Numbered("tell", i), PassIf(told, "the answer does not say '" + task.tell[i] + "'")));
  }
}

void RunScorers(const Suite& suite, std::size_t index, const EpisodeEvidence& evidence,
                Judgement& judgement) {
  const Task& task = suite.tasks()[index];
  std::map<std::string, std::size_t> seen;  // how many of each type came before
  for (std::size_t i = 0; i < task.scorers.size(); ++i) {
    const std::string& type = task.scorers[i].type;
    judgement.scores.push_back(
        Named(Numbered(type, seen[type]++), suite.scorers(index)[i]->Run(task, evidence)));
  }
}

}  // namespace

Judgement ScoreEpisode(const Suite& suite, std::size_t index, const EpisodeEvidence& evidence) {
  const Task& task = suite.tasks()[index];
  Judgement judgement;
  if (task.checks_end_state) judgement.scores.push_back(EndStateScore(suite, index, evidence));
  RunTell(task, evidence, judgement);
  RunScorers(suite, index, evidence, judgement);
  if (task.impossible) {
    judgement.scores.push_back(
        Named("impossible", PassIf(false, "nobody can solve this task honestly")));
  }
  judgement.success = true;
  for (const trace::Score& score : judgement.scores) {
    judgement.success = judgement.success && score.pass;
    judgement.score += score.score / static_cast<double>(judgement.scores.size());
  }
  return judgement;
}

}  // namespace kedge::suite
