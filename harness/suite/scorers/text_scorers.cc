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

/// The answer, or with `in: messages` some message of the agent, holds every value; with `negate`,
/// none. Characters to `drop` are left out of the text first.
class ContainsScorer : public Scorer {
 public:
  ContainsScorer(std::vector<std::string> values, bool negate, bool in_messages, std::string drop)
      : values_(std::move(values)),
        negate_(negate),
        in_messages_(in_messages),
        drop_(std::move(drop)) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const std::vector<std::string> texts = Texts(evidence);
    for (const std::string& value : values_) {
      const bool found = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return ContainsText(text, value);
      });
      if (found != negate_) continue;
      return PassIf(false, std::string(negate_ ? "the answer must not contain "
                                               : "the answer does not contain ") +
                               ShownText(value));
    }
    return PassIf(true, "");
  }

 private:
  std::vector<std::string> Texts(const EpisodeEvidence& evidence) const {
    std::vector<std::string> texts = {evidence.final_text};
    if (in_messages_ && evidence.trace != nullptr) {
      for (const trace::Step& step : evidence.trace->steps) {
        if (step.kind == trace::StepKind::kMessage && step.actor == "agent") {
          texts.push_back(step.text);
        }
      }
    }
    for (std::string& text : texts) {
      std::erase_if(text, [&](char c) { return drop_.find(c) != std::string::npos; });
    }
    return texts;
  }

  std::vector<std::string> values_;
  bool negate_;
  bool in_messages_;
  std::string drop_;
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
  spec.AllowKeys({"type", "value", "values", "negate", "in", "drop"});
  const bool in_messages = spec.Has("in") && spec["in"].OneOf({"answer", "messages"}) == "messages";
  return std::make_shared<ContainsScorer>(ReadValues(spec), spec.BoolOr("negate", false),
                                          in_messages, spec.StringOr("drop", ""));
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
