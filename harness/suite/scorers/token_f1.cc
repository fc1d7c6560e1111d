#include "harness/suite/scorers/token_f1.h"

#include <algorithm>
#include <sstream>

#include "harness/core/error.h"
#include "harness/suite/fold.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

bool IsPunctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

/// The answer shares enough words with one of the values; the score is the F1 itself.
class TokenF1Scorer : public Scorer {
 public:
  TokenF1Scorer(std::vector<std::string> values, double threshold)
      : values_(std::move(values)), threshold_(threshold) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    double best = 0;
    for (const std::string& value : values_) {
      best = std::max(best, TokenF1(evidence.final_text, value));
    }
    trace::Score score = PassIf(
        best >= threshold_, "token F1 is " + DumpJson(best) + ", below " + DumpJson(threshold_));
    score.score = best;
    return score;
  }

 private:
  std::vector<std::string> values_;
  double threshold_;
};

}  // namespace

std::vector<std::string> AnswerTokens(std::string_view text) {
  std::string plain = Fold(text);
  std::erase_if(plain, IsPunctuation);
  std::vector<std::string> tokens;
  std::istringstream words(plain);
  for (std::string word; words >> word;) {
    if (word != "a" && word != "an" && word != "the") tokens.push_back(word);
  }
  return tokens;
}

double TokenF1(std::string_view answer, std::string_view reference) {
  std::vector<std::string> found = AnswerTokens(answer);
  std::vector<std::string> wanted = AnswerTokens(reference);
  if (found.empty() || wanted.empty()) return found.empty() && wanted.empty() ? 1 : 0;
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  std::vector<std::string> common;
  std::set_intersection(found.begin(), found.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(common));
  return 2.0 * static_cast<double>(common.size()) /
         static_cast<double>(found.size() + wanted.size());
}

std::shared_ptr<const Scorer> MakeTokenF1Scorer(const Node& spec) {
  spec.AllowKeys({"type", "value", "values", "threshold"});
  return std::make_shared<TokenF1Scorer>(ReadValues(spec), spec["threshold"].Number(0.01, 1));
}

}  // namespace kedge::suite
