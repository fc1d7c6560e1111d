#include <algorithm>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/suite/fold.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/text/pattern.h"

namespace kedge::suite {
namespace {

constexpr std::size_t kShownBytes = 80;

std::string ShownText(const std::string& text) {
  return "'" + Elide(Fold(text), kShownBytes) + "'";
}

/// The answer holds every value; with `negate`, none.
class ContainsScorer : public Scorer {
 public:
  ContainsScorer(std::vector<std::string> values, bool negate)
      : values_(std::move(values)), negate_(negate) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    for (const std::string& value : values_) {
      if (ContainsText(evidence.final_text, value) != negate_) continue;
      return PassIf(false, std::string(negate_ ? "the answer must not contain "
                                               : "the answer does not contain ") +
                               ShownText(value));
    }
    return PassIf(true, "");
  }

 private:
  std::vector<std::string> values_;
  bool negate_;
};

/// The answer is one of the values.
class EqualScorer : public Scorer {
 public:
  EqualScorer(std::vector<std::string> values, bool exact)
      : values_(std::move(values)), exact_(exact) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const std::string& text = evidence.final_text;
    const bool pass = std::any_of(values_.begin(), values_.end(), [&](const std::string& value) {
      return exact_ ? text == value : Fold(text) == Fold(value);
    });
    return PassIf(pass,
                  "the answer is " + ShownText(text) + ", expected " + ShownText(values_.front()));
  }

 private:
  std::vector<std::string> values_;
  bool exact_;
};

/// The pattern matches somewhere in the answer; with `negate`, nowhere.
class RegexScorer : public Scorer {
 public:
  RegexScorer(text::Pattern pattern, bool negate) : pattern_(std::move(pattern)), negate_(negate) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    return PassIf(
        pattern_.Matches(evidence.final_text) != negate_,
        std::string(negate_ ? "the answer must not match " : "the answer does not match ") +
            pattern_.expression());
  }

 private:
  text::Pattern pattern_;
  bool negate_;
};

}  // namespace

std::shared_ptr<const Scorer> MakeContainsScorer(const Node& spec) {
  spec.AllowKeys({"type", "value", "values", "negate"});
  return std::make_shared<ContainsScorer>(ReadValues(spec), spec.BoolOr("negate", false));
}

std::shared_ptr<const Scorer> MakeEqualScorer(const Node& spec) {
  spec.AllowKeys({"type", "value", "values", "exact"});
  return std::make_shared<EqualScorer>(ReadValues(spec), spec.BoolOr("exact", false));
}

std::shared_ptr<const Scorer> MakeRegexScorer(const Node& spec) {
  spec.AllowKeys({"type", "pattern", "ignore_case", "negate"});
  const Node pattern = spec["pattern"];
  try {
    return std::make_shared<RegexScorer>(
        text::Pattern::Compile(pattern.NonEmptyString(),
                               {.case_sensitive = !spec.BoolOr("ignore_case", false)}),
        spec.BoolOr("negate", false));
  } catch (const Error& error) {
    if (!error.file().empty()) throw;
    throw pattern.Fail(error.message());
  }
}

}  // namespace kedge::suite
